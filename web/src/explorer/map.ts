/**
 * The map: MapLibre on our own land and water, drawn from what the service sends. It is loaded apart from the rest,
 * because it is most of the bytes; lists beside it say the same to people who cannot use it.
 */
import {
  type ExpressionSpecification,
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
import type { Feature, FeatureCollection, Point, Position } from "geojson";
import landUrl from "../generated/land.json?url";
import { motionWelcome } from "./dom.ts";
import { boxOf, largestRing, middleOf, pointOf, positions } from "./geometry.ts";
import { drawingOf, drawingOfLayer, markImage, patternImage, pileImage, plateImage } from "./icons.ts";
import { projectStage, type Stage } from "./lifecycle.ts";
import { layersOfStyle, LAYER_IDS, networkFilters, networkOpacity, zoneFilters } from "./maplayers.ts";
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

export type Kind = "commune" | "project" | "zone" | "link" | "terminal" | "place";
export type At = [lon: number, lat: number];

export interface MapEvents {
  commune(id: string): void;
  moved(view: View): void;
  /** What a tip says (`at` is null: it cannot be pressed), or a popup at a point. */
  describe(kind: Kind, properties: Record<string, unknown>, at: At | null): Node;
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
/** From this zoom on a pointer reaches a line before the commune beneath it; a finger, which is wide, later. */
const LINES_FIRST = { fine: 11, coarse: 13 };
const COARSE = matchMedia("(pointer: coarse)");
/** How much is seen of other ways where roads show their traffic. */
const QUIET = 0.3;
/** Where the land is; in an edition the land itself (`build/fromdisk.ts`). */
const LAND = typeof landUrl === "string" ? new URL(landUrl, location.href).href : landUrl;
const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };

export class CityMap {
  private year = 0;
  private shown = new Set<string>();
  private popup: Popup | null = null;
  private tip: HTMLElement | null = null;
  private hovered: string | null = null;
  private readonly loud: ExpressionSpecification;
  /** While somebody says where something is, a click says so and opens nothing. */
  hold: ((at: At) => void) | null = null;

  private constructor(
    private map: MapLibre,
    private data: MapData,
    private today: number,
    private events: MapEvents,
    private readonly home: [Position, Position],
  ) {
    this.loud = networkOpacity();
  }

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
    this.filterNetwork();
    for (const id of LAYER_IDS) {
      for (const [layer, filter] of Object.entries(zoneFilters(id, year))) this.filter(layer, filter);
    }
    const now = this.projectsNow();
    this.source("projects").setData(now as FeatureCollection);
    this.source("project-points").setData(pointsOf(now));
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
    this.filterNetwork();
    this.map.setPaintProperty("network-built", "line-opacity", this.shown.has("flows") ? QUIET : this.loud);
    for (const layer of this.map.getStyle().layers) {
      const belongs = (layer.metadata as { shown?: string } | undefined)?.shown;
      if (belongs) {
        this.map.setLayoutProperty(layer.id, "visibility", this.shown.has(belongs) ? "visible" : "none");
      }
    }
  }

  /** The roads of a year with their traffic; other modes stay quiet beside them. */
  setFlows(roads: FeatureCollection): void {
    this.source("flows").setData(roads);
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

  lookAtSea(padding: Padding): void {
    this.go(EAST_SEA, padding);
  }

  lookAtCommune(id: string, padding: Padding): void {
    const area = this.data.areas.features.find((f) => f.properties.id === id);
    if (area) this.go(boxOf(positions(area.geometry)) as LngLatBoundsLike, padding, 12.5);
  }

  lookAt(lon: number, lat: number, padding: Padding, zoom = 12.5): void {
    // An offset, because the map would keep a padding and add it to that of the next view.
    const offset: [number, number] = [(padding.left - padding.right) / 2, (padding.top - padding.bottom) / 2];
    this.map.easeTo({ center: [lon, lat], zoom: Math.max(zoom, this.map.getZoom()), offset, duration: motionWelcome() ? 700 : 0 });
  }

  zoomBy(steps: number): void {
    this.map.zoomTo(this.map.getZoom() + steps, { duration: motionWelcome() ? 250 : 0 });
  }

  openPopup(kind: Kind, properties: Record<string, unknown>, at: At, closed: () => void = () => undefined, focus = true): void {
    this.closePopup();
    if (this.tip) this.unhover(this.tip);
    const popup = new Popup({ closeButton: true, closeOnClick: false, maxWidth: "280px", offset: 14, className: "popup", focusAfterOpen: focus })
      .setLngLat(at)
      .setDOMContent(this.events.describe(kind, properties, at))
      .addTo(this.map);
    popup.on("close", closed);
    this.popup = popup;
  }

  closePopup(): void {
    this.popup?.remove();
    this.popup = null;
  }

  resize(): void {
    this.map.resize();
  }

  /** The map itself, for what is loaded later and draws on it. */
  get library(): MapLibre {
    return this.map;
  }

  /** When what was last asked for is on the screen. */
  painted(): Promise<void> {
    return new Promise((done) => {
      this.map.once("render", () => requestAnimationFrame(() => done()));
      this.map.triggerRepaint();
    });
  }

  private go(bounds: LngLatBoundsLike, padding: Padding, maxZoom = 14): void {
    this.map.fitBounds(bounds, { padding, maxZoom, duration: motionWelcome() ? 800 : 0 });
  }

  // ---- wiring -------------------------------------------------------------------------------------------------

  private source(id: string): GeoJSONSource {
    return this.map.getSource(id) as GeoJSONSource;
  }

  private filterNetwork(): void {
    const filters = networkFilters(this.year, this.shown.has("flows"));
    for (const [layer, filter] of Object.entries(filters)) this.filter(layer, filter);
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
              : kind === "pile"
                ? pileImage(drawing === "late")
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
      this.tip = tip;
      map.getContainer().append(tip);
      map.on("mousemove", (event) => this.hover(event, tip));
      map.on("mouseout", () => this.unhover(tip));
    }
  }

  private under(event: MapMouseEvent): MapGeoJSONFeature | undefined {
    const { x, y } = event.point;
    const near = 5;
    const lines = ["project-line-hit", "network-hit"];
    const linesFirst = this.map.getZoom() >= (COARSE.matches ? LINES_FIRST.coarse : LINES_FIRST.fine);
    const zones = LAYER_IDS.filter((id) => this.shown.has(id)).map((id) => `zone-hit-${id}`);
    const ground = [...zones, "commune-fill"];
    const marks = ["project-pile", "project-mark", "terminal-mark"];
    const order = [...marks, "flow-hit", ...(linesFirst ? [...lines, ...ground] : [...ground, ...lines])];
    const box: [[number, number], [number, number]] = [
      [x - near, y - near],
      [x + near, y + near],
    ];
    for (const layer of order) {
      if (this.map.getLayoutProperty(layer, "visibility") === "none") continue;
      const hit = this.map.queryRenderedFeatures(marks.includes(layer) ? box : event.point, { layers: [layer] })[0];
      if (hit) return hit;
    }
    return undefined;
  }

  private clicked(event: MapMouseEvent): void {
    if (this.hold) return this.hold([event.lngLat.lng, event.lngLat.lat]);
    const hit = this.under(event);
    this.closePopup();
    if (this.tip) this.unhover(this.tip);
    if (!hit) return;
    const kind = kindOf(hit);
    if (hit.layer.id === "project-pile") void this.partPile(hit);
    else if (kind === "commune") this.events.commune(String(hit.properties.id));
    else this.openPopup(kind, plain(hit.properties), [event.lngLat.lng, event.lngLat.lat]);
  }

  /** Comes so near that a pile of marks falls apart. */
  private async partPile(pile: MapGeoJSONFeature): Promise<void> {
    const zoom = await this.source("project-points").getClusterExpansionZoom(Number(pile.properties.cluster_id));
    const center = (pile.geometry as Point).coordinates as [number, number];
    this.map.easeTo({ center, zoom: zoom + 0.3, duration: motionWelcome() ? 500 : 0 });
  }

  private hover(event: MapMouseEvent, tip: HTMLElement): void {
    if (this.hold) return this.unhover(tip);
    const hit = this.under(event);
    this.map.getCanvas().classList.toggle("is-pointing", Boolean(hit));
    if (!hit || hit.layer.id === "project-pile" || this.popup?.isOpen()) {
      this.unhover(tip);
      return;
    }
    const commune = kindOf(hit) === "commune" ? String(hit.properties.id) : null;
    this.glow(commune);
    tip.replaceChildren(this.events.describe(kindOf(hit), plain(hit.properties), null));
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

function kindOf(hit: MapGeoJSONFeature): Kind {
  if (hit.source === "areas") return "commune";
  if (hit.source === "projects" || hit.source === "project-points") return "project";
  if (hit.source === "terminals") return "terminal";
  return hit.source === "network" || hit.source === "flows" ? "link" : "zone";
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
      land: { type: "geojson", data: LAND },
      seas: geojson(seaNames(seas)),
      areas: { ...geojson(data.areas), promoteId: "id" },
      "area-points": geojson(areaPoints(data.areas)),
      rivers: geojson(data.rivers),
      network: { ...geojson(data.network), promoteId: "id" },
      flows: { ...geojson(EMPTY), promoteId: "id" },
      projects: { ...geojson(data.projects), promoteId: "id" },
      "project-points": {
        ...geojson(EMPTY),
        cluster: true,
        clusterRadius: PILE_PX,
        clusterMaxZoom: PILES_TO,
        clusterProperties: { late: ["+", ["case", ["==", ["get", "stage"], "late"], 1, 0]] },
      },
      terminals: { ...geojson(data.terminals), promoteId: "id" },
      places: geojson(data.places),
      ...Object.fromEntries(LAYER_IDS.map((id) => [`zones-${id}`, { ...geojson(EMPTY), promoteId: "id" }])),
    },
    layers: layersOfStyle(language),
  };
}

/** Marks nearer to one another than this are drawn as one pile with their number, up to this zoom. */
const PILE_PX = 17;
const PILES_TO = 11;

/** One point for each site of a project; of a line, its middle. */
function pointsOf(projects: Projects): FeatureCollection {
  const points = projects.features.flatMap(({ geometry, properties }): Feature[] => {
    const sites = geometry.type === "MultiPoint" ? geometry.coordinates : [pointOf(geometry)];
    return sites.map((coordinates) => ({ type: "Feature", properties, geometry: { type: "Point", coordinates } }));
  });
  return { type: "FeatureCollection", features: points };
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

/** "Do Son ward": on the map, where room is dear, the name alone. */
const KIND_IN_ENGLISH = / (ward|commune|special zone)$/i;

/** One point a commune for its label: the middle of its largest ring. */
function areaPoints(areas: Areas): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: areas.features.map((f) => ({
      type: "Feature",
      properties: { ...f.properties, name: { ...f.properties.name, en: f.properties.name.en.replace(KIND_IN_ENGLISH, "") } },
      geometry: { type: "Point", coordinates: middleOf(largestRing(f.geometry)) },
    })),
  };
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
