/** The plan's own words for states, modes and verdicts, and our words for the stages on the map. */
import type { Stage } from "./lifecycle.ts";
import { w } from "./words.ts";

export const STAGE_WORDS: Record<Stage, () => string> = {
  open: () => w("In use"),
  building: () => w("Under construction"),
  planned: () => w("Planned"),
  late: () => w("Late"),
  unknown: () => w("No date"),
};

const STATES: Record<string, () => string> = {
  idea: () => w("idea"),
  proposed: () => w("proposed"),
  planned: () => w("planned"),
  consultation: () => w("consultation"),
  "under construction": () => w("under construction"),
  "partly operating": () => w("partly operating"),
  operating: () => w("operating"),
  done: () => w("done"),
  continuing: () => w("continuing"),
  narrative: () => w("narrative"),
  stopped: () => w("stopped"),
};

const MODES: Record<string, () => string> = {
  road: () => w("road"),
  rail: () => w("rail"),
  metro: () => w("metro"),
  waterway: () => w("waterway"),
  fairway: () => w("fairway"),
  air: () => w("air"),
  ferry: () => w("ferry"),
  cable: () => w("cable"),
};

export const stateWord = (status: string): string => STATES[status]?.() ?? status;
export const modeWord = (mode: string): string => MODES[mode]?.() ?? mode;
