/** Traffic on roads: how full each is in a year, what its colour, width and dashes mean, and what a popup says of it. */
import type { Feature, FeatureCollection, Position } from "geojson";
import { h, s } from "./dom.ts";
import { number } from "./format.ts";
import { FLOW_COLOURS } from "./palette.ts";
import type { Flows, FlowsOneWay, Network } from "./types.ts";
import { pick, reader, w } from "./words.ts";

export type Fullness = keyof typeof FLOW_COLOURS;

/** From which use of its capacity a road is busy, and overloaded. */
const BUSY = 0.7;
const FULL = 1;
const MOST_LISTED = 20;

export const fullness = (use: number): Fullness => (use > FULL ? "over" : use >= BUSY ? "busy" : "free");

export const FULLNESS_WORDS: Record<Fullness, () => string> = {
  free: () => w("flowing freely"),
  busy: () => w("busy"),
  over: () => w("overloaded"),
};

export interface OneWay {
  towards: string;
  vehicles: number | null;
  use: number | null;
  lost: number | null;
}

export interface Road {
  id: string;
  name: string;
  use: number;
  ways: OneWay[];
}

/** What each road carries, the fullest first; roads that are not open in the year are left out. */
export function roadsOf(flows: Flows, network: Network): Road[] {
  const links = new Map(network.features.map((f) => [f.properties.id, f]));
  return flows.links
    .flatMap((id, at) => {
      const link = links.get(id);
      if (!link) return [];
      const { coordinates } = link.geometry;
      const [start, end] = [coordinates[0]!, coordinates.at(-1)!];
      const ways = [oneWay(flows.forward, at, start, end), oneWay(flows.backward, at, end, start)].filter((way) => way.use !== null);
      const use = Math.max(0, ...ways.map((way) => way.use!));
      return ways.length ? [{ id, name: pick(link.properties.name), use, ways }] : [];
    })
    .sort((a, b) => b.use - a.use);
}

function oneWay(flows: FlowsOneWay, at: number, from: Position, to: Position): OneWay {
  const vehicles = flows.vehicles_h[at] ?? null;
  return { towards: towards(from, to), vehicles, use: flows.use[at] ?? null, lost: flows.lost_minutes[at] ?? null };
}

/** Where a way leads, by the compass. */
export function towards(from: Position, to: Position): string {
  const names = [
    w("eastwards"), w("northeastwards"), w("northwards"), w("northwestwards"),
    w("westwards"), w("southwestwards"), w("southwards"), w("southeastwards"),
  ];
  const eastward = (to[0]! - from[0]!) * Math.cos((from[1]! * Math.PI) / 180);
  const angle = Math.atan2(to[1]! - from[1]!, eastward);
  return names[(Math.round(angle / (Math.PI / 4)) + 8) % 8]!;
}

/** What the map draws: `share` of the largest flow of all years makes the width, `full` colour and dashes. */
export function drawnRoads(flows: Flows, network: Network): FeatureCollection {
  const use = new Map(roadsOf(flows, network).map((road) => [road.id, road.use]));
  const carried = new Map(flows.links.map((id, at) => [id, Math.max(flows.forward.pcu_h[at] ?? 0, flows.backward.pcu_h[at] ?? 0)]));
  const features = network.features
    .filter((f) => use.has(f.properties.id))
    .map((f): Feature => {
      const { id } = f.properties;
      const share = Math.sqrt(carried.get(id)! / (flows.most_pcu_h || 1));
      return { ...f, properties: { ...f.properties, full: fullness(use.get(id)!), share } };
    })
    .sort((a, b) => use.get(String(a.properties!.id))! - use.get(String(b.properties!.id))!);
  return { type: "FeatureCollection", features };
}

const percent = (use: number) => `${number(100 * use, reader())} %`;

/** One way of a road in words: vehicles, how full, minutes lost. */
function wayWords(way: OneWay): string {
  return [
    way.vehicles === null ? "" : w("{count} vehicles/h", { count: number(way.vehicles, reader()) }),
    way.use === null ? "" : `${FULLNESS_WORDS[fullness(way.use)]()} (${percent(way.use)})`,
    way.lost === null ? "" : w("{minutes} min lost", { minutes: number(way.lost, reader(), 1) }),
  ]
    .filter(Boolean)
    .join(", ");
}

export function roadWords(road: Road, year: number): HTMLElement {
  return h(
    "div",
    { class: "tip-flow" },
    h("p", { class: "quiet" }, w("Rush hour, modelled, {year}", { year })),
    h("dl", {}, ...road.ways.flatMap((way) => [h("dt", {}, way.towards), h("dd", {}, wayWords(way))])),
  );
}

function sample(full: Fullness): SVGSVGElement {
  const dash = { free: null, busy: "7 4", over: "2 3" }[full];
  return s(
    "svg",
    { viewBox: "0 0 40 10", width: 40, height: 10, "aria-hidden": "true", class: "line-sample" },
    s("path", { d: "M3 5H37", stroke: FLOW_COLOURS[full], "stroke-width": 7, "stroke-linecap": "round" }),
    dash && s("path", { d: "M3 5H37", stroke: "#fff", "stroke-width": 2.4, "stroke-dasharray": dash }),
  );
}

/** What the roads' colour, dashes and width mean. */
export function flowLegend(flows: Flows | null, year: number): HTMLElement {
  const limits: Record<Fullness, string> = { free: `< ${percent(BUSY)}`, busy: `${number(100 * BUSY, reader())}–${percent(FULL)}`, over: `> ${percent(FULL)}` };
  return h(
    "div",
    { class: "legend legend--flows" },
    h("p", { class: "legend-title" }, w("Traffic flows"), h("span", { class: "legend-year" }, String(year))),
    flows && !flows.links.length
      ? h("p", { class: "legend-note" }, w("no data"))
      : h(
          "ul",
          { class: "legend-rows" },
          ...(["free", "busy", "over"] as const).map((full) =>
            h("li", {}, sample(full), h("span", {}, FULLNESS_WORDS[full]()), h("span", { class: "quiet" }, limits[full])),
          ),
        ),
    h("p", { class: "legend-note legend-note--kept" }, w("Share of capacity used; wider: more traffic.")),
  );
}

/** The same for people who do not use the map: the fullest roads and each of their ways. */
export function roadList(roads: readonly Road[], year: number): HTMLElement {
  return h(
    "table",
    { class: "figure-table" },
    h("caption", { class: "visually-hidden" }, w("The fullest roads, {year}", { year })),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, w("Road")), h("th", { scope: "col" }, w("Each way, in the rush hour")))),
    h(
      "tbody",
      {},
      ...roads.slice(0, MOST_LISTED).map((road) =>
        h(
          "tr",
          {},
          h("th", { scope: "row", lang: reader() === "en" ? "vi" : null }, road.name || road.id),
          h("td", {}, ...road.ways.map((way) => h("p", {}, `${way.towards}: ${wayWords(way)}`))),
        ),
      ),
    ),
  );
}
