/**
 * The map: MapLibre on our own land and water, drawn from what the service sends. It is loaded apart from the rest,
 * because it is most of the bytes; lists beside it say the same to people who cannot use it.
 */
import {
  type FilterSpecification,
  type GeoJSONSource,
  type LngLatBoundsLike,
  Map as MapLibre,
  type MapGeoJSONFeature,
  type MapMouseEvent,
  Popup,
  setWorkerUrl,
  type StyleSpecification,
} from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { FeatureCollection, Position } from "geojson";
import landUrl from "../generated/land.json?url";
import { motionWelcome } from "./dom.ts";
import { drawingOf, drawingOfLayer, markImage, patternImage, plateImage } from "./icons.ts";
import { projectStage, type Stage } from "./lifecycle.ts";
import { layersOfStyle, LAYER_IDS, networkFilters, zoneFilters } from "./maplayers.ts";
import { LAYER_COLOURS, PALETTE } from "./palette.ts";
import type { View } from "./state.ts";
import type { Areas, Language, Network, Projects, Terminals, Zones } from "./types.ts";

export interface MapData {
  areas: Areas;
  rivers: FeatureCollection;
  network: Network;
  projects: Projects;
  terminals: Terminals;
  places: FeatureCollection;
}

export interface MapEvents {
  commune(id: string): void;
  project(id: string): void;
  zone(id: string): void;
  moved(view: View): void;
  describe(kind: "commune" | "project" | "zone" | "link" | "terminal", properties: Record<string, unknown>): Node;
}

export interface Padding {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

const EAST_SEA: LngLatBoundsLike = [
  [103.5, 7.2],
  [117.5, 22.8],
];
const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };

export class CityMap {
  private year = 0;
  private shown = new Set<string>();
  private popup: Popup | null = null;
  private hovered: string | null = null;

  private constructor(
    private map: MapLibre,
    private data: MapData,
    private today: number,
    private events: MapEvents,
    private readonly home: [Position, Position],
  ) {}

  static async open(
    host: HTMLElement,
    data: MapData,
    options: {
      language: Language;
      label: string;
      today: number;
      events: MapEvents;
      view: View | null;
      padding: Padding;
      seas: Record<string, string>;
    },
  ): Promise<CityMap> {
    setWorkerUrl(workerUrl);
    // Labels are drawn from the page's own fonts: both subsets must be there before the first one.
    await Promise.all(
      ['16px "Be Vietnam Pro"', '600 16px "Be Vietnam Pro Semibold"'].map((font) => document.fonts.load(font, "aộ")),
    ).catch(() => undefined);
    const home = frameOf(data.areas);
    const map = new MapLibre({
      container: host,
      style: styleOf(data, options.language, options.seas),
      bounds: home as LngLatBoundsLike,
      fitBoundsOptions: { padding: options.padding },
      minZoom: 3.6,
      maxZoom: 16,
      maxBounds: [
        [92, -4],
        [130, 30],
      ],
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      attributionControl: false,
      fadeDuration: motionWelcome() ? 200 : 0,
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.getCanvas().setAttribute("aria-label", options.label);
    if (options.view) map.jumpTo({ center: [options.view.lon, options.view.lat], zoom: options.view.zoom });
    const city = new CityMap(map, data, options.today, options.events, home);
    city.addImages();
    await new Promise<void>((ready) => map.once("load", () => ready()));
    city.listen();
    return city;
  }

  // ---- what is drawn ------------------------------------------------------------------------------------------

  setYear(year: number): void {
    this.year = year;
    for (const [layer, filter] of Object.entries(networkFilters(year))) this.filter(layer, filter);
    for (const id of LAYER_IDS) {
      for (const [layer, filter] of Object.entries(zoneFilters(id, year))) this.filter(layer, filter);
    }
    this.source("projects").setData(this.projectsNow() as FeatureCollection);
  }

  /** Colours by commune; null is "no data" and gets the hatch. An empty map means the figure is not by commune. */
  paint(colours: ReadonlyMap<string, string | null>, assumed: boolean): void {
    for (const { properties } of this.data.areas.features) {
      const colour = colours.get(properties.id);
      this.map.setFeatureState(
        { source: "areas", id: properties.id },
        { colour: colour ?? PALETTE.communeBlank, none: colours.size > 0 && !colour },
      );
    }
    this.map.setPaintProperty("commune-assumed", "fill-opacity", assumed && colours.size ? 1 : 0);
  }

  show(shown: readonly string[]): void {
    this.shown = new Set(shown);
    for (const layer of this.map.getStyle().layers) {
      const belongs = (layer.metadata as { shown?: string } | undefined)?.shown;
      if (belongs) {
        this.map.setLayoutProperty(layer.id, "visibility", this.shown.has(belongs) ? "visible" : "none");
      }
    }
  }

  setZones(layer: string, zones: Zones): void {
    this.source(`zones-${layer}`).setData(zones as FeatureCollection);
  }

  chooseCommune(id: string | null): void {
    const filter: FilterSpecification = ["==", ["get", "id"], id ?? ""];
    this.map.setFilter("commune-chosen", filter);
    this.map.setFilter("commune-chosen-halo", filter);
  }

  // ---- where it looks -----------------------------------------------------------------------------------------

  lookAtCity(padding: Padding): void {
    this.go(this.home as LngLatBoundsLike, padding);
  }

  lookAtSea(): void {
    this.go(EAST_SEA, { top: 20, bottom: 20, left: 20, right: 20 });
  }

  lookAtCommune(id: string, padding: Padding): void {
    const area = this.data.areas.features.find((f) => f.properties.id === id);
    if (area) this.go(boxOf(positions(area.geometry)) as LngLatBoundsLike, padding, 12.5);
  }

  lookAt(lon: number, lat: number, padding: Padding, zoom = 12.5): void {
    const options = { center: [lon, lat] as [number, number], zoom: Math.max(zoom, this.map.getZoom()), padding };
    if (motionWelcome()) this.map.easeTo({ ...options, duration: 700 });
    else this.map.jumpTo(options);
  }

  zoomBy(steps: number): void {
    this.map.zoomTo(this.map.getZoom() + steps, { duration: motionWelcome() ? 250 : 0 });
  }

  openPopup(kind: "project", properties: Record<string, unknown>, at: [number, number]): void {
    this.popup?.remove();
    this.popup = new Popup({ closeButton: true, maxWidth: "280px", offset: 14, className: "popup" })
      .setLngLat(at)
      .setDOMContent(this.events.describe(kind, properties))
      .addTo(this.map);
  }

  closePopup(): void {
    this.popup?.remove();
    this.popup = null;
  }

  resize(): void {
    this.map.resize();
  }

  private go(bounds: LngLatBoundsLike, padding: Padding, maxZoom = 14): void {
    this.map.fitBounds(bounds, { padding, maxZoom, duration: motionWelcome() ? 800 : 0 });
  }

  // ---- wiring -------------------------------------------------------------------------------------------------

  private source(id: string): GeoJSONSource {
    return this.map.getSource(id) as GeoJSONSource;
  }

  private filter(layer: string, filter: FilterSpecification): void {
    if (this.map.getLayer(layer)) this.map.setFilter(layer, filter);
  }

  /** A symbol's picture cannot follow a feature's state, so the stage is a property of what we hand over. */
  private projectsNow(): Projects {
    return {
      type: "FeatureCollection",
      features: this.data.projects.features.map((f) => ({
        ...f,
        properties: {
          ...f.properties,
          stage: projectStage(f.properties, this.year, this.today),
          drawing: drawingOf(f.properties.kind, f.properties.mode),
        },
      })),
    };
  }

  private addImages(): void {
    this.map.setMissingStyleImageResolver((id) => {
      const [kind, drawing, extra] = id.split(":");
      const made =
        kind === "mark"
          ? markImage(drawing as never, extra as Stage)
          : kind === "zone"
            ? plateImage(drawingOfLayer(drawing!), LAYER_COLOURS[drawing!] ?? PALETTE.ink)
            : kind === "terminal"
              ? plateImage("meet", "#12283a", 18)
              : kind === "pattern"
                ? patternImage(drawing as "none" | "assumed")
                : null;
      if (made && !this.map.hasImage(id)) this.map.addImage(id, made, { pixelRatio: 2 });
    });
  }

  private listen(): void {
    const { map, events } = this;
    map.on("moveend", () => {
      const { lng, lat } = map.getCenter();
      events.moved({ zoom: map.getZoom(), lat, lon: lng });
    });
    map.on("click", (event) => this.clicked(event));
    if (matchMedia("(hover: hover)").matches) {
      const tip = document.createElement("div");
      tip.className = "map-tip";
      tip.hidden = true;
      map.getContainer().append(tip);
      map.on("mousemove", (event) => this.hover(event, tip));
      map.on("mouseout", () => this.unhover(tip));
    }
  }

  private under(event: MapMouseEvent): MapGeoJSONFeature | undefined {
    const { x, y } = event.point;
    const near = 5;
    const order = ["project-mark", "project-line-hit", "terminal-mark", "network-hit"];
    const box: [[number, number], [number, number]] = [
      [x - near, y - near],
      [x + near, y + near],
    ];
    for (const layer of order) {
      if (this.map.getLayoutProperty(layer, "visibility") === "none") continue;
      const hit = this.map.queryRenderedFeatures(layer === "network-hit" ? event.point : box, { layers: [layer] })[0];
      if (hit) return hit;
    }
    const fills = LAYER_IDS.filter((id) => this.shown.has(id)).map((id) => `zone-hit-${id}`);
    return this.map.queryRenderedFeatures(event.point, { layers: [...fills, "commune-fill"] })[0];
  }

  private clicked(event: MapMouseEvent): void {
    const hit = this.under(event);
    this.closePopup();
    if (!hit) return;
    const kind = kindOf(hit);
    if (kind === "commune") this.events.commune(String(hit.properties.id));
    else {
      this.popup = new Popup({ closeButton: true, maxWidth: "280px", offset: 8, className: "popup" })
        .setLngLat(event.lngLat)
        .setDOMContent(this.events.describe(kind, plain(hit.properties)))
        .addTo(this.map);
    }
  }

  private hover(event: MapMouseEvent, tip: HTMLElement): void {
    const hit = this.under(event);
    this.map.getCanvas().classList.toggle("is-pointing", Boolean(hit));
    if (!hit || this.popup?.isOpen()) {
      this.unhover(tip);
      return;
    }
    const commune = kindOf(hit) === "commune" ? String(hit.properties.id) : null;
    this.glow(commune);
    tip.replaceChildren(this.events.describe(kindOf(hit), plain(hit.properties)));
    tip.hidden = false;
    const wide = this.map.getContainer().clientWidth;
    const left = Math.min(event.point.x + 14, wide - tip.offsetWidth - 8);
    tip.style.transform = `translate(${left}px, ${event.point.y + 14}px)`;
  }

  private unhover(tip: HTMLElement): void {
    tip.hidden = true;
    this.glow(null);
  }

  private glow(commune: string | null): void {
    if (this.hovered === commune) return;
    if (this.hovered) this.map.setFeatureState({ source: "areas", id: this.hovered }, { hover: false });
    if (commune) this.map.setFeatureState({ source: "areas", id: commune }, { hover: true });
    this.hovered = commune;
  }
}

function kindOf(hit: MapGeoJSONFeature): "commune" | "project" | "zone" | "link" | "terminal" {
  if (hit.source === "areas") return "commune";
  if (hit.source === "projects") return "project";
  if (hit.source === "terminals") return "terminal";
  return hit.source === "network" ? "link" : "zone";
}

/** MapLibre hands nested properties back as JSON text. */
function plain(properties: Record<string, unknown>): Record<string, unknown> {
  const name = properties.name;
  return typeof name === "string" && name.startsWith("{") ? { ...properties, name: JSON.parse(name) } : properties;
}

function styleOf(data: MapData, language: Language, seas: Record<string, string>): StyleSpecification {
  const geojson = (collection: object) => ({ type: "geojson" as const, data: collection as FeatureCollection });
  return {
    version: 8,
    sources: {
      land: { type: "geojson", data: new URL(landUrl, location.href).href },
      seas: geojson(seaNames(seas)),
      areas: { ...geojson(data.areas), promoteId: "id" },
      "area-points": geojson(areaPoints(data.areas)),
      rivers: geojson(data.rivers),
      network: { ...geojson(data.network), promoteId: "id" },
      projects: { ...geojson(data.projects), promoteId: "id" },
      terminals: { ...geojson(data.terminals), promoteId: "id" },
      places: geojson(data.places),
      ...Object.fromEntries(LAYER_IDS.map((id) => [`zones-${id}`, { ...geojson(EMPTY), promoteId: "id" }])),
    },
    layers: layersOfStyle(language),
  };
}

/** Names of the sea and of its archipelagos, which are too small to be land at this scale. */
function seaNames(names: Record<string, string>): FeatureCollection {
  const at: [key: string, rank: number, lon: number, lat: number, islands: boolean][] = [
    ["hoangSa", 1, 111.9, 16.45, true],
    ["truongSa", 1, 113.6, 9.6, true],
    ["eastSea", 2, 113.4, 13.2, false],
    ["gulf", 2, 107.7, 19.55, false],
  ];
  return {
    type: "FeatureCollection",
    features: at.map(([key, rank, lon, lat, islands]) => ({
      type: "Feature",
      properties: { name: names[key], rank, islands },
      geometry: { type: "Point", coordinates: [lon, lat] },
    })),
  };
}

/** One point a commune for its label: the middle of its largest ring. */
function areaPoints(areas: Areas): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: areas.features.map((f) => ({
      type: "Feature",
      properties: { ...f.properties },
      geometry: { type: "Point", coordinates: middleOf(largestRing(f.geometry)) },
    })),
  };
}

type Geometry = Areas["features"][number]["geometry"];

function largestRing(geometry: Geometry): Position[] {
  const rings =
    geometry.type === "Polygon"
      ? [geometry.coordinates[0]!]
      : geometry.type === "MultiPolygon"
        ? geometry.coordinates.map((polygon) => polygon[0]!)
        : [positions(geometry)];
  const size = (ring: Position[]) => {
    const [[west, south], [east, north]] = boxOf(ring) as [[number, number], [number, number]];
    return (east - west) * (north - south);
  };
  return rings.reduce((best, ring) => (size(ring) > size(best) ? ring : best));
}

/** The centroid of a ring by area. */
function middleOf(ring: Position[]): Position {
  let area = 0;
  let x = 0;
  let y = 0;
  const [ox, oy] = ring[0] as [number, number];
  for (let i = 0; i < ring.length - 1; i += 1) {
    const [ax, ay] = [ring[i]![0]! - ox, ring[i]![1]! - oy];
    const [bx, by] = [ring[i + 1]![0]! - ox, ring[i + 1]![1]! - oy];
    const cross = ax * by - bx * ay;
    area += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return area ? [ox + x / (3 * area), oy + y / (3 * area)] : [ox, oy];
}

function positions(geometry: Geometry): Position[] {
  if (geometry.type === "GeometryCollection") return geometry.geometries.flatMap(positions);
  const flat = (value: unknown): Position[] =>
    Array.isArray(value) && typeof value[0] === "number" ? [value as Position] : (value as unknown[]).flatMap(flat);
  return flat(geometry.coordinates);
}

function boxOf(points: Position[]): [Position, Position] {
  const xs = points.map((p) => p[0]!);
  const ys = points.map((p) => p[1]!);
  return [
    [Math.min(...xs), Math.min(...ys)],
    [Math.max(...xs), Math.max(...ys)],
  ];
}

/** The city without islands far out at sea, which would make it small on a phone. */
function frameOf(areas: Areas): [Position, Position] {
  const middles = areas.features.map((f) => ({ f, at: middleOf(largestRing(f.geometry)) }));
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const centre = [median(middles.map((m) => m.at[0]!)), median(middles.map((m) => m.at[1]!))] as const;
  const distance = (at: Position) => Math.hypot(at[0]! - centre[0], at[1]! - centre[1]);
  const usual = median(middles.map((m) => distance(m.at)));
  const near = middles.filter((m) => distance(m.at) <= 3.2 * usual || middles.length < 10);
  return boxOf(near.flatMap((m) => largestRing(m.f.geometry)));
}
