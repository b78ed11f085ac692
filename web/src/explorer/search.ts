/**
 * Finding a place: a combobox (ARIA 1.2, list autocomplete). Communes are known here and answer at once, with or
 * without accents; the service adds projects, zones and other names.
 */
import type { Api } from "./api.ts";
import { h, replace } from "./dom.ts";
import { bestFits, fold } from "./fold.ts";
import { capital } from "./format.ts";
import { icon, type Drawing } from "./icons.ts";
import { placeName } from "./placepanel.ts";
import type { Areas, Found } from "./types.ts";
import { pick, w } from "./words.ts";

const MOST = 8;
const WAIT_MS = 160;

const KINDS: Record<Found["kind"], { icon: Drawing; words: () => string }> = {
  commune: { icon: "home", words: () => w("commune") },
  project: { icon: "flag", words: () => w("project") },
  zone: { icon: "zone", words: () => w("zone") },
  place: { icon: "pin", words: () => w("place") },
  indicator: { icon: "layers", words: () => w("indicator") },
};

export function searchBox(api: Api, areas: Areas, choose: (found: Found) => void): HTMLElement {
  let options: Found[] = [];
  let active = -1;
  let asking = new AbortController();
  let wait = 0;

  const list = h("ul", { id: "search-list", role: "listbox", class: "search-list", "aria-label": w("Results"), hidden: true });
  const status = h("p", { class: "visually-hidden", role: "status" });
  const input = h("input", {
    id: "search-input",
    type: "search",
    role: "combobox",
    class: "search-input",
    autocomplete: "off",
    spellcheck: "false",
    enterkeyhint: "search",
    placeholder: w("Find your commune or a project"),
    "aria-label": w("Find your commune or a project"),
    "aria-expanded": "false",
    "aria-controls": "search-list",
    "aria-autocomplete": "list",
    oninput: () => suggest(),
    onfocus: () => input.value && suggest(),
    onkeydown: (event: KeyboardEvent) => key(event),
    onblur: () => window.setTimeout(close, 150),
  });

  const communes: Found[] = areas.features.map(({ properties: p }) => ({
    kind: "commune",
    kind_name: null,
    id: p.id,
    name: { vi: placeName(p, "vi"), en: placeName(p, "en") },
    lon: null,
    lat: null,
    address: `/areas/${p.id}/`,
  }));

  const examples = [...areas.features]
    .sort((a, b) => (b.properties.population ?? 0) - (a.properties.population ?? 0))
    .slice(0, 3)
    .map((f) => pick(f.properties.name))
    .join(", ");

  function suggest(): void {
    const query = input.value.trim();
    window.clearTimeout(wait);
    asking.abort();
    if (!query) {
      close();
      return;
    }
    const near = bestFits(query, communes, (c) => c.name.vi, MOST);
    const nearNames = new Set(near.map((n) => fold(n.name.vi)));
    present(near);
    wait = window.setTimeout(async () => {
      asking = new AbortController();
      const far = await api.search(query, asking.signal).catch(() => null);
      if (!far || input.value.trim() !== query) return;
      const others = far.filter(
        (f) => !near.some((n) => n.kind === f.kind && n.id === f.id) && !(f.kind === "place" && nearNames.has(fold(f.name.vi))),
      );
      const room = Math.max(MOST - near.length, 3);
      present([...near.slice(0, MOST - Math.min(room, others.length)), ...others.slice(0, room)]);
    }, WAIT_MS);
  }

  function present(found: Found[]): void {
    options = found;
    active = -1;
    replace(
      list,
      ...found.map((option, i) =>
        h(
          "li",
          {
            id: `search-option-${i}`,
            role: "option",
            "aria-selected": "false",
            class: "search-option",
            onpointerdown: (event: PointerEvent) => event.preventDefault(),
            onclick: () => pickOption(i),
          },
          icon(KINDS[option.kind].icon, 18),
          h("span", { class: "search-name" }, pick(option.name)),
          h("span", { class: "search-kind" }, capital(pick(option.kind_name) || KINDS[option.kind].words())),
        ),
      ),
      found.length === 0 && h("li", { class: "search-none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, w("Nothing found under this name."), " ", w("Try for example: {names}.", { names: examples })),
    );
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
    status.textContent = w("{count} results", { count: found.length });
  }

  function move(step: number): void {
    if (!options.length) return;
    active = (active + step + options.length) % options.length;
    list.querySelectorAll("[role=option]").forEach((row, i) => {
      row.setAttribute("aria-selected", String(i === active));
      if (i === active) row.scrollIntoView({ block: "nearest" });
    });
    input.setAttribute("aria-activedescendant", `search-option-${active}`);
  }

  function key(event: KeyboardEvent): void {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) suggest();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      pickOption(Math.max(active, 0));
    } else if (event.key === "Escape") {
      if (list.hidden) input.value = "";
      close();
    }
  }

  function pickOption(i: number): void {
    const option = options[i];
    if (!option) return;
    input.value = "";
    input.blur();
    close();
    choose(option);
  }

  function close(): void {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  return h(
    "form",
    { class: "explorer-search", role: "search", onsubmit: (event: Event) => event.preventDefault() },
    icon("search"),
    input,
    list,
    status,
  );
}
