/**
 * Trying a change: the panel's pages (changes, a form, the result, a comparison), what the map shows meanwhile, and the way from
 * "run" to a painted map. Loaded when somebody tries, or opens a link to what somebody tried.
 */
import type { Feature, Position } from "geojson";
import { h, replace } from "../dom.ts";
import { capital } from "../format.ts";
import { largestRing, middleOf } from "../geometry.ts";
import { icon, type Drawing } from "../icons.ts";
import type { CityMap, MapData } from "../map.ts";
import type { Ground } from "../overlays.ts";
import { placeName } from "../placepanel.ts";
import type { Height } from "../sheet.ts";
import type { State, Store } from "../state.ts";
import type { Overview, Zones } from "../types.ts";
import { byName, pick, w } from "../words.ts";
import { Client, Refusal } from "./client.ts";
import { comparison } from "./compare.ts";
import { communeWords, differenceLegend, painted, yearToShow } from "./difference.ts";
import { begin, drop, type Edit, type Entry, type History, keyOf, partsOf, put, redo, step, told, undo } from "./draft.ts";
import { type Editor, editorOf, type EditorNeeds, objectEditor } from "./editors.ts";
import { type At, rounded } from "./ground.ts";
import { TryMap } from "./onmap.ts";
import type { Commune, OnMap } from "./places.ts";
import { inWords, resultPage } from "./result.ts";
import { drawn, type Known, said } from "./says.ts";
import type { CommuneChange, Fault, FlowsChange, Job, Options, Result, Stored, Thing, Tried } from "./types.ts";
import "../../style/tryit.css";

export interface ModeNeeds {
  apiRoot: string;
  prefix: string;
  overview: Overview;
  store: Store;
  data: MapData;
  zonesOf(layer: string): Promise<Zones | null>;
  body: HTMLElement;
  mapArea: HTMLElement;
  map(): CityMap | null;
  repaint(): void;
  sheet(height: Height): void;
  /** Centres what is named, clear of panel and legend. */
  look(at: At): void;
  /** The whole city, beside what covers the map. */
  frame(): void;
  commune(id: string): void;
  say(words: string): void;
  leave(): void;
}

type Page = "changes" | "form" | "result" | "compare";

interface Kept {
  change: string;
  name: string;
}

const HASH = /^[0-9a-f]{64}$/;
const COMPARE_MOST = 4;
/** What the map shows first, where it moves. */
const FELT = ["commute_minutes", "access_minutes"];

/** What an address asks for: a change to open, and others to set beside it. */
export function asked(search: string): { change: string; beside: string[] } | null {
  const parameters = new URLSearchParams(search);
  const change = parameters.get("try");
  if (change === null) return null;
  const beside = (parameters.get("with") ?? "").split(",").filter((one) => HASH.test(one));
  return { change: HASH.test(change) ? change : "", beside: beside.slice(0, COMPARE_MOST) };
}

export class TryMode {
  private client: Client;
  private options: Options | null = null;
  private history: History = begin();
  private on: Kept[] = [];
  private title = "";
  private page: Page = "changes";
  private editor: Editor | null = null;
  private editing: string | null = null;
  private faults: Fault[] = [];
  private notice: { words: string; act: { words: string; do(): void } | null } | null = null;
  private job: Job | null = null;
  private running: AbortController | null = null;
  private shown: { result: Result; stored: Stored | null; warnings: readonly Fault[] } | null = null;
  private found: CommuneChange | null = null;
  private flows: FlowsChange | null = null;
  private flowsShown = false;
  private wasShown = false;
  private kept: Kept[] = [];
  private known = new Map<string, Thing>();
  private layer: TryMap | null = null;
  private sketched: Feature[] = [];
  private communes: Commune[];
  private host = h("div", { class: "try-panel" });
  private outlines = new Map<string, At[] | null>();
  private needs: EditorNeeds | null = null;
  open = false;

  constructor(private mode: ModeNeeds) {
    this.client = new Client(`${mode.apiRoot}try/`);
    this.communes = mode.data.areas.features
      .map(({ properties, geometry }) => ({ id: properties.id, name: placeName(properties), at: rounded(middleOf(largestRing(geometry))) }))
      .sort((a, b) => byName(a.name, b.name));
  }

  // ---- coming and going -----------------------------------------------------------------------------------------

  async enter(change = "", beside: readonly string[] = [], project: string | null = null): Promise<void> {
    this.open = true;
    replace(this.mode.body, this.host);
    this.mapOpened();
    replace(this.host, h("p", { class: "waiting" }, w("Loading…")));
    try {
      this.options = await this.client.options();
    } catch (error) {
      this.trouble(error, () => void this.enter(change, beside, project));
      this.paint(true);
      return;
    }
    if (beside.length) {
      this.kept = beside.map((one) => ({ change: one, name: one.slice(0, 8) }));
      void this.nameKept();
    }
    if (change) await this.openStored(change);
    else if (project) await this.openForm("project", project);
    else this.paint(true);
  }

  leave(): void {
    this.open = false;
    this.host.closest(".explorer")?.classList.remove("is-comparing");
    this.found = null;
    this.layer?.signs(new Map());
    this.layer?.draft([]);
    this.layer?.flows(null);
    this.address("");
    this.mode.leave();
  }

  /** The map came, perhaps after the mode. */
  mapOpened(): void {
    const map = this.mode.map();
    if (!this.open || !map) return;
    this.layer ??= new TryMap(map.library, this.mode.data.areas, this.mode.data.network);
    this.layer.draft(this.features());
    if (this.found) this.paintMap();
  }

  follow(now: State, before: State): void {
    if (!this.open || now.year === before.year) return;
    if (this.found) this.layer?.signs(painted(this.found, now.year).signs);
    if (this.flowsShown) void this.loadFlows();
  }

  /** How the communes are coloured while a result is shown. */
  ground(): Ground | null {
    const { found } = this;
    if (!this.open || !found) return null;
    const { year } = this.mode.store.now;
    return {
      colours: painted(found, year).colours,
      assumed: false,
      legend: (letters) => differenceLegend(found, year, letters),
      words: (area) => communeWords(found, area, year),
    };
  }

  /** A project that is met on the map. */
  async openProject(id: string): Promise<void> {
    if (!this.open) return this.enter("", [], id);
    await this.openForm("project", id);
  }

  // ---- pages ----------------------------------------------------------------------------------------------------

  private paint(focus = false): void {
    const pages: Record<Page, () => HTMLElement> = {
      changes: () => this.changesPage(),
      form: () => this.editor?.element ?? this.changesPage(),
      result: () => this.resultPage(),
      compare: () => this.comparePage(),
    };
    const made = pages[this.page]();
    replace(this.host, this.page !== "form" && this.navigation(), made);
    this.host.closest<HTMLElement>(".explorer")?.classList.toggle("is-comparing", this.page === "compare");
    this.layer?.draft(this.features());
    this.mode.repaint();
    if (!focus) return;
    this.mode.body.scrollTop = 0;
    made.querySelector<HTMLElement>(".try-title")?.focus({ preventScroll: true });
  }

  private navigation(): HTMLElement {
    const tab = (page: Page, words: string, count: number | null, able = true) =>
      h(
        "button",
        { type: "button", class: "try-tab", "aria-current": this.page === page ? "page" : null, disabled: !able, onclick: () => this.go(page) },
        words,
        count !== null && count > 0 && h("span", { class: "layer-count" }, String(count)),
      );
    return h(
      "div",
      { class: "try-head" },
      h("button", { type: "button", class: "back", "aria-label": w("Leave and see the plan"), title: w("Leave and see the plan"), onclick: () => this.leave() }, icon("back"), h("span", { class: "back-words" }, w("Leave and see the plan"))),
      h("nav", { class: "try-tabs", "aria-label": w("Try another way") }, tab("changes", w("Changes"), told(this.history.now).length), tab("result", w("Result"), null, this.shown !== null), tab("compare", w("Compare"), this.kept.length, this.kept.length > 0)),
    );
  }

  private go(page: Page): void {
    this.page = page;
    this.mode.sheet(page === "result" ? "half" : "full");
    this.paint(true);
  }

  private changesPage(): HTMLElement {
    const { now, past, ahead } = this.history;
    const rows = told(now);
    const busy = this.running !== null;
    const ready = (rows.length > 0 || this.on.length > 0) && !busy;
    return h(
      "div",
      { class: "try-changes" },
      h("h2", { class: "try-title", tabindex: "-1" }, w("Try another way")),
      rows.length === 0 && this.on.length === 0 && h("p", { class: "try-lead" }, w("Change the plan as you like and run it: the model says within seconds what becomes of the city by {year}. No account; nothing is kept about you.", { year: this.mode.overview.plan.horizon })),
      this.options?.ready === false && h("p", { class: "notice try-notice" }, w("No worker answers at the moment; a change waits in the queue until one does.")),
      this.noticeBox(),
      this.faultSummary(),
      (rows.length > 0 || this.on.length > 0) &&
        h(
          "section",
          { class: "try-list-section", "aria-labelledby": "try-list-title" },
          h(
            "div",
            { class: "try-list-head" },
            h("h3", { id: "try-list-title" }, w("Your changes")),
            this.stepButton("undo", w("Undo"), past.length > 0, () => this.move(undo(this.history))),
            this.stepButton("redo", w("Redo"), ahead.length > 0, () => this.move(redo(this.history))),
          ),
          h("ol", { class: "try-list" }, ...this.on.map((one, i) => this.baseRow(one, i)), ...rows.map((edit) => this.editRow(edit))),
        ),
      rows.length === 0 && (past.length > 0 || ahead.length > 0) && this.on.length === 0 && h("div", { class: "try-list-head" }, h("h3", {}, w("Your changes")), this.stepButton("undo", w("Undo"), past.length > 0, () => this.move(undo(this.history))), this.stepButton("redo", w("Redo"), ahead.length > 0, () => this.move(redo(this.history)))),
      rows.length > 0 && this.titleField(),
      (ready || busy) &&
        h(
          "div",
          { class: "try-run" },
          busy
            ? this.progress()
            : h("button", { type: "button", class: "button button--run", onclick: () => void this.run() }, icon("play", 20), w("Run to {year}", { year: this.mode.overview.plan.horizon })),
        ),
      this.choices(rows.length > 0),
    );
  }

  private titleField(): HTMLElement {
    const input = h("input", { id: "try-name", type: "text", class: "input", maxlength: 120, autocomplete: "off", value: this.title, oninput: () => (this.title = input.value.trim()) });
    return h("div", { class: "field" }, h("label", { for: "try-name" }, w("Name of your change, if you like")), input);
  }

  private stepButton(drawing: Drawing, label: string, able: boolean, act: () => void): HTMLElement {
    return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, disabled: !able, onclick: act }, icon(drawing, 20));
  }

  private baseRow(one: Kept, at: number): HTMLElement {
    return h(
      "li",
      { class: "try-row try-row--base" },
      icon("layers", 22),
      h("span", { class: "try-row-text" }, h("span", { class: "try-row-name" }, one.name), h("span", { class: "quiet" }, w("the changes below come on top of this"))),
      this.stepButton("close", w("Take away: {name}", { name: one.name }), true, () => {
        this.on = this.on.filter((_, i) => i !== at);
        this.paint();
      }),
    );
  }

  private editRow(edit: Edit): HTMLElement {
    const { icon: drawing, title, details } = said(edit, this.known);
    const parts = partsOf(this.history.now, edit);
    const faults = this.faults.filter((fault) => parts.some((one) => fault.entry === one.entry && fault.id === one.id));
    return h(
      "li",
      { class: faults.length ? "try-row try-row--wrong" : "try-row" },
      icon(drawing, 22),
      h(
        "span",
        { class: "try-row-text" },
        h("button", { type: "button", class: "link-button try-row-name", "aria-label": w("Change again: {name}", { name: title }), onclick: () => void this.openForm(edit.entry, edit.id) }, title),
        ...details.map((line) => h("span", { class: "quiet" }, line)),
        ...faults.map((fault) => h("span", { class: "field-fault" }, h("span", { "aria-hidden": "true", class: "field-fault-mark" }, "✗"), inWords(fault.message))),
      ),
      this.stepButton("close", w("Take away: {name}", { name: title }), true, () => {
        this.faults = this.faults.filter((fault) => !faults.includes(fault));
        this.move(step(this.history, drop(this.history.now, keyOf(edit))));
        this.mode.say(w("Taken away: {name}", { name: title }));
        this.host.querySelector<HTMLElement>(".try-title")?.focus({ preventScroll: true });
      }),
    );
  }

  private choices(more: boolean): HTMLElement {
    const choice = (entry: Entry, drawing: Drawing, words: string, note: string) =>
      h("button", { type: "button", class: "try-choice", onclick: () => void this.openForm(entry, null) }, icon(drawing, 22), h("span", {}, words, h("span", { class: "quiet" }, note)));
    const others = (["link", "port_capacity", "power_plant"] as Entry[]).flatMap((entry) => {
      const info = this.options?.entries.find((one) => one.entry === entry);
      return info?.count ? [h("li", {}, h("button", { type: "button", class: "link-button", onclick: () => void this.openForm(entry, null, true) }, w("Change: {kind}", { kind: pick(info.name) })))] : [];
    });
    return h(
      "section",
      { class: "try-choices", "aria-labelledby": "try-choices-title" },
      h("h3", { id: "try-choices-title" }, more ? w("Change something more") : w("What do you want to change?")),
      choice("project", "flag", w("A project"), w("another year, another place, or not at all")),
      choice("zone", "zone", w("A zone"), w("draw one, or change its density")),
      choice("link", "bridge", w("A road, bridge or line"), w("from point to point, or drawn")),
      choice("terminal", "meet", w("A station"), w("on a railway of the plan")),
      choice("parameter", "sliders", w("A budget or figure"), w("spending, prices, rates")),
      others.length > 0 && h("details", { class: "panel-list" }, h("summary", {}, w("Other things in the plan")), h("ul", { class: "onward-list" }, ...others)),
    );
  }

  // ---- faults, said where they are ----------------------------------------------------------------------------------

  private noticeBox(): HTMLElement | null {
    if (!this.notice) return null;
    const { words, act } = this.notice;
    return h("div", { class: "notice try-notice", role: "alert", tabindex: "-1" }, h("p", {}, words), act && h("button", { type: "button", class: "button button--quiet", onclick: () => act.do() }, act.words));
  }

  private faultSummary(): HTMLElement | null {
    if (!this.faults.length) return null;
    const name = (fault: Fault) => {
      const edit = this.editOf(fault);
      return edit ? said(edit, this.known).title : "";
    };
    return h(
      "div",
      { class: "fault-summary", role: "alert", tabindex: "-1", id: "try-faults" },
      h("h3", {}, this.faults.length === 1 ? w("One thing keeps this change from being run") : w("{count} things keep this change from being run", { count: this.faults.length })),
      h(
        "ul",
        {},
        ...this.faults.map((fault) => {
          const edit = this.editOf(fault);
          const words = [name(fault), inWords(fault.message)].filter(Boolean).join(": ");
          return h("li", {}, edit ? h("button", { type: "button", class: "link-button", onclick: () => void this.openForm(edit.entry, edit.id, false, fault.field) }, words) : words, fault.remedy && h("span", { class: "quiet remedy" }, inWords(fault.remedy)));
        }),
      ),
    );
  }

  private editOf(fault: Fault): Edit | undefined {
    const { now } = this.history;
    return now.find((edit) => edit.entry === fault.entry && edit.id === fault.id) ?? (fault.edit === null ? undefined : now[fault.edit]);
  }

  /** What went wrong on the way, in words, with a way on. */
  private trouble(error: unknown, again: () => void): void {
    if (!(error instanceof Refusal)) {
      console.warn(error);
      this.notice = { words: w("Something went wrong. Please try again."), act: { words: w("Try again"), do: again } };
      return;
    }
    const wait = error.waitSeconds === null ? "" : ` ${w("Try again in {seconds} s.", { seconds: Math.ceil(error.waitSeconds) })}`;
    const own: Partial<Record<Refusal["trouble"], string>> = {
      offline: w("No answer: you seem to be offline. Your changes are still here."),
      busy: w("Many people are trying things at the moment."),
      edition: w("The plan has a new edition since this page was opened. Run it again on the new one."),
      large: w("This change is too large. Use fewer corners or fewer changes."),
      unknown: w("Nobody has kept this change; the link may be cut off."),
    };
    this.notice = { words: (inWords(error.detail) || own[error.trouble] || w("Something went wrong. Please try again.")) + wait, act: error.trouble === "unknown" || error.trouble === "large" ? null : { words: w("Try again"), do: again } };
  }

  private tell(): void {
    this.page = "changes";
    this.mode.sheet("full");
    this.paint();
    this.host.querySelector<HTMLElement>(".fault-summary, .try-notice")?.focus();
  }

  // ---- forms ------------------------------------------------------------------------------------------------------

  private async openForm(entry: Entry, id: string | null, plain = false, field: string | null | undefined = undefined): Promise<void> {
    if (!this.options) return;
    this.needs ??= this.editorNeeds(this.options);
    this.mode.sheet("full");
    this.editing = id === null ? null : `${entry}:${id}`;
    try {
      this.editor = await (plain ? objectEditor(this.needs, entry, id) : editorOf(this.needs, entry, id));
    } catch (error) {
      this.trouble(error, () => void this.openForm(entry, id, plain, field));
      this.tell();
      return;
    }
    this.page = "form";
    this.notice = null;
    this.paint(true);
    for (const fault of this.faults.filter((one) => this.editing === `${one.entry}:${one.id}`)) this.editor.complain(fault.field, [inWords(fault.message), inWords(fault.remedy)].filter(Boolean).map(capital).join(". "));
    if (field !== undefined) this.editor.focusOn(field);
  }

  private editorNeeds(options: Options): EditorNeeds {
    return {
      client: this.client,
      options,
      draft: () => this.history.now,
      onMap: this.onMap(),
      communes: this.communes,
      things: (entry) => this.things(entry),
      outlineOf: (zone) => this.outlineOf(zone),
      add: (edits) => {
        this.faults = this.faults.filter((fault) => !edits.some((edit) => edit.entry === fault.entry && edit.id === fault.id));
        this.notice = null;
        this.endForm();
        this.history = step(this.history, edits.reduce(put, this.history.now));
        this.paint(true);
        this.mode.say(w("{count} changes so far", { count: told(this.history.now).length }));
      },
      leave: () => {
        this.endForm();
        this.paint(true);
      },
      open: (entry, id) => this.openForm(entry, id, entry === "link" && id !== null && !id.startsWith("try-")),
    };
  }

  private endForm(): void {
    this.page = "changes";
    this.editor = null;
    this.editing = null;
    this.sketched = [];
  }

  private async things(entry: Entry): Promise<readonly Thing[]> {
    const things = await this.client.things(entry);
    for (const thing of things) this.known.set(`${entry}:${thing.id}`, thing);
    return things;
  }

  /** What the list and the map must know to name the edits of a draft. */
  private async learn(draft: readonly Edit[]): Promise<void> {
    const entries = new Set<Entry>(draft.map((edit) => edit.entry));
    if (entries.has("link")) entries.add("node");
    await Promise.all([...entries].map((entry) => this.things(entry).catch(() => [])));
  }

  private async outlineOf(zone: Thing): Promise<At[] | null> {
    const kept = this.outlines.get(zone.id);
    if (kept !== undefined) return kept;
    const zones = await this.mode.zonesOf(String(zone.values.layer)).catch(() => null);
    const geometry = zones?.features.find((feature) => feature.properties.id === zone.id)?.geometry;
    const ring = geometry?.type === "Polygon" ? geometry.coordinates[0]!.map(rounded) : null;
    this.outlines.set(zone.id, ring);
    return ring;
  }

  private onMap(): OnMap {
    const { mode } = this;
    return {
      able: () => mode.map() !== null,
      pick: () => this.pickPlace(),
      draw: async (shape, start, snap) => {
        const map = mode.map();
        if (!map) return null;
        const { drawShape } = await import("./draw.ts");
        mode.sheet("peek");
        this.layer?.draft(this.features().filter((feature) => !this.sketched.includes(feature)));
        map.hold = () => undefined;
        try {
          return await drawShape({ shape, map: map.library, host: mode.mapArea, snap, start });
        } finally {
          map.hold = null;
          mode.sheet("full");
        }
      },
      look: (at) => mode.look(at),
      sketch: (points, closed) => this.sketch(points, closed),
    };
  }

  private sketch(points: readonly Position[], closed: boolean): void {
    const geometry: Feature["geometry"] | null =
      points.length === 0 ? null : points.length === 1 ? { type: "Point", coordinates: [...points[0]!] } : closed ? { type: "Polygon", coordinates: [points.map((p) => [...p])] } : { type: "LineString", coordinates: points.map((p) => [...p]) };
    this.sketched = geometry ? [{ type: "Feature", properties: { small: false, off: false }, geometry }] : [];
    this.layer?.draft(this.features());
  }

  /** The next click or tap on the map says where; Escape and a button give up. */
  private pickPlace(): Promise<At | null> {
    const map = this.mode.map();
    if (!map) return Promise.resolve(null);
    this.mode.sheet("peek");
    return new Promise((resolve) => {
      const end = (at: At | null) => {
        map.hold = null;
        bar.remove();
        removeEventListener("keydown", escape, true);
        this.mode.sheet("full");
        resolve(at);
      };
      const escape = (event: KeyboardEvent) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        end(null);
      };
      const stop = h("button", { type: "button", class: "button button--quiet", onclick: () => end(null) }, w("Cancel"));
      const bar = h("div", { class: "draw-bar" }, h("p", { class: "draw-says", role: "status" }, w("Tap the place on the map.")), h("div", { class: "draw-buttons" }, stop));
      this.mode.mapArea.append(bar);
      addEventListener("keydown", escape, true);
      map.hold = (at) => end(rounded(at));
      stop.focus();
    });
  }

  private features(): Feature[] {
    const others = this.history.now.filter((edit) => !this.sketched.length || keyOf(edit) !== this.editing);
    return this.open ? [...drawn(others, this.known as Known), ...this.sketched] : [];
  }

  private move(history: History): void {
    this.history = history;
    this.paint();
  }

  // ---- running -----------------------------------------------------------------------------------------------------

  private async run(again: string | null = null): Promise<void> {
    if (this.running || !this.options) return;
    performance.mark("try-click");
    const running = new AbortController();
    this.running = running;
    this.job = null;
    this.faults = [];
    this.notice = null;
    this.page = "changes";
    this.paint();
    this.host.querySelector<HTMLElement>(".try-cancel")?.focus();
    try {
      const tried = again ? await this.client.again(again) : await this.client.tryOut(this.history.now, this.on.map((one) => one.change), this.options.edition, this.title);
      await this.finish(tried, running);
    } catch (error) {
      if (error instanceof Refusal && error.trouble === "faults" && error.faults.length) this.faults = error.faults;
      else if (error instanceof Refusal && error.trouble === "edition") {
        this.client.forgetOptions();
        this.options = await this.client.options().catch(() => this.options);
        this.trouble(error, () => void this.run(again));
      } else this.trouble(error, () => void this.run(again));
      this.running = null;
      this.tell();
    }
  }

  private async finish(tried: Tried, running: AbortController): Promise<void> {
    performance.mark("try-taken");
    const job = tried.job && (await this.client.follow(tried.job, (now) => this.progressed(now), running.signal));
    performance.mark("try-modelled");
    this.job = job;
    if (job && job.state !== "done") {
      this.running = null;
      if (job.state === "refused" && job.faults.length) this.faults = job.faults;
      else
        this.notice = {
          words: inWords(job.message) || (job.state === "cancelled" ? w("Cancelled. Your changes are still here.") : w("The run broke off. Your changes are still here.")),
          act: job.again ? { words: w("Run again"), do: () => void this.run(tried.change) } : null,
        };
      this.tell();
      return;
    }
    const result = await this.resultOf(tried.change);
    performance.mark("try-told");
    await this.show(result, tried.warnings ?? []);
  }

  private progressed(job: Job): void {
    this.job = job;
    const host = this.host.querySelector(".try-progress");
    if (host) this.fillProgress(host as HTMLElement);
  }

  private progress(): HTMLElement {
    const host = h("div", { class: "try-progress" });
    this.fillProgress(host);
    return h("div", { class: "try-run-inner" }, host, h("button", { type: "button", class: "button button--quiet try-cancel", onclick: () => void this.cancel() }, w("Cancel")));
  }

  private fillProgress(host: HTMLElement): void {
    const { job } = this;
    const words =
      job?.state === "queued" && (job.position ?? 1) > 1
        ? w("In the queue: {count} before you", { count: job.position! - 1 })
        : job?.state === "running" && job.year
          ? w("Modelling {year}, to {last}", { year: job.year, last: job.last_year ?? "" })
          : w("Starting…");
    const bar = host.querySelector("progress") ?? h("progress", { max: 1, "aria-label": w("Progress") });
    if (job?.share) bar.value = job.share;
    const line = host.querySelector("p") ?? h("p", {});
    line.textContent = words;
    if (!bar.isConnected) host.append(line, bar);
  }

  private async cancel(): Promise<void> {
    const { job, running } = this;
    if (job) await this.client.cancel(job.id).catch(() => undefined);
    else running?.abort();
  }

  // ---- the result ----------------------------------------------------------------------------------------------------

  private async show(result: Result, warnings: readonly Fault[]): Promise<void> {
    this.running = null;
    this.found = result.communes;
    this.flows = null;
    this.shown = { result, stored: null, warnings };
    if (this.options) this.options = { ...this.options, ready: true };
    this.goToYear();
    this.paintMap();
    void this.mode.map()?.painted().then(() => {
      performance.mark("try-painted");
      performance.measure("try: click to painted map", { start: performance.getEntriesByName("try-click").at(-1)?.startTime ?? 0, end: "try-painted" });
    });
    this.page = "result";
    this.mode.sheet("half");
    this.mode.frame();
    this.paint(true);
    this.address(result.change);
    this.mode.say(inWords(result.words[0]) || w("Nothing in the city moves by more than the model can tell."));
    if (this.flowsShown) void this.loadFlows();
    const stored = await this.client.stored(result.change).catch(() => null);
    if (this.shown?.result !== result) return;
    this.shown = { ...this.shown, stored };
    if (stored && !this.title) this.title = stored.title ?? "";
    if (this.page === "result") {
      const focused = document.activeElement?.classList.contains("try-title");
      const { scrollTop } = this.mode.body;
      this.paint();
      this.mode.body.scrollTop = scrollTop;
      if (focused) this.host.querySelector<HTMLElement>(".try-title")?.focus({ preventScroll: true });
    }
  }

  /** With the figure that people feel most, where it moves; else with another that does. */
  private async resultOf(change: string): Promise<Result> {
    const result = await this.client.result(change, FELT[0]);
    const moved = result.moved.map((one) => one.indicator);
    const felt = FELT.find((id) => moved.includes(id)) ?? moved[0];
    if (felt === FELT[0]) return result;
    return { ...result, communes: felt === undefined ? null : await this.client.communes(change, felt) };
  }

  /** The first result is shown where it leads to; later the reader's own year stays, where anything differs in it. */
  private goToYear(): void {
    const { found } = this;
    const { store } = this.mode;
    const year = found ? yearToShow(found) : undefined;
    if (!found || year === undefined) return;
    const column = found.years.indexOf(store.now.year);
    if (!this.wasShown || !found.telling.some((row) => row[column])) store.change({ year });
    this.wasShown = true;
  }

  private paintMap(): void {
    this.layer?.signs(this.found ? painted(this.found, this.mode.store.now.year).signs : new Map());
    this.layer?.flows(this.flowsShown ? this.flows : null);
    this.mode.repaint();
  }

  private resultPage(): HTMLElement {
    const { shown } = this;
    if (!shown) return this.changesPage();
    const { result, stored, warnings } = shown;
    const { mode } = this;
    const names = new Map(this.communes.map(({ id, name }) => [id, name]));
    return resultPage({
      client: this.client,
      result,
      stored,
      warnings,
      prefix: mode.prefix,
      link: new URL(`${mode.prefix}/?try=${result.change}`, location.href).href,
      communes: this.found,
      flowsShown: this.flowsShown,
      kept: this.kept.some((one) => one.change === result.change),
      room: this.kept.length < (this.options?.limits.compare ?? COMPARE_MOST),
      nameOf: (area) => names.get(area) ?? "",
      chooseFigure: (indicator) => void this.chooseFigure(indicator),
      lookAt: (area) => mode.commune(area),
      showFlows: (on) => {
        this.flowsShown = on;
        void this.loadFlows().then(() => this.paint()).then(() => this.host.querySelector<HTMLElement>("#try-flows")?.focus());
      },
      keep: () => {
        this.kept = [...this.kept, { change: result.change, name: this.nameOfDraft() }];
        this.address(result.change);
        this.paint();
        this.mode.say(w("Kept to compare"));
      },
      further: () => {
        this.on = [{ change: result.change, name: this.nameOfDraft() }];
        this.history = begin();
        this.title = "";
        this.go("changes");
      },
      say: mode.say,
    });
  }

  /** What the changes of an address are called: each by its title, or by what it does. */
  private async nameKept(): Promise<void> {
    for (const one of this.kept) {
      const stored = await this.client.stored(one.change).catch(() => null);
      if (!stored) continue;
      await this.learn(stored.edits);
      one.name = stored.title || this.nameOf(stored.edits) || one.name;
    }
    if (this.page === "compare") this.paint();
  }

  private nameOfDraft(): string {
    return this.title || this.nameOf(this.history.now) || (this.on[0]?.name ?? this.shown?.result.change.slice(0, 8) ?? "");
  }

  private nameOf(draft: readonly Edit[]): string {
    const names = told(draft).map((edit) => said(edit, this.known));
    const first = [names[0]?.title, names[0]?.details[0]].filter(Boolean).join(": ");
    return names.length > 1 ? w("{name} and {count} more", { name: first, count: names.length - 1 }) : capital(first);
  }

  private async chooseFigure(indicator: string): Promise<void> {
    const { shown } = this;
    if (!shown) return;
    try {
      this.found = await this.client.communes(shown.result.change, indicator);
    } catch (error) {
      this.trouble(error, () => void this.chooseFigure(indicator));
      this.tell();
      return;
    }
    this.paintMap();
    const { scrollTop } = this.mode.body;
    this.paint();
    this.mode.body.scrollTop = scrollTop;
    this.host.querySelector<HTMLElement>("#try-figure")?.focus({ preventScroll: true });
  }

  private async loadFlows(): Promise<void> {
    const { shown } = this;
    const { year } = this.mode.store.now;
    if (this.flowsShown && shown) this.flows = await this.client.flows(shown.result.change, year).catch(() => null);
    if (this.mode.store.now.year === year) this.layer?.flows(this.flowsShown ? this.flows : null);
  }

  /** A link that somebody was sent. */
  private async openStored(change: string): Promise<void> {
    let stored: Stored;
    try {
      stored = await this.client.stored(change);
    } catch (error) {
      this.trouble(error, () => void this.openStored(change));
      this.paint(true);
      return;
    }
    await this.learn(stored.edits);
    this.history = begin(stored.edits);
    this.title = stored.title ?? "";
    if (stored.state === "ready") {
      try {
        await this.show(await this.resultOf(change), []);
        return;
      } catch (error) {
        this.trouble(error, () => void this.openStored(change));
        this.paint(true);
        return;
      }
    }
    if (stored.job && ["queued", "running"].includes(stored.job.state)) {
      const running = new AbortController();
      this.running = running;
      this.job = stored.job;
      this.paint(true);
      await this.finish({ change, address: stored.address, stored: true, job: stored.job, words: stored.words, warnings: [] }, running).catch((error: unknown) => {
        this.running = null;
        this.trouble(error, () => void this.openStored(change));
        this.tell();
      });
      return;
    }
    this.notice = {
      words: stored.state === "other edition" ? w("This change was tried on an earlier edition of the plan. Run it on the one of today.") : w("This change has not been modelled yet. Run it to see what it does."),
      act: null,
    };
    this.mode.sheet("full");
    this.paint(true);
  }

  // ---- side by side -----------------------------------------------------------------------------------------------------

  private comparePage(): HTMLElement {
    const host = h("div", { class: "compare-host" }, h("p", { class: "waiting" }, w("Loading…")));
    const list = h(
      "ul",
      { class: "try-list" },
      ...this.kept.map((one, at) =>
        h(
          "li",
          { class: "try-row" },
          h("span", { class: "letter" }, "ABCD"[at]!),
          h("span", { class: "try-row-text" }, h("button", { type: "button", class: "link-button try-row-name", onclick: () => void this.openStored(one.change) }, one.name)),
          this.stepButton("close", w("Take away: {name}", { name: one.name }), true, () => {
            this.kept = this.kept.filter((_, i) => i !== at);
            if (!this.kept.length) this.page = "changes";
            this.address(this.shown?.result.change ?? "");
            this.paint(true);
          }),
        ),
      ),
    );
    const last = this.mode.overview.plan.horizon;
    const asked = this.kept.map((one) => one.change);
    void this.client.compare(asked, last).then(
      (found) => {
        replace(host, comparison(found, last, this.kept.map((one) => one.name)));
      },
      () => replace(host, h("p", { class: "no-data" }, w("These changes cannot be compared; run each of them first."))),
    );
    return h("div", { class: "try-compare" }, h("h2", { class: "try-title", tabindex: "-1" }, w("Side by side")), this.kept.length < COMPARE_MOST && h("p", { class: "quiet" }, w("Run another change and keep it, and it stands here too: up to {count}.", { count: COMPARE_MOST })), list, host);
  }

  // ---- the address ------------------------------------------------------------------------------------------------------

  private address(change: string): void {
    const parameters = new URLSearchParams(location.search);
    for (const name of ["try", "with"]) parameters.delete(name);
    if (change) parameters.set("try", change);
    const beside = this.kept.map((one) => one.change).join(",");
    if (change && beside) parameters.set("with", beside);
    const search = parameters.size ? `?${parameters.toString().replaceAll("%2C", ",")}` : "";
    history.replaceState(null, "", `${location.pathname}${search}${location.hash}`);
    for (const link of document.querySelectorAll<HTMLAnchorElement>(".site-languages a")) link.search = search;
  }
}
