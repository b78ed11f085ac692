/**
 * The forms of trying: one for each kind of change. Each hands over edits of the draft; where a form is opened again for an edit, it
 * shows what was written, and beside each field what the checker says of it.
 */
import { h, replace } from "../dom.ts";
import { capital, number } from "../format.ts";
import { icon, type Drawing } from "../icons.ts";
import { hectares, kilometres, type At, nearest, rounded, typedPlaces, asTyped } from "./ground.ts";
import { byName, pick, reader, w } from "../words.ts";
import type { Client } from "./client.ts";
import { type Draft, type Edit, editOf, type Entry, freshId, lineFrom } from "./draft.ts";
import { checkField, choiceField, type Control, fieldOf, finder, numberField, pathField, textField, yearField } from "./forms.ts";
import { type Commune, type OnMap, outlineField, placeField } from "./places.ts";
import { ringOf } from "./says.ts";
import type { EntryInfo, Options, Thing } from "./types.ts";

export interface EditorNeeds {
  client: Client;
  options: Options;
  draft(): Draft;
  onMap: OnMap;
  communes: readonly Commune[];
  /** What the plan holds of an entry; remembered, so that the list can name it. */
  things(entry: Entry): Promise<readonly Thing[]>;
  /** The outline of a zone of the plan. */
  outlineOf(zone: Thing): Promise<At[] | null>;
  add(edits: readonly Edit[]): void;
  leave(): void;
  /** Opens the form of another object, or the search for one. */
  open(entry: Entry, id: string | null): Promise<void>;
}

export interface Editor {
  element: HTMLElement;
  heading: HTMLElement;
  /** Says what is wrong beside its field; false where the form has no such field. */
  complain(field: string | null, words: string): boolean;
  focusOn(field: string | null): void;
}

const LAYERS = ["urban", "industrial", "tourism", "marine", "underground", "spatial"] as const;
/** So near to a point of the network, a bend of a new line is that point. */
const SAME_POINT_KM = 0.25;
const JOINS_WITHIN_KM = 8;

interface FormParts {
  title: string;
  sub?: string;
  controls: Control[];
  /** Behind "more fields". */
  more?: Control[];
  body?: HTMLElement[];
  fresh: boolean;
  submit(): Edit[] | string;
}

function form(needs: EditorNeeds, parts: FormParts): Editor {
  const { title, sub, controls, more = [], body = [], fresh } = parts;
  const heading = h("h2", { class: "try-title", tabindex: "-1" }, title);
  const summary = h("div", { class: "fault-summary", role: "alert", hidden: true });
  const all = [...controls, ...more];
  const details = h("details", { class: "panel-list more-fields" }, h("summary", {}, w("More fields"), h("span", { class: "layer-count" }, String(more.length))), ...more.map((control) => control.element));
  const whole = h("p", { class: "field-fault", hidden: true });

  function check(): boolean {
    let first: Control | null = null;
    for (const control of all) {
      const wrong = control.wrong();
      control.complain(wrong);
      if (wrong && !first) first = control;
    }
    if (first && more.includes(first)) details.open = true;
    first?.focus();
    return first === null;
  }

  const element = h(
    "form",
    {
      class: "try-form",
      novalidate: true,
      onsubmit: (event: SubmitEvent) => {
        event.preventDefault();
        summary.hidden = true;
        if (!check()) return;
        const edits = parts.submit();
        if (typeof edits === "string") {
          summary.hidden = false;
          replace(summary, edits);
          return;
        }
        needs.add(edits);
      },
    },
    back(w("All my changes"), () => needs.leave()),
    heading,
    sub && h("p", { class: "quiet" }, sub),
    summary,
    whole,
    ...body,
    ...controls.map((control) => control.element),
    more.length > 0 && details,
    h("div", { class: "form-end" }, h("button", { type: "submit", class: "button" }, fresh ? w("Add this change") : w("Keep this change")), h("button", { type: "button", class: "button button--quiet", onclick: () => needs.leave() }, w("Cancel"))),
  );
  const controlOf = (field: string | null) => all.find((control) => control.field === field || (field === "geometry" && control.field === "outline"));
  return {
    element,
    heading,
    complain(field, words) {
      const control = controlOf(field);
      if (control) {
        control.complain(words);
        if (more.includes(control)) details.open = true;
        return true;
      }
      whole.hidden = false;
      whole.textContent = words;
      return false;
    },
    focusOn: (field) => (controlOf(field) ? controlOf(field)!.focus() : heading.focus()),
  };
}

export function back(words: string, act: () => void): HTMLElement {
  return h("button", { type: "button", class: "back", onclick: act }, icon("back"), words);
}

/** A page of the panel where something is found by its name. */
function finding(needs: EditorNeeds, title: string, above: HTMLElement | null, box: HTMLElement): Editor {
  const heading = h("h2", { class: "try-title", tabindex: "-1" }, title);
  return {
    element: h("div", { class: "try-form" }, back(w("All my changes"), () => needs.leave()), heading, above, box),
    heading,
    complain: () => false,
    focusOn: () => heading.focus(),
  };
}

const infoOf = (needs: EditorNeeds, entry: Entry): EntryInfo | undefined => needs.options.entries.find((one) => one.entry === entry);
const thingName = (thing: Thing) => capital(pick(thing.name)) || thing.id;

/** The fields of an entry that no control of its own shows. */
function otherFields(needs: EditorNeeds, entry: Entry, shown: readonly string[], thing: Thing | null, edit: Edit | undefined): Control[] {
  return (infoOf(needs, entry)?.fields ?? [])
    .filter((info) => !shown.includes(info.field))
    .map((info) => fieldOf(info, thing?.values[info.field], edit?.fields[info.field]))
    .filter((control) => control !== null);
}

/** What the controls changed, as fields and as fields that are emptied. */
function changed(controls: readonly Control[]): Pick<Edit, "fields" | "blank"> {
  const fields: Record<string, unknown> = {};
  const blank: string[] = [];
  for (const control of controls) {
    const value = control.read();
    if (value === null) blank.push(control.field);
    else if (value !== undefined) fields[control.field] = value;
  }
  return { fields, ...(blank.length ? { blank } : {}) };
}

const nothing = () => w("Nothing is different yet: change a field, or cancel.");

// ---- a project ------------------------------------------------------------------------------------------------

export async function projectEditor(needs: EditorNeeds, id: string | null): Promise<Editor> {
  const projects = await needs.things("project");
  const thing = projects.find((project) => project.id === id);
  if (!thing) {
    const open = (project: Thing) => void needs.open("project", project.id);
    const box = finder(w("Find a project"), inOrder(projects, needs.options.base_year), thingName, (project) => String(project.values.opens ?? "").slice(0, 4), open);
    return finding(needs, w("Which project?"), null, box.element);
  }
  const edit = editOf(needs.draft(), "project", thing.id);
  const { values } = thing;
  const old: At | null = typeof thing.lon === "number" && typeof thing.lat === "number" ? [thing.lon, thing.lat] : null;
  const points = (edit?.fields.points as At[] | undefined)?.[0] ?? null;
  const opens = yearField("opens", w("Opens in"), values.opens, edit?.fields.opens);
  const stopped = values.status === "stopped";
  const off = checkField("status", w("Switch it off: it is never built"), edit ? edit.fields.status === "stopped" : stopped, { on: stopped ? undefined : "stopped", off: stopped ? "planned" : undefined });
  const place = placeField("points", w("Place"), needs.onMap, needs.communes, points, old);
  const more = otherFields(needs, "project", ["id", "opens", "status", "points", "geometry", "shape"], thing, edit);
  const controls = [off, opens, place];
  return form(needs, {
    title: thingName(thing),
    sub: w("What should be different?"),
    controls,
    more,
    fresh: !edit,
    submit: () => {
      const at = place.read() as At | undefined;
      const { fields, blank } = changed([off, opens, ...more]);
      const all = at ? { ...fields, points: shifted(values.points, old, at) } : fields;
      return Object.keys(all).length || blank ? [{ entry: "project", id: thing.id, action: "edit", fields: all, ...(blank ? { blank } : {}) }] : nothing();
    },
  });
}

/** What is still to come stands first, in the order in which it comes; then what has no date, what is there, and acts of law. */
function inOrder(projects: readonly Thing[], now: number): Thing[] {
  const year = (project: Thing) => Number(String(project.values.opens ?? "").slice(0, 4)) || 0;
  const rank = (project: Thing) => (project.values.kind === "legal" ? 3 : year(project) > now ? 0 : year(project) ? 2 : 1);
  return [...projects].sort((a, b) => rank(a) - rank(b) || year(a) - year(b) || byName(thingName(a), thingName(b)));
}

/** All sites of a project moved alike, so that its middle stands at the new place. */
function shifted(points: unknown, old: At | null, at: At): At[] {
  const all = Array.isArray(points) ? (points as At[]) : [];
  if (all.length < 2 || !old) return [at];
  return all.map(([lon, lat]) => rounded([lon + at[0] - old[0], lat + at[1] - old[1]]));
}

// ---- a zone ---------------------------------------------------------------------------------------------------

export async function zoneEditor(needs: EditorNeeds, id: string | null): Promise<Editor> {
  if (id === null) {
    const zones = await needs.things("zone");
    const box = finder(w("or change one of the plan"), [...zones].sort((a, b) => byName(thingName(a), thingName(b))), thingName, (zone) => String(zone.values.from_year ?? ""), (zone) => void needs.open("zone", zone.id));
    const fresh = h("button", { type: "button", class: "try-choice", onclick: () => void needs.open("zone", freshId(needs.draft())) }, icon("plus", 22), h("span", {}, w("A new zone"), h("span", { class: "quiet" }, w("homes, industry, tourism; drawn or around a commune"))));
    return finding(needs, w("Which zone?"), fresh, box.element);
  }
  const edit = editOf(needs.draft(), "zone", id);
  const thing = (await needs.things("zone")).find((zone) => zone.id === id) ?? null;
  const outline = outlineField(needs.onMap, needs.communes, edit ? ringOf(edit) : thing ? await needs.outlineOf(thing) : null, !thing && !(edit && ringOf(edit)));
  const info = infoOf(needs, "zone");
  const values = thing?.values ?? {};
  const fieldInfo = (field: string) => info?.fields.find((one) => one.field === field);
  const numeric = (field: string, label: string, unit: string) => numberField(field, { label, unit }, values[field], edit?.fields[field], fieldInfo(field)?.low ?? null, fieldInfo(field)?.high ?? null);
  const density = numeric("persons_per_ha", w("Density"), w("people a hectare"));
  const ratio = numeric("floor_area_ratio", w("Floor-area ratio"), "");
  const from = yearField("from_year", w("From the year"), values.from_year, edit?.fields.from_year ?? (thing ? undefined : needs.options.base_year + 5));
  const layers = fieldInfo("layer")?.choices?.map(({ value, name }) => ({ value, name: capital(pick(name)) })) ?? LAYERS.map((value) => ({ value, name: value }));
  const layer = choiceField("layer", w("What for"), layers, edit?.fields.layer ?? (thing ? undefined : "urban"), values.layer);
  const name = textField("name_vi", { label: w("Name") }, edit?.fields.name_vi, values.name_vi);
  const shown = ["id", "geometry", "persons_per_ha", "floor_area_ratio", "from_year", "layer", "name_vi", "name_en", "kind", "area_ha", "shape", "commune"];
  const more = otherFields(needs, "zone", shown, thing, edit);
  const controls = thing ? [density, ratio, from, outline] : [layer, outline, density, from, name];
  return form(needs, {
    title: thing ? thingName(thing) : w("A new zone"),
    controls,
    more: thing ? [layer, ...more] : [ratio, ...more],
    fresh: !edit,
    submit: () => {
      const { fields, blank } = changed([...controls, ...(thing ? [layer, ...more] : [ratio, ...more])]);
      const ring = outline.ring();
      if (thing) {
        return Object.keys(fields).length || blank ? [{ entry: "zone", id, action: "edit", fields: { ...fields, ...(ring ? { area_ha: Number(hectares(ring).toFixed(1)) } : {}) }, ...(blank ? { blank } : {}) }] : nothing();
      }
      const chosen = String(layer.select.value);
      const title = String(fields.name_vi ?? w("A new zone"));
      return [{ entry: "zone", id, action: "add", fields: { ...edit?.fields, ...fields, layer: chosen, kind: KIND_OF_LAYER[chosen] ?? chosen, name_vi: title, ...(ring ? { geometry: { type: "Polygon", coordinates: [ring] } } : {}) } }];
    },
  });
}

/** What a new zone of a layer is called in the plan's own kinds. */
const KIND_OF_LAYER: Record<string, string> = {
  urban: "urban area",
  industrial: "industrial park",
  tourism: "tourism area",
  marine: "port logistics",
  underground: "underground space",
  spatial: "economic zone",
};

// ---- a road, a bridge, a line ------------------------------------------------------------------------------------

interface LineKind {
  id: string;
  mode: string;
  icon: Drawing;
  bridge: boolean;
  words(): string;
}

const LINE_KINDS: LineKind[] = [
  { id: "road", mode: "road", icon: "road", bridge: false, words: () => w("Road") },
  { id: "bridge", mode: "road", icon: "bridge", bridge: true, words: () => w("Bridge") },
  { id: "rail", mode: "rail", icon: "train", bridge: false, words: () => w("Railway") },
  { id: "waterway", mode: "waterway", icon: "waves", bridge: false, words: () => w("Waterway") },
  { id: "ferry", mode: "ferry", icon: "anchor", bridge: false, words: () => w("Ferry") },
];

/** Points of the network that links of a mode end at. */
function pointsOf(mode: string, links: readonly Thing[], nodes: readonly Thing[]): Thing[] {
  const ends = new Set(links.filter((link) => link.values.mode === mode).flatMap((link) => [link.values.from_node, link.values.to_node]));
  return nodes.filter((node) => ends.has(node.id) && typeof node.lon === "number");
}

const placeOf = (node: Thing): At => [node.lon!, node.lat!];
const most = <T>(values: readonly T[]): T | undefined => [...new Set(values)].sort((a, b) => values.filter((v) => v === b).length - values.filter((v) => v === a).length)[0];

export async function lineEditor(needs: EditorNeeds, id: string | null): Promise<Editor> {
  const [links, nodes] = await Promise.all([needs.things("link"), needs.things("node")]);
  const existing = id && !id.startsWith("try-") ? (links.find((link) => link.id === id) ?? null) : null;
  if (existing) return objectEditor(needs, "link", existing.id);
  const edit = id ? editOf(needs.draft(), "link", id) : undefined;
  const names = new Map(nodes.map((node) => [node.id, thingName(node)]));
  const kind = choiceField("mode", w("What to build"), LINE_KINDS.map((one) => ({ value: one.id, name: one.words() })), edit ? (edit.fields.bridge ? "bridge" : edit.fields.mode) : "road");
  const chosen = () => LINE_KINDS.find((one) => one.id === kind.select.value)!;
  const from = choiceField("from_node", w("From"), [], "");
  const to = choiceField("to_node", w("To"), [], "");
  const classes = choiceField("link_class", w("Class"), [], "");
  const lanes = numberField("lanes", { label: w("Lanes, both ways together") }, null, edit?.fields.lanes ?? 4, null, null);
  const via = textField("via", { label: w("Bends on the way, one a line"), hint: w("longitude, latitude; may stay empty") }, "", "", true);
  const viaInput = via.element.querySelector("textarea")!;
  const opens = yearField("opens", w("Opens in"), null, edit?.fields.opens ?? needs.options.base_year + 5);
  const name = textField("name_vi", { label: w("Name") }, edit?.fields.name_vi);
  const length = h("p", { class: "outline-about", role: "status" });
  let known: Thing[] = [];

  function fill(select: HTMLSelectElement, choices: { value: string; name: string }[], value: string): void {
    replace(select, ...choices.map((choice) => h("option", { value: choice.value }, choice.name)));
    select.value = value;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
  }

  function refill(): void {
    const { mode } = chosen();
    known = pointsOf(mode, links, nodes);
    const options = known.map((node) => ({ value: node.id, name: names.get(node.id)! })).sort((a, b) => byName(a.name, b.name));
    const added = needs.draft().filter((one) => one.entry === "node" && one.action === "add");
    const all = [{ value: "", name: w("choose a point") }, ...options, ...added.map((one) => ({ value: one.id, name: String(one.fields.name_vi ?? one.id) }))];
    fill(from.select, all, from.select.value || String(edit?.fields.from_node ?? ""));
    fill(to.select, all, to.select.value || String(edit?.fields.to_node ?? ""));
    const own = links.filter((link) => link.values.mode === mode);
    const listed = [...new Set(own.map((link) => String(link.values.link_class)))].filter((one) => !one.includes("closed"));
    fill(classes.select, listed.map((value) => ({ value, name: classWord(needs, value) })), String(edit?.fields.link_class ?? (mode === "road" ? (listed.find((one) => one === "trunk") ?? listed[0] ?? "") : (most(own.map((link) => String(link.values.link_class))) ?? ""))));
    lanes.element.hidden = mode !== "road";
    classes.element.hidden = listed.length < 2;
    measure();
  }

  const end = (value: string): At | null => {
    const node = nodes.find((one) => one.id === value);
    if (node && typeof node.lon === "number") return placeOf(node);
    const added = needs.draft().find((one) => one.entry === "node" && one.id === value);
    return added ? [Number(added.fields.lon), Number(added.fields.lat)] : null;
  };
  const way = (): At[] => [end(from.select.value), ...typedPlaces(viaInput.value).points, end(to.select.value)].filter((at) => at !== null);

  function measure(): void {
    const points = way();
    length.textContent = points.length > 1 ? w("{length} km", { length: number(kilometres(points), reader(), 1) }) : w("Choose where it begins and ends.");
    needs.onMap.sketch(points, false);
  }

  const draw = h(
    "button",
    {
      type: "button",
      class: "button button--quiet",
      onclick: () =>
        void needs.onMap.draw("line", way().length > 1 ? way() : null, known.map(placeOf)).then((points) => {
          if (points) take(points);
          draw.focus();
        }),
    },
    icon("pen", 18),
    w("Draw on the map"),
  );
  let drawnEnds: { first: At | null; last: At | null } = { first: null, last: null };

  /** A drawn line: its ends are points of the network where they lie at one, else new points. */
  function take(points: readonly At[]): void {
    const ends = [points[0]!, points.at(-1)!].map((at) => nearest(at, known, placeOf, SAME_POINT_KM));
    drawnEnds = { first: ends[0] ? null : points[0]!, last: ends[1] ? null : points.at(-1)! };
    const free = (at: At | null, select: HTMLSelectElement) => {
      select.querySelector("option[value=drawn]")?.remove();
      if (at) select.append(h("option", { value: "drawn" }, w("the drawn point {place}", { place: asTyped([at]) })));
    };
    free(drawnEnds.first, from.select);
    free(drawnEnds.last, to.select);
    from.select.value = ends[0]?.id ?? "drawn";
    to.select.value = ends[1]?.id ?? "drawn";
    viaInput.value = asTyped(points.slice(1, -1));
    measure();
    length.textContent = w("{length} km", { length: number(kilometres(points), reader(), 1) });
  }

  kind.select.addEventListener("change", () => {
    for (const select of [from.select, to.select]) select.value = "";
    refill();
  });
  for (const select of [from.select, to.select]) select.addEventListener("change", measure);
  viaInput.addEventListener("change", measure);
  via.wrong = () => {
    const { wrong } = typedPlaces(viaInput.value);
    return wrong === null ? null : w("Line {line} is no place; write two numbers.", { line: wrong });
  };
  from.wrong = () => (from.select.value ? null : w("Say where it begins."));
  to.wrong = () => (!to.select.value ? w("Say where it ends.") : to.select.value === from.select.value && to.select.value !== "drawn" ? w("It ends where it begins; choose another point.") : null);
  refill();

  return form(needs, {
    title: edit ? String(edit.fields.name_vi ?? w("A new line")) : w("A road, bridge, railway or boat line"),
    body: [!edit && needs.onMap.able() ? h("div", { class: "try-note" }, draw) : h("span", {})],
    controls: [kind, from, to, { ...opens, element: h("div", {}, opens.element, length) }, classes, lanes, name],
    more: edit ? [] : [via],
    fresh: !edit,
    submit: () => {
      const { mode, bridge } = chosen();
      const title = String(name.read() ?? edit?.fields.name_vi ?? (bridge ? w("New bridge") : w("New line")));
      const common = {
        mode,
        link_class: classes.select.value,
        name_vi: title,
        ...(mode === "road" ? { lanes: lanes.read() ?? 4 } : {}),
        ...(bridge ? { bridge: true } : {}),
        ...(opens.read() === undefined ? {} : { opens: opens.read() }),
      };
      if (edit) {
        const line = lineFrom(needs.draft(), edit);
        const ends = line.length > 1 ? {} : { from_node: from.select.value, to_node: to.select.value };
        return line.map((one) => ({ entry: "link", id: one.id, action: "add", fields: { ...one.fields, ...common, ...ends } }));
      }
      return chain(needs.draft(), [from.select.value === "drawn" ? drawnEnds.first! : from.select.value, ...typedPlaces(viaInput.value).points, to.select.value === "drawn" ? drawnEnds.last! : to.select.value], known, title, common);
    },
  });
}

/** Links from point to point, and new points of the network where a bend lies at none. */
export function chain(draft: Draft, way: readonly (string | At)[], known: readonly Thing[], title: string, common: Readonly<Record<string, unknown>>): Edit[] {
  const edits: Edit[] = [];
  const fresh = () => freshId([...draft, ...edits]);
  const ends = way.map((one) => {
    if (typeof one === "string") return one;
    const near = nearest(one, known, placeOf, SAME_POINT_KM);
    if (near) return near.id;
    const id = fresh();
    edits.push({ entry: "node", id, action: "add", fields: { name_vi: title, kind: "junction", lon: one[0], lat: one[1], in_city: true } });
    return id;
  });
  for (let i = 1; i < ends.length; i += 1) {
    if (ends[i] === ends[i - 1]) continue;
    edits.push({ entry: "link", id: fresh(), action: "add", fields: { ...common, from_node: ends[i - 1], to_node: ends[i] } });
  }
  return edits;
}

function classWord(needs: EditorNeeds, value: string): string {
  const choices = infoOf(needs, "link")?.fields.find((field) => field.field === "link_class")?.choices;
  return pick(choices?.find((choice) => choice.value === value)?.name) || value;
}

// ---- a station ---------------------------------------------------------------------------------------------------

export async function stationEditor(needs: EditorNeeds, id: string | null): Promise<Editor> {
  const [links, nodes] = await Promise.all([needs.things("link"), needs.things("node")]);
  if (id && !id.startsWith("try-")) return objectEditor(needs, "terminal", id);
  const edit = id ? editOf(needs.draft(), "terminal", id) : undefined;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const rails = links.filter((link) => ["rail", "metro"].includes(String(link.values.mode)) && byId.get(String(link.values.from_node))?.lon && byId.get(String(link.values.to_node))?.lon);
  const place = placeField("rail_node", w("Place of the station, at a railway"), needs.onMap, needs.communes, null, null);
  const opens = yearField("opens", w("Opens in"), null, edit?.fields.opens ?? needs.options.base_year + 5);
  const name = textField("name_vi", { label: w("Name") }, edit?.fields.name_vi);
  const plain = place.wrong;
  place.wrong = () => plain() ?? (edit ? null : !place.at() ? w("Say where the station stands.") : !nearestRail(place.at()!) ? w("No railway lies within {count} km of this place; draw one first.", { count: JOINS_WITHIN_KM }) : null);

  function nearestRail(at: At): { link: Thing; on: At; share: number } | null {
    let best: { link: Thing; on: At; share: number; far: number } | null = null;
    for (const link of rails) {
      const [a, b] = [placeOf(byId.get(String(link.values.from_node))!), placeOf(byId.get(String(link.values.to_node))!)];
      const share = shareAlong(a, b, at);
      const on = rounded([a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]);
      const far = kilometres([at, on]);
      if (far <= JOINS_WITHIN_KM && (!best || far < best.far)) best = { link, on, share, far };
    }
    return best;
  }

  return form(needs, {
    title: edit ? String(edit.fields.name_vi) : w("A new station"),
    sub: edit ? "" : w("It is put on the nearest railway of the plan and joined to the nearest road."),
    controls: edit ? [opens, name] : [place, opens, name],
    fresh: !edit,
    submit: () => {
      const title = String(name.read() ?? edit?.fields.name_vi ?? w("New station"));
      const year = opens.read();
      if (edit) return [{ entry: "terminal", id: edit.id, action: "add", fields: { ...edit.fields, name_vi: title, ...(year === undefined ? {} : { opens: year }) } }];
      const { link, on, share } = nearestRail(place.at()!)!;
      const draft = needs.draft();
      const edits: Edit[] = [];
      const fresh = () => freshId([...draft, ...edits]);
      const ends = [String(link.values.from_node), String(link.values.to_node)] as const;
      const close = ends.map((end) => byId.get(end)!).find((node) => kilometres([placeOf(node), on]) <= SAME_POINT_KM);
      let rail: string;
      if (close) {
        rail = close.id;
        if (close.values.kind !== "station") edits.push({ entry: "node", id: close.id, action: "edit", fields: { kind: "station" } });
      } else {
        rail = fresh();
        edits.push({ entry: "node", id: rail, action: "add", fields: { name_vi: title, kind: "station", lon: on[0], lat: on[1], in_city: true } });
        const length = Number(link.values.length_km ?? kilometres(ends.map((end) => placeOf(byId.get(end)!))));
        // Until the station opens, trains run past its place; a railway that is not there before comes in two parts at once.
        const begins = Number(link.values.opens ?? 0);
        const from = Math.max(Number(year ?? needs.options.base_year), begins);
        const kept = Object.fromEntries(["mode", "link_class", "name_vi", "lanes", "design_speed_kmh", "project"].flatMap((field) => (link.values[field] === null || link.values[field] === undefined ? [] : [[field, link.values[field]]])));
        edits.push(from > begins ? { entry: "link", id: link.id, action: "edit", fields: { closes: from } } : { entry: "link", id: link.id, action: "remove", fields: {} });
        edits.push({ entry: "link", id: fresh(), action: "add", fields: { ...kept, opens: from, from_node: ends[0], to_node: rail, length_km: Number((length * share).toFixed(3)) } });
        edits.push({ entry: "link", id: fresh(), action: "add", fields: { ...kept, opens: from, from_node: rail, to_node: ends[1], length_km: Number((length * (1 - share)).toFixed(3)) } });
      }
      const road = nearest(on, pointsOf("road", links, nodes), placeOf, JOINS_WITHIN_KM);
      edits.push({ entry: "terminal", id: fresh(), action: "add", fields: { name_vi: title, rail_node: rail, state: "planned", ...(road ? { road_node: road.id } : {}), ...(year === undefined ? {} : { opens: year }) } });
      return edits;
    },
  });
}

/** How far along a line from `a` to `b` the point nearest to `at` lies, 0 to 1. */
function shareAlong(a: At, b: At, at: At): number {
  const east = Math.cos((a[1] * Math.PI) / 180);
  const [dx, dy] = [(b[0] - a[0]) * east, b[1] - a[1]];
  const along = ((at[0] - a[0]) * east * dx + (at[1] - a[1]) * dy) / (dx * dx + dy * dy || 1);
  return Math.min(1, Math.max(0, along));
}

// ---- a figure that the model reads -------------------------------------------------------------------------------

export async function parameterEditor(needs: EditorNeeds, id: string | null): Promise<Editor> {
  const all = await needs.things("parameter");
  const thing = all.find((one) => one.id === id);
  if (!thing) {
    const named = needs.options.first.filter((one) => one.entry === "parameter" && one.id).map((one) => all.find((two) => two.id === one.id));
    const first = named.filter((one) => one !== undefined);
    const rest = all.filter((one) => !first.includes(one));
    const box = finder(w("Find a figure that the model reads"), [...first, ...rest], thingName, (one) => pick(one.unit), (one) => void needs.open("parameter", one.id), 8);
    return finding(needs, w("Which budget or figure?"), h("p", { class: "quiet" }, w("Budgets, prices, rates: numbers that the plan states or assumes.")), box.element);
  }
  const edit = editOf(needs.draft(), "parameter", thing.id);
  const before = thing.values.value;
  const frame = { label: w("Value"), unit: pick(thing.unit), hint: thing.status === "assumed" ? w("an assumption of the model") : "" };
  const now = edit?.fields.value;
  const value = typeof before === "object" && before !== null ? pathField("value", frame, before as Record<string, number>, now) : numberField("value", frame, before, now, thing.low ?? null, thing.high ?? null);
  return form(needs, {
    title: thingName(thing),
    controls: [value],
    fresh: !edit,
    submit: () => {
      const wanted = value.read();
      return wanted === undefined || wanted === null ? nothing() : [{ entry: "parameter", id: thing.id, action: "edit", fields: { value: wanted } }];
    },
  });
}

// ---- anything else -----------------------------------------------------------------------------------------------

export async function objectEditor(needs: EditorNeeds, entry: Entry, id: string | null): Promise<Editor> {
  const things = await needs.things(entry);
  const thing = things.find((one) => one.id === id);
  const info = infoOf(needs, entry);
  if (!thing) {
    const box = finder(w("Find by name"), things, thingName, () => "", (one) => void needs.open(entry, one.id), 8);
    return finding(needs, pick(info?.name), null, box.element);
  }
  const edit = editOf(needs.draft(), entry, thing.id);
  const fields = otherFields(needs, entry, ["id", "shape", "source", "confidence"], thing, edit);
  const remove = checkField("removed", w("Take it out of the plan"), edit?.action === "remove", { on: true, off: undefined });
  return form(needs, {
    title: thingName(thing),
    controls: info?.actions.includes("remove") ? [...fields, remove] : fields,
    fresh: !edit,
    submit: () => {
      if (remove.box.checked) return [{ entry, id: thing.id, action: "remove", fields: {} }];
      const { fields: now, blank } = changed(fields);
      return Object.keys(now).length || blank ? [{ entry, id: thing.id, action: "edit", fields: now, ...(blank ? { blank } : {}) }] : nothing();
    },
  });
}

// ---- which form --------------------------------------------------------------------------------------------------

const EDITORS: Partial<Record<Entry, (needs: EditorNeeds, id: string | null) => Promise<Editor>>> = {
  project: projectEditor,
  zone: zoneEditor,
  link: lineEditor,
  terminal: stationEditor,
  parameter: parameterEditor,
};

export const editorOf = (needs: EditorNeeds, entry: Entry, id: string | null): Promise<Editor> => (EDITORS[entry] ? EDITORS[entry]!(needs, id) : objectEditor(needs, entry, id));
