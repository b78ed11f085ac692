/**
 * Answers of a published edition. Each lies beside the page as a small script that hands its value over: a script may be loaded
 * from a disk, where nothing may be asked for. `keptFile` and `service/still.py` agree on where an answer lies.
 */
type Waiting = { resolve(value: unknown): void; reject(error: Error): void };

const waiting = new Map<string, Waiting>();

declare global {
  interface Window {
    cuabienKept?(path: string, value: unknown): void;
  }
}

/** The answer to `path` of the interface, from the folder `root`. */
export function kept<T>(root: string, path: string): Promise<T> {
  window.cuabienKept ??= (name, value) => waiting.get(name)?.resolve(value);
  return new Promise<T>((resolve, reject) => {
    waiting.set(path, { resolve: (value) => resolve(value as T), reject });
    const script = document.createElement("script");
    script.src = root + keptFile(path);
    script.onload = () => script.remove();
    script.onerror = () => {
      script.remove();
      waiting.get(path)?.reject(new Error(`${path}: not in this edition`));
      waiting.delete(path);
    };
    document.head.append(script);
  });
}

/** "indicators/gdp/series?area=hp" lies in "indicators/gdp/series/area=hp.js". */
export function keptFile(path: string): string {
  return `${path.replace("?", "/").replaceAll("&", "/")}.js`;
}

let root: string | undefined;

/** In an edition pages are files, found from the page that is open: `up` leads from it to the edition's folder ("./", "../"). */
export function usePagesFrom(up: string | undefined): void {
  root = up;
}

/** Where a page of the service is: itself, or its file in an edition. "/areas/x/?from=2030#here" -> "areas/x/from-2030/index.html#here". */
export function pageAddress(address: string): string {
  if (root === undefined || !address.startsWith("/")) return address;
  const [, path, query, part] = /^\/([^?#]*)(\?[^#]*)?(#.*)?$/.exec(address) ?? [];
  const chosen = query ? `${query.slice(1).replaceAll("=", "-").replaceAll("&", "-")}/` : "";
  return `${root}${path}${chosen}index.html${part ?? ""}`;
}
