/**
 * What the reader is looking at: year, indicator, what is shown, the place. It lives in the address after the
 * "#", so that a view can be sent to somebody; nothing of it is stored anywhere else.
 */

export interface Place {
  kind: "commune" | "project" | "zone" | "place";
  id: string;
}

export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

export interface State {
  year: number;
  indicator: string;
  /** Thematic layers, and "projects", "network", "terminals", "flows", "land". */
  shown: readonly string[];
  /** Which use of land is shown where land is: its share of each commune, or "" for the use that takes most. */
  use: string;
  /** The run that the shown one is compared with. */
  other: string | null;
  place: Place | null;
  view: View | null;
}

const PLACE_KINDS = ["commune", "project", "zone", "place"] as const;

/** Only what differs from the beginning is written: a short address for a simple view. */
export function toHash(state: State, beginning: State): string {
  const parts: string[] = [];
  if (state.year !== beginning.year) parts.push(`year=${state.year}`);
  if (state.indicator !== beginning.indicator) parts.push(`show=${state.indicator}`);
  const layers = [...state.shown].sort().join(",");
  if (layers !== [...beginning.shown].sort().join(",")) parts.push(`layers=${layers || "none"}`);
  if (state.use) parts.push(`use=${state.use}`);
  if (state.other) parts.push(`vs=${state.other}`);
  if (state.place) parts.push(`at=${state.place.kind}:${state.place.id}`);
  if (state.view) {
    const { zoom, lat, lon } = state.view;
    parts.push(`map=${zoom.toFixed(1)}/${lat.toFixed(4)}/${lon.toFixed(4)}`);
  }
  return parts.join("&");
}

export interface Allowed {
  years: readonly number[];
  indicators: readonly string[];
  layers: readonly string[];
}

/** Reads an address; whatever is not understood or not known here is as at the beginning. */
export function fromHash(hash: string, beginning: State, allowed: Allowed): State {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const year = Number(said.get("year"));
  const indicator = said.get("show") ?? "";
  const layers = said.get("layers")?.split(",").filter((id) => allowed.layers.includes(id));
  return {
    year: allowed.years.includes(year) ? year : beginning.year,
    indicator: allowed.indicators.includes(indicator) ? indicator : beginning.indicator,
    shown: layers ?? beginning.shown,
    use: idOf(said.get("use")) ?? "",
    other: idOf(said.get("vs")),
    place: placeOf(said.get("at")),
    view: viewOf(said.get("map")),
  };
}

/** Whether there is such a use or run is known only when they are asked for. */
function idOf(text: string | null): string | null {
  return text && /^[A-Za-z0-9][\w.-]{0,119}$/.test(text) ? text : null;
}

function placeOf(text: string | null): Place | null {
  const [kind, id] = text?.split(":") ?? [];
  const known = PLACE_KINDS.find((k) => k === kind);
  return known && id && /^[\w.-]{1,80}$/.test(id) ? { kind: known, id } : null;
}

function viewOf(text: string | null): View | null {
  const [zoom, lat, lon] = text?.split("/").map(Number) ?? [];
  if (zoom === undefined || lat === undefined || lon === undefined) return null;
  const sane = zoom >= 0 && zoom <= 22 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180;
  return sane ? { zoom, lat, lon } : null;
}

export type Listener = (now: State, before: State) => void;

/** The one place where the state changes; every part of the page listens to it. */
export class Store {
  private listeners: Listener[] = [];

  constructor(private state: State) {}

  get now(): State {
    return this.state;
  }

  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  change(part: Partial<State>): void {
    const before = this.state;
    this.state = { ...before, ...part };
    for (const listener of this.listeners) listener(this.state, before);
  }
}
