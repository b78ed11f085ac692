/**
 * What a visitor has changed so far, before it is run: rows of a change of the plan (docs/plan-format, "A change"), at most one for
 * an object, and the steps back and forth. All of it is pure; the page follows.
 */

/** One kind of object of a plan, by the name of its entry in a change file. */
export type Entry = "project" | "zone" | "link" | "node" | "terminal" | "parameter" | "port_capacity" | "power_plant";
export type Action = "add" | "edit" | "remove";

export interface Edit {
  entry: Entry;
  id: string;
  action: Action;
  fields: Readonly<Record<string, unknown>>;
  /** Fields that are emptied. */
  blank?: readonly string[];
}

export type Draft = readonly Edit[];

export const keyOf = (edit: Pick<Edit, "entry" | "id">): string => `${edit.entry}:${edit.id}`;
export const editOf = (draft: Draft, entry: Entry, id: string): Edit | undefined => draft.find((edit) => edit.entry === entry && edit.id === id);

/** The draft with one more edit; a second edit of an object is joined to its first, and keeps its place in the list. */
export function put(draft: Draft, edit: Edit): Draft {
  const at = draft.findIndex((old) => keyOf(old) === keyOf(edit));
  if (at < 0) return [...draft, edit];
  const joined = join(draft[at]!, edit);
  return joined ? draft.map((old, i) => (i === at ? joined : old)) : draft.filter((_, i) => i !== at);
}

/** Null when the second undoes the first. */
function join(first: Edit, then: Edit): Edit | null {
  if (then.action === "remove") return first.action === "add" ? null : then;
  if (then.action === "add" || first.action === "remove") return then;
  const emptied = new Set([...(first.blank ?? []).filter((field) => !(field in then.fields)), ...(then.blank ?? [])]);
  const fields = Object.fromEntries(Object.entries({ ...first.fields, ...then.fields }).filter(([field]) => !emptied.has(field)));
  return { ...first, fields, ...(emptied.size ? { blank: [...emptied] } : { blank: undefined }) };
}

/** A line that was drawn with bends is several links, each from where the last one ends: the whole of it from this edit on. */
export function lineFrom(draft: Draft, first: Edit): Draft {
  if (first.entry !== "link" || first.action !== "add") return [first];
  const line: Edit[] = [first];
  for (const edit of draft.slice(draft.indexOf(first) + 1)) if (goesOn(line.at(-1)!, edit)) line.push(edit);
  return line;
}

const goesOn = (last: Edit, edit: Edit): boolean =>
  edit.entry === "link" && edit.action === "add" && last.entry === "link" && last.action === "add" && edit.fields.from_node === last.fields.to_node && edit.fields.name_vi === last.fields.name_vi;

/** What was made together and stands in the list as one: the links of a line; a station with the railway that it divides. */
export function partsOf(draft: Draft, edit: Edit): Draft {
  if (edit.entry !== "terminal" || edit.action !== "add") return lineFrom(draft, edit);
  const at = edit.fields.rail_node;
  const fresh = draft.some((one) => one.entry === "node" && one.action === "add" && one.id === at);
  const halves = fresh ? draft.filter((one) => one.entry === "link" && one.action === "add" && (one.fields.from_node === at || one.fields.to_node === at)) : [];
  const before = halves[0] && draft[draft.indexOf(halves[0]) - 1];
  const whole = before?.entry === "link" && (before.action === "remove" || (before.action === "edit" && Object.keys(before.fields).join() === "closes")) ? [before] : [];
  return [edit, ...whole, ...halves];
}

/** The draft without one edit and what was made with it, and without new points of the network that nothing ends at any more. */
export function drop(draft: Draft, key: string): Draft {
  const first = draft.find((edit) => keyOf(edit) === key);
  const gone = new Set(first ? partsOf(draft, first) : []);
  const left = draft.filter((edit) => !gone.has(edit));
  const used = new Set(left.flatMap((edit) => (edit.entry === "node" ? [] : Object.values(edit.fields).filter((value) => typeof value === "string"))));
  return left.filter((edit) => edit.entry !== "node" || edit.action !== "add" || used.has(edit.id));
}

/** One draft upon another: what both change is as the second says. */
export const stack = (first: Draft, then: Draft): Draft => then.reduce(put, first);

/** What the list shows: what was made together once; its new points come and go with it. */
export function told(draft: Draft): Draft {
  const rest = new Set(draft.flatMap((edit) => partsOf(draft, edit).slice(1)));
  return draft.filter((edit) => !rest.has(edit) && (edit.entry !== "node" || edit.action !== "add"));
}

/** The first number that is free: the same change, made again, gets the same ids and so the same address. */
export function freshId(draft: Draft): string {
  let at = 1;
  while (draft.some((edit) => edit.id === `try-${at}`)) at += 1;
  return `try-${at}`;
}

// ---- back and forth -------------------------------------------------------------------------------------------

export interface History {
  past: readonly Draft[];
  now: Draft;
  ahead: readonly Draft[];
}

const MOST_STEPS = 100;

export const begin = (now: Draft = []): History => ({ past: [], now, ahead: [] });

export function step(history: History, now: Draft): History {
  return { past: [...history.past, history.now].slice(-MOST_STEPS), now, ahead: [] };
}

export function undo({ past, now, ahead }: History): History {
  const before = past.at(-1);
  return before ? { past: past.slice(0, -1), now: before, ahead: [now, ...ahead] } : { past, now, ahead };
}

export function redo({ past, now, ahead }: History): History {
  const [next, ...rest] = ahead;
  return next ? { past: [...past, now], now: next, ahead: rest } : { past, now, ahead };
}
