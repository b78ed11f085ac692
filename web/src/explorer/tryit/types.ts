/** The shapes of /api/v1/try, as the explorer reads them. */
import type { Position } from "geojson";
import type { Language, Named } from "../types.ts";
import type { Edit, Entry } from "./draft.ts";

export type Words = Record<Language, string>;

export interface Choice {
  value: string;
  name: Named;
}

export type FieldKind = "date" | "year" | "number" | "whole" | "text" | "choice" | "boolean" | "id" | "list" | "path";

export interface FieldInfo {
  field: string;
  name: Named;
  kind: FieldKind;
  low: number | null;
  high: number | null;
  unit: Named | null;
  choices: Choice[] | null;
  needed: boolean;
  blank: boolean;
  hint: Named | null;
  of?: string | null;
}

export interface EntryInfo {
  entry: Entry;
  name: Named;
  actions: string[];
  count: number;
  shape: "point" | "line" | "polygon" | null;
  fields: FieldInfo[];
}

export interface Options {
  plan: string;
  edition: string;
  base_year: number;
  horizon: number;
  ready: boolean;
  limits: { bytes: number; edits: number; vertices: number; at_once: number; an_hour: number; stack: number; compare: number };
  entries: EntryInfo[];
  first: { entry: Entry; field?: string; id?: string; value?: string }[];
}

/** An object of the plan that can be changed. */
export interface Thing {
  id: string;
  name: Named;
  values: Record<string, unknown>;
  lon?: number | null;
  lat?: number | null;
  unit?: Named | null;
  low?: number | null;
  high?: number | null;
  status?: string | null;
  subject?: string | null;
}

export interface Fault {
  entry: Entry | null;
  id: string | null;
  field: string | null;
  edit: number | null;
  rule: string;
  severity: string;
  message: Words;
  remedy: Words | null;
}

export type JobState = "queued" | "running" | "done" | "cancelled" | "failed" | "refused";

export interface Job {
  id: string;
  change: string;
  version: number;
  state: JobState;
  position: number | null;
  year: number | null;
  first_year: number | null;
  last_year: number | null;
  share: number | null;
  seconds: number | null;
  message: Words | null;
  again: boolean;
  faults: Fault[];
}

export interface Tried {
  change: string;
  address: string;
  stored: boolean;
  job: Job | null;
  words: Words[];
  warnings: Fault[];
}

export interface ChangedField {
  field: string;
  name: Named;
  before: unknown;
  after: unknown;
}

export interface Stored {
  change: string;
  edition: string;
  title: string | null;
  state: "ready" | "not run" | "other edition";
  job: Job | null;
  words: Words[];
  edits: Edit[];
  objects: { entry: Entry; id: string; action: string; name: Named; fields: ChangedField[] }[];
  command: string;
  toml_address: string;
  address: string;
}

export interface MovedTarget {
  id: string;
  indicator: string;
  name: Named;
  area: string;
  year: number | null;
  unit: Named;
  first: number | null;
  second: number | null;
  verdict_first: string;
  verdict_second: string;
  verdict_first_name: Named;
  verdict_second_name: Named;
  telling: boolean;
}

export interface CityRow {
  indicator: string;
  name: Named;
  unit: Named;
  decimals: number;
  better: "up" | "down" | "" | null;
  year: number;
  first: number | null;
  second: number | null;
  change: number | null;
  percent: number | null;
  telling: boolean;
}

export interface Mover {
  area: string;
  name: Named;
  year: number;
  first: number | null;
  second: number | null;
  change: number;
}

export interface RestsOn {
  assumed_share: number | null;
  parameters: number;
  assumed: number;
  swing_percent: number | null;
  most: { id: string; name: Named } | null;
  words: Words;
}

/** One indicator by commune and year: what the change makes of it, and by how much that differs. */
export interface CommuneChange {
  indicator: string;
  name: Named;
  unit: Named;
  decimals: number;
  better: "up" | "down" | "" | null;
  years: number[];
  areas: string[];
  second: (number | null)[][];
  change: (number | null)[][];
  telling: number[][];
  domain: [number, number] | null;
  noise: number;
  gain: Mover[];
  lose: Mover[];
  more: Mover[];
  less: Mover[];
  rests_on: RestsOn | null;
}

export interface Result {
  change: string;
  run: string;
  base_run: string;
  seconds: number | null;
  words: Words[];
  targets: MovedTarget[];
  city: CityRow[];
  moved: { indicator: string; name: Named; communes: number }[];
  communes: CommuneChange | null;
}

export interface FlowChange {
  id: string;
  from: string;
  to: string;
  direction: "forward" | "backward";
  flow_first: number | null;
  flow_second: number | null;
  change: number | null;
  new?: boolean;
  line?: Position[];
}

export interface FlowsChange {
  year: number;
  years: number[];
  links: FlowChange[];
  unit: Named;
}

export interface Compared {
  changes: { change: string; title: string | null; words: Words[] }[];
  targets: { id: string; name: Named; year: number | null; unit: Named; values: (number | null)[]; verdicts: (string | null)[]; verdict_names: (Named | null)[] }[];
  city: { indicator: string; name: Named; unit: Named; decimals: number; better: "up" | "down" | "" | null; values: (number | null)[]; telling: boolean[] }[];
}
