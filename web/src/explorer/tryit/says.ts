/** What an edit does, in a line or two, before the service has seen it; and what of it can be drawn on the map. */
import type { Feature } from "geojson";
import { capital, number } from "../format.ts";
import type { Drawing } from "../icons.ts";
import { pick, reader, w } from "../words.ts";
import type { Draft, Edit } from "./draft.ts";
import { type At, hectares } from "./ground.ts";
import type { Thing } from "./types.ts";

/** Objects of the plan that were looked up, by entry and id. */
export type Known = ReadonlyMap<string, Thing>;

export interface Said {
  icon: Drawing;
  title: string;
  details: string[];
}

const MODE_ICONS: Record<string, Drawing> = { rail: "train", metro: "train", waterway: "waves", ferry: "anchor" };
const year = (value: unknown) => String(value ?? "").slice(0, 4);

export function said(edit: Edit, known: Known): Said {
  const thing = known.get(`${edit.entry}:${edit.id}`);
  const name = capital(pick(thing?.name) || nameIn(edit) || edit.id);
  const { fields } = edit;
  const was = (field: string) => thing?.values[field];
  const details: string[] = [];
  if (edit.action === "remove") return { icon: iconOf(edit), title: name, details: [w("taken out of the plan")] };
  if (edit.entry === "project") {
    if (fields.status === "stopped") details.push(w("stopped: never opens"));
    if (fields.opens !== undefined) details.push(moved(w("opens {year}", { year: year(fields.opens) }), year(was("opens"))));
    if (fields.points !== undefined) details.push(w("moved to another place"));
    if (fields.cost_bn_vnd !== undefined) details.push(w("cost {value} billion VND", { value: number(Number(fields.cost_bn_vnd), reader()) }));
  } else if (edit.entry === "zone") {
    const ring = ringOf(edit);
    const ha = ring ? hectares(ring) : Number(fields.area_ha ?? NaN);
    if (Number.isFinite(ha)) details.push(`${edit.action === "add" ? w("new zone") : w("new outline")}, ${number(ha, reader())} ha`);
    if (fields.from_year !== undefined) details.push(moved(w("from {year}", { year: year(fields.from_year) }), year(was("from_year"))));
    if (fields.persons_per_ha !== undefined) details.push(moved(w("{value} people a hectare", { value: number(Number(fields.persons_per_ha), reader()) }), was("persons_per_ha")));
    if (fields.floor_area_ratio !== undefined) details.push(moved(w("floor-area ratio {value}", { value: number(Number(fields.floor_area_ratio), reader(), 1) }), was("floor_area_ratio")));
  } else if (edit.entry === "link") {
    if (edit.action === "add") details.push(edit.fields.bridge ? w("new bridge") : w("new line"));
    if (fields.lanes !== undefined && (fields.mode ?? was("mode")) === "road") details.push(moved(w("{count} lanes", { count: number(Number(fields.lanes), reader()) }), was("lanes")));
    if (fields.opens !== undefined) details.push(moved(w("opens {year}", { year: year(fields.opens) }), year(was("opens"))));
    if (fields.closes !== undefined) details.push(w("closes {year}", { year: year(fields.closes) }));
  } else if (edit.entry === "terminal") {
    details.push(w("new station"), ...(fields.opens === undefined ? [] : [w("opens {year}", { year: year(fields.opens) })]));
  } else if (edit.entry === "parameter") {
    const { value } = fields;
    const unit = pick(thing?.unit);
    const text = typeof value === "object" && value !== null ? Object.entries(value).map(([at, v]) => `${at}: ${plain(v)}`).join("; ") : plain(value);
    details.push(moved(`${text} ${unit}`.trim(), typeof was("value") === "number" ? was("value") : null));
  }
  const told = new Set(["status", "opens", "points", "cost_bn_vnd", "geometry", "area_ha", "from_year", "persons_per_ha", "floor_area_ratio", "lanes", "closes", "bridge", "value", "name_vi", "name_en", "layer", "kind", "mode", "link_class", "from_node", "to_node", "length_km", "in_city", "lon", "lat"]);
  const more = edit.action === "edit" ? Object.keys(fields).filter((field) => !told.has(field)).length : 0;
  if (more + (edit.blank?.length ?? 0)) details.push(w("{count} more fields", { count: more + (edit.blank?.length ?? 0) }));
  return { icon: iconOf(edit), title: name, details };
}

const plain = (value: unknown) => (typeof value === "number" ? number(value, reader(), Math.min(6, (String(value).split(".")[1] ?? "").length)) : String(value));

/** "opens 2040, in the plan 2030". */
function moved(now: string, before: unknown): string {
  return before === null || before === undefined || before === "" ? now : `${now} (${w("In the plan: {value}", { value: typeof before === "number" ? plain(before) : year(before) })})`;
}

const nameIn = (edit: Edit): string => String((reader() === "en" && edit.fields.name_en) || edit.fields.name_vi || "");

function iconOf(edit: Edit): Drawing {
  if (edit.entry === "zone") return "zone";
  if (edit.entry === "terminal") return "meet";
  if (edit.entry === "parameter") return "sliders";
  if (edit.entry === "link") return edit.fields.bridge ? "bridge" : (MODE_ICONS[String(edit.fields.mode)] ?? "road");
  return "flag";
}

export function ringOf(edit: Edit): At[] | null {
  const geometry = edit.fields.geometry as { type: string; coordinates: At[][] } | undefined;
  return geometry?.type === "Polygon" ? (geometry.coordinates[0] ?? null) : null;
}

/** What of a draft has a place, for the map. */
export function drawn(draft: Draft, known: Known): Feature[] {
  const nodes = new Map<string, At>();
  for (const [key, thing] of known) if (key.startsWith("node:") && typeof thing.lon === "number") nodes.set(thing.id, [thing.lon, thing.lat!]);
  for (const edit of draft) if (edit.entry === "node" && edit.action === "add") nodes.set(edit.id, [Number(edit.fields.lon), Number(edit.fields.lat)]);
  return draft.flatMap((edit): Feature[] => {
    const thing = known.get(`${edit.entry}:${edit.id}`);
    const name = said(edit, known).title;
    const point = (at: At, more: object = {}): Feature => ({ type: "Feature", properties: { small: false, off: false, ...more }, geometry: { type: "Point", coordinates: at } });
    if (edit.entry === "zone") {
      const ring = ringOf(edit);
      return ring ? [{ type: "Feature", properties: { name }, geometry: { type: "Polygon", coordinates: [ring] } }] : thing?.lon ? [point([thing.lon, thing.lat!], { name })] : [];
    }
    if (edit.entry === "project") {
      const old: At | null = thing?.lon ? [thing.lon, thing.lat!] : null;
      const points = edit.fields.points as At[] | undefined;
      if (points?.length) {
        const line: Feature[] = old ? [{ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: [old, points[0]!] } }, point(old, { off: true, small: true })] : [];
        return [...line, ...points.map((at, i) => point(at, i ? {} : { name }))];
      }
      return old ? [point(old, { name, off: edit.fields.status === "stopped" || edit.action === "remove" })] : [];
    }
    if (edit.entry === "link") {
      const ends = [edit.fields.from_node ?? thing?.values.from_node, edit.fields.to_node ?? thing?.values.to_node].map((id) => nodes.get(String(id)));
      return ends[0] && ends[1] ? [{ type: "Feature", properties: edit.action === "add" ? { name } : {}, geometry: { type: "LineString", coordinates: [ends[0], ends[1]] } }] : [];
    }
    if (edit.entry === "node" && edit.action === "add") return [point(nodes.get(edit.id)!, { small: true })];
    return [];
  });
}
