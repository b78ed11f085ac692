/**
 * The explorer for an edition that is opened from a disk. There a browser may not ask for files: it runs scripts, and nothing else.
 * So what the map would fetch, its land and its worker, stands in the script itself; `src/explorer/kept.ts` does the same for answers.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build, type Plugin, type Rollup } from "vite";

const require = createRequire(import.meta.url);
const LAND = join(dirname(new URL(import.meta.url).pathname), "../src/generated/land.json");
const WORKER = "maplibre-gl/dist/maplibre-gl-worker.mjs";

export function fromDisk(): Plugin {
  return {
    name: "from-disk",
    enforce: "pre",
    resolveId(id) {
      if (id.endsWith("/land.json?url")) return "\0land";
      if (id === `${WORKER}?url`) return "\0map-worker";
      return null;
    },
    async load(id) {
      if (id === "\0land") return `export default ${readFileSync(LAND, "utf8")};`;
      if (id !== "\0map-worker") return null;
      const code = JSON.stringify(await bundled(require.resolve(WORKER)));
      return `export default URL.createObjectURL(new Blob([${code}], { type: "text/javascript" }));`;
    },
  };
}

/** A module and all that it imports as one plain script. */
async function bundled(entry: string): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: "error",
    build: { write: false, target: "es2022", lib: { entry, formats: ["iife"], name: "worker" } },
  });
  const first = (Array.isArray(made) ? made[0] : made) as Rollup.RollupOutput;
  return first.output[0].code;
}
