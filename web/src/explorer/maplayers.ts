/** The layers of the map's style, bottom to top, and the filters that make them follow the year. */
import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";
import { FLOW_COLOURS, LAYER_COLOURS, MODE_COLOURS, PALETTE } from "./palette.ts";
import type { Language } from "./types.ts";

export const LAYER_IDS = ["urban", "industrial", "tourism", "marine", "underground", "spatial"] as const;

/** Classes of links that are left out from far off. */
const MINOR = ["provincial", "urban arterial", "inland waterway class II", "inland waterway class III", "sea fairway"];

/** Classes that are hinted at from far off. */
const CARRIERS = ["expressway", "trunk"];

const REGULAR = ["Be Vietnam Pro"];
const SEMIBOLD = ["Be Vietnam Pro Semibold"];

const opensAfter = (year: number): ExpressionSpecification => [">", ["coalesce", ["get", "opens"], 0], year];
const closedBy = (year: number): ExpressionSpecification => ["<=", ["coalesce", ["get", "closes"], 9999], year];

/** Planned links are dashed until their year; in it they glow; closed ones are gone; roads give way to their flows. */
export function networkFilters(year: number, flows = false): Record<string, FilterSpecification> {
  const wanted: ExpressionSpecification = flows ? ["!=", ["get", "mode"], "road"] : ["literal", true];
  const built: ExpressionSpecification = ["all", wanted, ["!", opensAfter(year)], ["!", closedBy(year)]];
  return {
    "network-hit": wanted,
    "network-planned": ["all", wanted, opensAfter(year), ["!", closedBy(year)]],
    "network-casing": ["all", built, ["==", ["get", "mode"], "road"]],
    "network-built": built,
    "network-ties": ["all", built, ["in", ["get", "mode"], ["literal", ["rail", "metro"]]]],
    "network-fresh": ["all", wanted, ["==", ["get", "opens"], year]],
  };
}

/** A zone is filled from its first year on, and an outline before. */
export function zoneFilters(layer: string, year: number): Record<string, FilterSpecification> {
  const begins: ExpressionSpecification = ["coalesce", ["get", "from_year"], 0];
  const standing: ExpressionSpecification = [">=", ["coalesce", ["get", "to_year"], 9999], year];
  return {
    [`zone-fill-${layer}`]: ["all", ["<=", begins, year], standing],
    [`zone-line-${layer}`]: ["all", ["<=", begins, year], standing],
    [`zone-later-${layer}`]: [">", begins, year],
  };
}

export function layersOfStyle(language: Language): LayerSpecification[] {
  const name: ExpressionSpecification = ["coalesce", ["get", language, ["get", "name"]], ["get", "vi", ["get", "name"]]];
  const lines: ExpressionSpecification = ["match", ["geometry-type"], ["LineString", "MultiLineString"], true, false];
  return [
    { id: "sea", type: "background", paint: { "background-color": PALETTE.sea } },
    {
      id: "land-far",
      type: "fill",
      source: "land",
      filter: ["==", ["get", "detail"], "far"],
      maxzoom: 7,
      paint: { "fill-color": PALETTE.land, "fill-outline-color": PALETTE.landEdge },
    },
    {
      id: "land-near",
      type: "fill",
      source: "land",
      filter: ["==", ["get", "detail"], "near"],
      minzoom: 7,
      paint: { "fill-color": PALETTE.land, "fill-outline-color": PALETTE.landEdge },
    },
    {
      id: "commune-fill",
      type: "fill",
      source: "areas",
      paint: {
        "fill-color": ["to-color", ["feature-state", "colour"], PALETTE.communeBlank],
        "fill-opacity": ["case", ["boolean", ["feature-state", "hover"], false], 0.82, 0.96],
      },
    },
    {
      id: "commune-none",
      type: "fill",
      source: "areas",
      paint: {
        "fill-pattern": "pattern:none",
        "fill-opacity": ["case", ["boolean", ["feature-state", "none"], false], 1, 0],
      },
    },
    {
      id: "commune-assumed",
      type: "fill",
      source: "areas",
      minzoom: 8,
      paint: { "fill-pattern": "pattern:assumed", "fill-opacity": 0 },
    },
    {
      id: "rivers",
      type: "line",
      source: "rivers",
      filter: ["!", ["in", ["get", "kind"], ["literal", ["coast", "fairway"]]]],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": PALETTE.river,
        "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.8, 11, 2.6, 14, 6],
      },
    },
    {
      id: "coast",
      type: "line",
      source: "rivers",
      filter: ["==", ["get", "kind"], "coast"],
      minzoom: 8,
      paint: { "line-color": "#7fa9b8", "line-width": 1 },
    },
    {
      id: "commune-line",
      type: "line",
      source: "areas",
      paint: {
        "line-color": PALETTE.communeEdge,
        "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.5, 12, 1.4],
      },
    },
    ...LAYER_IDS.flatMap((id) => zoneLayers(id)),
    ...networkLayers(),
    ...flowLayers(),
    {
      id: "commune-hover",
      type: "line",
      source: "areas",
      paint: {
        "line-color": PALETTE.ink,
        "line-width": 1.6,
        "line-opacity": ["case", ["boolean", ["feature-state", "hover"], false], 1, 0],
      },
    },
    {
      id: "commune-chosen-halo",
      type: "line",
      source: "areas",
      filter: ["==", ["get", "id"], ""],
      layout: { "line-join": "round" },
      paint: { "line-color": "#ffffff", "line-width": 6 },
    },
    {
      id: "commune-chosen",
      type: "line",
      source: "areas",
      filter: ["==", ["get", "id"], ""],
      layout: { "line-join": "round" },
      paint: { "line-color": PALETTE.ink, "line-width": 3 },
    },
    {
      id: "project-line",
      type: "line",
      source: "projects",
      filter: lines,
      metadata: { shown: "projects" },
      paint: {
        "line-color": "#123a5c",
        "line-width": ["interpolate", ["linear"], ["zoom"], 9, 1, 11, 1.8],
        "line-dasharray": [1.6, 1.8],
        "line-opacity": ["interpolate", ["linear"], ["zoom"], 8, 0.22, 9.6, 0.3, 11, 0.75],
      },
    },
    {
      id: "project-line-hit",
      type: "line",
      source: "projects",
      filter: lines,
      metadata: { shown: "projects" },
      paint: { "line-color": "#000000", "line-width": 6, "line-opacity": 0 },
    },
    // Labels find room from the top down: projects first, then terminals, communes, other places.
    {
      id: "place-name",
      type: "symbol",
      source: "places",
      minzoom: 12,
      layout: {
        "text-field": name,
        "text-font": REGULAR,
        "text-size": 11,
        "text-max-width": 8,
        "symbol-sort-key": ["coalesce", ["get", "rank"], 9],
      },
      paint: { "text-color": "#3b4a57", "text-halo-color": PALETTE.halo, "text-halo-width": 1.3 },
    },
    {
      id: "commune-name",
      type: "symbol",
      source: "area-points",
      minzoom: 8.6,
      layout: {
        "text-field": name,
        "text-font": SEMIBOLD,
        "text-size": ["interpolate", ["linear"], ["zoom"], 9, 10.5, 13, 14],
        "text-max-width": 7,
        "text-padding": ["interpolate", ["linear"], ["zoom"], 9, 10, 11, 3],
        "symbol-sort-key": ["-", 0, ["coalesce", ["get", "population"], 0]],
      },
      paint: { "text-color": PALETTE.ink, "text-halo-color": "#ffffff", "text-halo-width": 1.8 },
    },
    {
      id: "terminal-mark",
      type: "symbol",
      source: "terminals",
      minzoom: 9.5,
      metadata: { shown: "terminals" },
      layout: {
        "icon-image": "terminal:meet",
        "icon-allow-overlap": true,
        "text-field": ["step", ["zoom"], "", 11.5, name],
        "text-font": REGULAR,
        "text-size": 11,
        "text-anchor": "left",
        "text-offset": [0.9, 0],
        "text-optional": true,
      },
      paint: { "text-color": PALETTE.ink, "text-halo-color": PALETTE.halo, "text-halo-width": 1.4 },
    },
    {
      id: "project-pile",
      type: "symbol",
      source: "project-points",
      filter: ["has", "point_count"],
      metadata: { shown: "projects" },
      layout: {
        "icon-image": ["case", [">", ["get", "late"], 0], "pile:late", "pile:plain"],
        "icon-allow-overlap": true,
        "text-field": ["to-string", ["get", "point_count"]],
        "text-font": SEMIBOLD,
        "text-size": 13,
        "text-allow-overlap": true,
      },
      paint: { "text-color": PALETTE.ink },
    },
    {
      id: "project-mark",
      type: "symbol",
      source: "project-points",
      filter: ["!", ["has", "point_count"]],
      metadata: { shown: "projects" },
      layout: {
        "icon-image": ["concat", "mark:", ["coalesce", ["get", "drawing"], "flag"], ":", ["coalesce", ["get", "stage"], "unknown"]],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.72, 11, 1],
        "icon-allow-overlap": true,
        "text-field": ["step", ["zoom"], "", 10, name],
        "text-font": SEMIBOLD,
        "text-size": 11.5,
        "text-anchor": "left",
        "text-offset": [1.4, 0],
        "text-justify": "left",
        "text-max-width": 11,
        "text-optional": true,
      },
      paint: { "text-color": PALETTE.ink, "text-halo-color": PALETTE.halo, "text-halo-width": 1.6 },
    },
    {
      id: "sea-islands",
      type: "circle",
      source: "seas",
      filter: ["==", ["get", "islands"], true],
      maxzoom: 9,
      paint: { "circle-radius": 3.5, "circle-color": "#8f5a1c", "circle-stroke-color": "#ffffff", "circle-stroke-width": 1.4 },
    },
    {
      id: "sea-name",
      type: "symbol",
      source: "seas",
      maxzoom: 9.5,
      layout: {
        "text-field": ["get", "name"],
        "text-font": SEMIBOLD,
        "text-size": ["case", ["get", "islands"], 12, 13],
        "text-letter-spacing": ["case", ["get", "islands"], 0, 0.08],
        "text-max-width": 9,
        "text-offset": ["case", ["get", "islands"], ["literal", [0, 1.3]], ["literal", [0, 0]]],
        "symbol-sort-key": ["get", "rank"],
      },
      paint: {
        "text-color": ["case", ["get", "islands"], PALETTE.ink, PALETTE.seaText],
        "text-halo-color": "#ffffffb3",
        "text-halo-width": 1.2,
      },
    },
  ];
}

function zoneLayers(id: string): LayerSpecification[] {
  const colour = LAYER_COLOURS[id]!;
  const source = `zones-${id}`;
  const metadata = { shown: id };
  return [
    { id: `zone-hit-${id}`, type: "fill", source, metadata, paint: { "fill-color": colour, "fill-opacity": 0 } },
    { id: `zone-fill-${id}`, type: "fill", source, metadata, paint: { "fill-color": colour, "fill-opacity": 0.3 } },
    { id: `zone-line-${id}`, type: "line", source, metadata, paint: { "line-color": colour, "line-width": 1.6 } },
    {
      id: `zone-later-${id}`,
      type: "line",
      source,
      metadata,
      paint: { "line-color": colour, "line-width": 1.6, "line-dasharray": [2.2, 1.8] },
    },
    {
      id: `zone-mark-${id}`,
      type: "symbol",
      source,
      metadata,
      minzoom: 9,
      layout: {
        "icon-image": `zone:${id}`,
        "icon-size": ["interpolate", ["linear"], ["zoom"], 9, 0.7, 12, 1],
        "icon-padding": 0,
        "icon-allow-overlap": ["step", ["zoom"], false, 11, true],
      },
    },
  ];
}

/** Wider for more traffic; fuller roads darker, and broken by white: long dashes where busy, ticks where overloaded. */
function flowLayers(): LayerSpecification[] {
  const full: ExpressionSpecification = ["get", "full"];
  const width = (times: number, more: number): ExpressionSpecification => [
    "interpolate",
    ["linear"],
    ["zoom"],
    8,
    ["+", more * 0.6 + 0.6 * times, ["*", 3.2 * times, ["get", "share"]]],
    11,
    ["+", more + 1.4 * times, ["*", 7 * times, ["get", "share"]]],
    14,
    ["+", more + 2 * times, ["*", 13 * times, ["get", "share"]]],
  ];
  const metadata = { shown: "flows" };
  const layout = { "line-cap": "round", "line-join": "round" } as const;
  const colour: ExpressionSpecification = ["match", full, ...Object.entries(FLOW_COLOURS).flat(), FLOW_COLOURS.free] as never;
  const broken = (id: string, which: string, dash: number[]): LayerSpecification => ({
    id,
    type: "line",
    source: "flows",
    metadata,
    minzoom: 9.5,
    filter: ["==", full, which],
    paint: { "line-color": "#ffffff", "line-width": width(0.34, 0), "line-dasharray": dash },
  });
  return [
    { id: "flow-hit", type: "line", source: "flows", metadata, paint: { "line-width": 16, "line-opacity": 0 } },
    { id: "flow-casing", type: "line", source: "flows", metadata, layout, paint: { "line-color": "#ffffff", "line-width": width(1, 2) } },
    { id: "flow", type: "line", source: "flows", metadata, layout, paint: { "line-color": colour, "line-width": width(1, 0) } },
    broken("flow-busy", "busy", [7, 4]),
    broken("flow-over", "over", [1, 1.4]),
  ];
}

/**
 * Links are straight between two known points. From far off that reads as a scribble over the city, so only the
 * carriers of the region are hinted at; streets of the city come nearer.
 */
export function networkOpacity(full = 0.85, far = 0.28): ExpressionSpecification {
  const carrier: ExpressionSpecification = ["in", ["get", "class"], ["literal", CARRIERS]];
  const minor: ExpressionSpecification = ["in", ["get", "class"], ["literal", MINOR]];
  return [
    "interpolate",
    ["linear"],
    ["zoom"],
    9.4,
    ["case", carrier, far, 0],
    10,
    ["case", carrier, Math.max(far, full * 0.7), minor, 0, full * 0.7],
    10.8,
    full,
  ];
}

function networkLayers(): LayerSpecification[] {
  const colour: ExpressionSpecification = ["match", ["get", "mode"], ...Object.entries(MODE_COLOURS).flat(), "#5c5348"] as never;
  const width = (times: number, more: number): ExpressionSpecification => {
    const base: ExpressionSpecification = [
      "match",
      ["get", "class"],
      "expressway",
      2.6,
      "trunk",
      1.8,
      "national",
      1.5,
      "sea fairway",
      1.6,
      "railway",
      1.5,
      1,
    ];
    return [
      "interpolate",
      ["linear"],
      ["zoom"],
      8,
      ["+", more * 0.5, ["*", 0.55 * times, base]],
      12,
      ["+", more, ["*", 1.5 * times, base]],
    ];
  };
  const metadata = { shown: "network" };
  const layout = { "line-cap": "round", "line-join": "round" } as const;
  return [
    {
      id: "network-hit",
      type: "line",
      source: "network",
      metadata,
      minzoom: 10,
      paint: { "line-width": 10, "line-opacity": 0 },
    },
    {
      id: "network-casing",
      type: "line",
      source: "network",
      metadata,
      layout,
      minzoom: 10,
      paint: { "line-color": "#ffffff", "line-width": width(1, 2), "line-opacity": networkOpacity(0.75) },
    },
    {
      id: "network-fresh",
      type: "line",
      source: "network",
      metadata,
      layout,
      paint: { "line-color": PALETTE.fresh, "line-width": width(1, 7), "line-opacity": 0.9 },
    },
    {
      id: "network-planned",
      type: "line",
      source: "network",
      metadata,
      paint: { "line-color": colour, "line-width": width(0.9, 0.4), "line-dasharray": [2.4, 1.8], "line-opacity": networkOpacity(0.85, 0.16) },
    },
    {
      id: "network-built",
      type: "line",
      source: "network",
      metadata,
      layout,
      paint: { "line-color": colour, "line-width": width(0.9, 0), "line-opacity": networkOpacity() },
    },
    {
      id: "network-ties",
      type: "line",
      source: "network",
      metadata,
      minzoom: 10,
      paint: { "line-color": "#ffffff", "line-width": width(0.45, 0), "line-dasharray": [3, 3] },
    },
  ];
}
