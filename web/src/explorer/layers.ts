/** What is shown on the map: the six layers with their number of zones, projects, network, terminals. */
import { h, s } from "./dom.ts";
import { capital } from "./format.ts";
import { drawingOfLayer, DRAWINGS, mark } from "./icons.ts";
import { type Stage } from "./lifecycle.ts";
import { FLOW_COLOURS, LAYER_COLOURS, MODE_COLOURS, USE_COLOURS } from "./palette.ts";
import type { Store } from "./state.ts";
import { modeWord, STAGE_WORDS } from "./statuswords.ts";
import type { LayerInfo } from "./types.ts";
import { pick, w } from "./words.ts";

/** What a layer holds, where its legal name says little to a resident. */
const HINTS: Record<string, () => string> = { spatial: () => w("protected land, hubs") };

export interface LayerRow {
  id: string;
  name: string;
  /** Null where it is not things that are counted. */
  count: number | null;
  schematic: boolean;
  /** What belongs to the layer and stands below it while it is shown. */
  below?: HTMLElement;
}

/** `modelled` holds what stands below the two layers of the run, null where there is no run. */
export function layerPanel(
  store: Store,
  layers: readonly LayerInfo[],
  counts: Record<string, number>,
  modelled: { flows: HTMLElement; land: HTMLElement } | null,
): HTMLElement {
  const rows: LayerRow[] = [
    { id: "projects", name: w("Projects"), count: counts.projects ?? 0, schematic: false },
    { id: "network", name: w("Transport network"), count: counts.network ?? 0, schematic: true },
    ...(modelled
      ? [
          { id: "flows", name: w("Traffic flows"), count: null, schematic: false, below: modelled.flows },
          { id: "land", name: w("How land is used"), count: null, schematic: false, below: modelled.land },
        ]
      : []),
    { id: "terminals", name: w("Places where modes meet"), count: counts.terminals ?? 0, schematic: false },
    ...layers.map((layer) => ({ id: layer.id, name: capital(pick(layer.name)), count: layer.count, schematic: true })),
  ];
  return h(
    "section",
    { class: "panel-section layer-panel", "aria-labelledby": "layers-title" },
    h("h2", { id: "layers-title" }, w("Shown on the map")),
    h("ul", { class: "layer-list" }, ...rows.map((row) => toggle(store, row))),
    key(),
  );
}

function toggle(store: Store, row: LayerRow): HTMLElement {
  const box = h("input", {
    type: "checkbox",
    name: "layer",
    value: row.id,
    checked: store.now.shown.includes(row.id),
    disabled: row.count === 0,
    onchange: () => {
      const { shown } = store.now;
      store.change({ shown: box.checked ? [...shown, row.id] : shown.filter((id) => id !== row.id) });
    },
  });
  const follow = () => {
    box.checked = store.now.shown.includes(row.id);
    if (row.below) row.below.hidden = !box.checked;
  };
  follow();
  store.listen(follow);
  return h(
    "li",
    {},
    h(
      "label",
      { class: "layer-toggle" },
      box,
      sample(row.id),
      h("span", { class: "layer-name" }, row.name, HINTS[row.id] && h("span", { class: "quiet" }, ` (${HINTS[row.id]!()})`)),
      row.count === 0
        ? h("span", { class: "layer-mark" }, w("no data"))
        : (row.schematic || row.count === null) && h("span", { class: "layer-mark" }, row.schematic ? w("schematic") : w("modelled")),
      row.count !== null && h("span", { class: "layer-count" }, String(row.count)),
    ),
    row.below,
  );
}

function sample(id: string): SVGSVGElement {
  if (id === "projects") return mark("bridge", "planned", 22);
  if (id === "flows") {
    return s(
      "svg",
      { viewBox: "0 0 24 24", width: 22, height: 22, "aria-hidden": "true", class: "layer-sample" },
      s("path", { d: "M2 17 9 8l6 7", fill: "none", stroke: FLOW_COLOURS.free, "stroke-width": 5, "stroke-linejoin": "round" }),
      s("path", { d: "M15 15 22 6", fill: "none", stroke: FLOW_COLOURS.over, "stroke-width": 5 }),
    );
  }
  if (id === "land") {
    return s(
      "svg",
      { viewBox: "0 0 24 24", width: 22, height: 22, "aria-hidden": "true", class: "layer-sample" },
      ...["farmland", "housing", "water", "protected"].map((use, i) =>
        s("rect", { x: 2 + 10 * (i % 2), y: 2 + 10 * Math.floor(i / 2), width: 10, height: 10, fill: USE_COLOURS[use]! }),
      ),
    );
  }
  const colour = LAYER_COLOURS[id] ?? "#12283a";
  return s(
    "svg",
    { viewBox: "0 0 24 24", width: 22, height: 22, "aria-hidden": "true", class: "layer-sample" },
    id === "network"
      ? s("path", { d: "M2 17 9 8l6 7 7-9", fill: "none", stroke: MODE_COLOURS.road!, "stroke-width": 3 })
      : s("rect", { x: 1.5, y: 1.5, width: 21, height: 21, rx: 6, fill: colour, "fill-opacity": 0.16, stroke: colour, "stroke-width": 1.6 }),
    id !== "network" &&
      s("path", {
        d: DRAWINGS[id === "terminals" ? "meet" : drawingOfLayer(id)],
        transform: "translate(4.8 4.8) scale(.6)",
        fill: "none",
        stroke: colour,
        "stroke-width": 2.4,
        "stroke-linejoin": "round",
        "stroke-linecap": "round",
      }),
  );
}

/** How to read the marks and lines. */
function key(): HTMLElement {
  const stages: Stage[] = ["open", "building", "planned", "late", "unknown"];
  const stroke = (mode: string, dash: string | null) =>
    s(
      "svg",
      { viewBox: "0 0 34 10", width: 34, height: 10, class: "line-sample", "aria-hidden": "true" },
      s("path", { d: "M1 5H33", stroke: MODE_COLOURS[mode]!, "stroke-width": 3, "stroke-dasharray": dash }),
      mode === "rail" && !dash && s("path", { d: "M1 5H33", stroke: "#fff", "stroke-width": 1.4, "stroke-dasharray": "4 4" }),
    );
  return h(
    "details",
    { class: "map-key" },
    h("summary", {}, w("How to read the marks")),
    h("ul", {}, ...stages.map((stage) => h("li", {}, mark("bridge", stage, 24), STAGE_WORDS[stage]()))),
    h(
      "ul",
      {},
      ...["road", "rail", "waterway", "fairway"].map((mode) => h("li", {}, stroke(mode, null), capital(modeWord(mode)))),
      h("li", {}, stroke("road", "6 4"), capital(w("planned: dashed until its year"))),
    ),
    h(
      "p",
      { class: "fine" },
      w("Schematic: drawn by us from a point and an area, or straight between two known points; not a surveyed line."),
    ),
  );
}
