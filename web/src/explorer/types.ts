/** The shapes of /api/v1/, as the explorer reads them. A missing figure is null, never zero. */
import type { Feature, FeatureCollection, Geometry, LineString, MultiPoint, Point } from "geojson";

export type Language = "vi" | "en";
export type Named = Record<Language, string>;

export interface Overview {
  plan: {
    id: string;
    name: Named;
    as_of: string;
    base_year: number;
    horizon: number;
    milestones: number[];
    edition_hash: string;
  };
  run: { id: string } | null;
  years: number[];
  city: string;
  bounds: [west: number, south: number, east: number, north: number] | null;
  layers: LayerInfo[];
  indicators: IndicatorInfo[];
  groups: { id: string; name: Named }[];
  headlines: Headline[];
}

/** One of the few figures that the first view says, and the target in force that judges it. */
export interface Headline {
  indicator: string;
  name: Named;
  unit: Named;
  decimals: number;
  first: YearValue;
  last: YearValue;
  target: {
    year_from: number | null;
    year: number | null;
    operator: string;
    target: number | null;
    target_high: number | null;
    unit: Named;
    value: number | null;
    verdict: string;
    verdict_name: Named;
  } | null;
}

export interface LayerInfo {
  id: string;
  name: Named;
  count: number;
  public_note: Named | string | null;
}

export interface IndicatorInfo {
  id: string;
  name: Named;
  unit: Named;
  group: string;
  better: "up" | "down" | "" | null;
  decimals: number;
  by_commune: boolean;
  observed: boolean;
  simulated: boolean;
  has_targets: boolean;
  status: string | null;
}

export interface AreaProperties {
  id: string;
  name: Named;
  type_vi: string | null;
  part_of: string | null;
  shape: "schematic" | "official";
  area_km2: number | null;
  population: number | null;
  population_date: string | null;
}

export interface ProjectProperties {
  id: string;
  name: Named;
  kind: string;
  mode: string | null;
  status: string;
  opens: number | null;
  proposal: string | null;
  shape: "schematic" | "official";
}

export interface ZoneProperties {
  id: string;
  name: Named;
  layer: string;
  kind: string;
  status: string | null;
  from_year: number | null;
  to_year: number | null;
  area_ha: number | null;
  project: string | null;
  shape: "schematic" | "official";
}

export interface LinkProperties {
  id: string;
  name: Named;
  mode: string;
  class: string;
  opens: number | null;
  closes: number | null;
  project: string | null;
  bridge: boolean;
}

export interface TerminalProperties {
  id: string;
  name: Named;
  state: string | Named | null;
  opens: number | null;
  modes?: string[];
}

export type Areas = FeatureCollection<Geometry, AreaProperties>;
export type Projects = FeatureCollection<Point | MultiPoint | LineString, ProjectProperties>;
export type Zones = FeatureCollection<Geometry, ZoneProperties>;
export type Network = FeatureCollection<LineString, LinkProperties>;
export type Terminals = FeatureCollection<Point, TerminalProperties>;
export type AreaFeature = Feature<Geometry, AreaProperties>;

export interface CommuneValues {
  indicator: string;
  years: number[];
  areas: string[];
  /** values[area][year]. */
  values: (number | null)[][];
  status: string | null;
}

export interface Observed {
  period: string;
  /** Null for a period that is no single year. */
  year: number | null;
  value: number | null;
  unit?: Named;
  vintage: string | null;
  boundary: string;
  confidence: string;
  source: { id: string; title: string | Named } | null;
}

export interface Modelled {
  year: number;
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface TargetMark {
  id: string;
  year_from: number | null;
  year: number | null;
  operator: string;
  value: number | null;
  high: number | null;
  document: string | Named | { id: string; number: string | null; title?: Named } | null;
  verdict: string | null;
}

export interface Series {
  indicator: string;
  area: string;
  unit: Named;
  observed: Observed[];
  simulated: Modelled[];
  targets: TargetMark[];
  note: string | Named | null;
}

export interface Opening {
  name: Named;
  mode: string;
  class: string;
  opens: number | null;
  project: string | null;
  length_km?: number;
  links?: number;
}

export interface YearValue {
  year: number;
  value: number | null;
}

export interface AreaPlan {
  area: AreaProperties;
  zones: (ZoneProperties & { by_position?: boolean })[];
  projects: (ProjectProperties & { by_position?: boolean })[];
  terminals: TerminalProperties[];
  network_opening: Opening[];
  indicators: { id: string; first: YearValue | number | null; last: YearValue | number | null }[];
  schematic: boolean;
}

/** One value a link of `links`; null where the link is not open this way. */
export interface FlowsOneWay {
  pcu_h: (number | null)[];
  vehicles_h: (number | null)[];
  use: (number | null)[];
  lost_minutes: (number | null)[];
}

export interface Flows {
  year: number;
  links: string[];
  forward: FlowsOneWay;
  backward: FlowsOneWay;
  most_pcu_h: number | null;
  status: string;
}

export interface LandUse {
  year: number;
  uses: { id: string; name: Named }[];
  areas: string[];
  dominant: (string | null)[];
  /** shares[area][use]. */
  shares: (number | null)[][];
  status: string;
}

export interface Pyramid {
  year: number;
  ages: string[];
  female: number[];
  male: number[];
  persons: number | null;
  status: string;
}

export interface Cause {
  cause: string;
  name: Named;
  persons: number;
}

export interface Growth {
  first: number | null;
  last: number | null;
  change: number | null;
  causes: Cause[];
  reasons: Cause[];
  sentences: Record<Language, string[]>;
  status: string;
}

export interface RunInfo {
  id: string;
  change_title: Named | null;
  change_hash: string | null;
  shown: boolean;
  code_hash: string | null;
}

/** One indicator of one run. */
export interface OfRun {
  years: number[];
  city: (number | null)[];
  areas: string[];
  values: (number | null)[][];
  /** Relative: a smaller difference may be the solvers' own. */
  noise: number;
  status: string;
}

export interface Comparison {
  words: Record<Language, string[]>;
}

export interface Found {
  kind: "commune" | "project" | "zone" | "place" | "indicator";
  kind_name: Named | null;
  id: string;
  name: Named;
  lon: number | null;
  lat: number | null;
  address: string;
}
