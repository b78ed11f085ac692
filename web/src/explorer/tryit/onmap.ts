/** What trying adds to the map: what is drawn so far, signs of more and less, and roads that carry more or less. */
import type { ExpressionSpecification, GeoJSONSource, LayerSpecification, Map as MapLibre } from "maplibre-gl";
import type { Feature, FeatureCollection, Position } from "geojson";
import { largestRing, middleOf } from "../geometry.ts";
import type { Areas, Network } from "../types.ts";
import type { FlowsChange } from "./types.ts";

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };
const INK = "#c2410c";
/** Teal and brown of the communes' ramp, dark enough for a line. */
export const MORE = "#7a3f0c";
export const LESS = "#0b625f";
const SEMIBOLD = ["Be Vietnam Pro Semibold"];

const byZoom = (far: number, near: number): ExpressionSpecification => ["interpolate", ["linear"], ["zoom"], 8, ["*", far, ["get", "wide"]], 13, ["*", near, ["get", "wide"]]];

const LAYERS: LayerSpecification[] = [
  {
    id: "try-flow-casing",
    type: "line",
    source: "try-flows",
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": "#ffffff", "line-width": ["interpolate", ["linear"], ["zoom"], 8, ["+", 1.5, ["*", 4, ["get", "wide"]]], 13, ["+", 2.5, ["*", 12, ["get", "wide"]]]] },
  },
  {
    id: "try-flow-more",
    type: "line",
    source: "try-flows",
    filter: ["==", ["get", "way"], "more"],
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": MORE, "line-width": byZoom(4, 12) },
  },
  {
    id: "try-flow-less",
    type: "line",
    source: "try-flows",
    filter: ["==", ["get", "way"], "less"],
    paint: { "line-color": LESS, "line-width": byZoom(4, 12), "line-dasharray": [1.2, 0.8] },
  },
  {
    id: "try-sign",
    type: "symbol",
    source: "try-signs",
    layout: {
      "text-field": ["get", "sign"],
      "text-font": SEMIBOLD,
      "text-size": ["interpolate", ["linear"], ["zoom"], 8, 15, 11, 24],
      "text-allow-overlap": true,
      "text-ignore-placement": true,
      "text-offset": ["step", ["zoom"], ["literal", [0, 0]], 8.6, ["literal", [0, -0.85]]],
    },
    paint: { "text-color": "#12283a", "text-halo-color": "#ffffffd9", "text-halo-width": 1.6 },
  },
  { id: "try-draft-fill", type: "fill", source: "try-draft", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": INK, "fill-opacity": 0.16 } },
  {
    id: "try-draft-line",
    type: "line",
    source: "try-draft",
    filter: ["!=", ["geometry-type"], "Point"],
    layout: { "line-join": "round" },
    paint: { "line-color": INK, "line-width": 3, "line-dasharray": [2, 1.2] },
  },
  {
    id: "try-draft-point",
    type: "circle",
    source: "try-draft",
    filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-radius": ["case", ["get", "small"], 5, 8], "circle-color": ["case", ["get", "off"], "#ffffff", INK], "circle-stroke-color": ["case", ["get", "off"], INK, "#ffffff"], "circle-stroke-width": 2.5 },
  },
  {
    id: "try-draft-name",
    type: "symbol",
    source: "try-draft",
    filter: ["has", "name"],
    layout: { "text-field": ["get", "name"], "text-font": SEMIBOLD, "text-size": 12.5, "text-offset": [0, 1.1], "text-anchor": "top", "text-max-width": 11, "text-padding": 1 },
    paint: { "text-color": "#7a2604", "text-halo-color": "#ffffff", "text-halo-width": 2 },
  },
];

export class TryMap {
  private middles: Map<string, Position>;

  constructor(
    private map: MapLibre,
    areas: Areas,
    private network: Network,
  ) {
    this.middles = new Map(areas.features.map((f) => [f.properties.id, middleOf(largestRing(f.geometry))]));
    for (const source of ["try-flows", "try-signs", "try-draft"]) if (!map.getSource(source)) map.addSource(source, { type: "geojson", data: EMPTY });
    const below = map.getLayer("project-pile") ? "project-pile" : undefined;
    for (const layer of LAYERS) if (!map.getLayer(layer.id)) map.addLayer(layer, layer.id.startsWith("try-draft") ? undefined : below);
  }

  signs(signs: ReadonlyMap<string, 1 | -1>): void {
    const features = [...signs].flatMap(([area, sign]): Feature[] => {
      const at = this.middles.get(area);
      return at ? [{ type: "Feature", properties: { sign: sign > 0 ? "+" : "−" }, geometry: { type: "Point", coordinates: at } }] : [];
    });
    this.set("try-signs", features);
  }

  draft(features: Feature[]): void {
    this.set("try-draft", features);
  }

  /** Wider for a larger difference; full where a road carries more, broken where less. */
  flows(found: FlowsChange | null): void {
    const lines = new Map(this.network.features.map((f) => [f.properties.id, f.geometry.coordinates]));
    const change = new Map<string, { by: number; line: Position[] }>();
    for (const link of found?.links ?? []) {
      const line = link.line ?? lines.get(link.id);
      const by = link.change ?? link.flow_second ?? (link.flow_first === null ? 0 : -link.flow_first);
      if (!line || !by) continue;
      const known = change.get(link.id);
      if (!known || Math.abs(by) > Math.abs(known.by)) change.set(link.id, { by, line });
    }
    const most = Math.max(1, ...[...change.values()].map(({ by }) => Math.abs(by)));
    const features = [...change.values()]
      .filter(({ by }) => Math.abs(by) > 0.01 * most)
      .map(
        ({ by, line }): Feature => ({
          type: "Feature",
          properties: { way: by > 0 ? "more" : "less", wide: Math.max(0.18, Math.sqrt(Math.abs(by) / most)) },
          geometry: { type: "LineString", coordinates: line },
        }),
      );
    this.set("try-flows", features);
  }

  private set(source: string, features: Feature[]): void {
    (this.map.getSource(source) as GeoJSONSource | undefined)?.setData({ type: "FeatureCollection", features });
  }
}
