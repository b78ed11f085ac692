/**
 * What a run adds to the map: traffic on roads, land, and the difference to another future. Code and answers are
 * fetched when somebody asks for them, so that the first view stays light.
 */
import type { FeatureCollection } from "geojson";
import type { Api } from "./api.ts";
import type { Future } from "./chart.ts";
import { h, replace } from "./dom.ts";
import type { Differences } from "./futures.ts";
import type { State, Store } from "./state.ts";
import type { CommuneValues, Flows, IndicatorInfo, LandUse, Network, OfRun, Overview, RunInfo } from "./types.ts";
import { pick, w } from "./words.ts";

type FlowCode = typeof import("./flows.ts");
type LandCode = typeof import("./landuse.ts");
type FutureCode = typeof import("./futures.ts");

export interface OverlayNeeds {
  api: Api;
  store: Store;
  overview: Overview;
  network: Network;
  prefix: string;
  /** Something arrived: the communes and legends are painted again. */
  repaint(): void;
  drawRoads(roads: FeatureCollection): void;
  /** The other future is another, or none. */
  futureChanged(): void;
}

/** How the communes are coloured instead of by the chosen figure, and the legend that says so. */
export interface Ground {
  colours: Map<string, string | null>;
  assumed: boolean;
  legend(letters: number): HTMLElement;
  words(area: string): string;
}

export class Overlays {
  readonly belowFlows = h("div", { class: "layer-below" });
  readonly belowLand = h("div", { class: "layer-below" });
  readonly futures = h("div", { class: "futures" });
  readonly futuresSaid = h("div", { class: "futures", "aria-live": "polite" });
  private flows: { code: FlowCode; answer: Flows } | null = null;
  private land: { code: LandCode; answer: LandUse } | null = null;
  private runs: RunInfo[] = [];
  private future: { code: FutureCode; run: RunInfo; indicator: string; answer: OfRun; found: Differences | null } | null = null;
  private values: { indicator: string; values: CommuneValues | null } | null = null;

  constructor(private needs: OverlayNeeds) {}

  start(): void {
    if (!this.needs.overview.run) return;
    void this.loadRuns();
    void this.loadFlows();
    void this.loadLand();
  }

  follow(now: State, before: State): void {
    const asked = (layer: string) => now.shown.includes(layer) && (now.year !== before.year || !before.shown.includes(layer));
    if (asked("flows")) void this.loadFlows();
    if (asked("land") || now.use !== before.use) void this.loadLand();
    if (before.shown.includes("land") !== now.shown.includes("land")) this.needs.repaint();
    if (before.shown.includes("flows") !== now.shown.includes("flows")) this.needs.repaint();
    if (now.other !== before.other) void this.loadFuture().then(() => this.needs.futureChanged());
  }

  /** The chosen figure of the shown run came, which the other future's is set against. */
  async valuesCame(indicator: string, values: CommuneValues | null): Promise<void> {
    this.values = { indicator, values };
    await this.loadFuture();
  }

  // ---- traffic ------------------------------------------------------------------------------------------------

  private async loadFlows(): Promise<void> {
    const { store, api, network } = this.needs;
    const { year, shown } = store.now;
    if (!shown.includes("flows")) return;
    const [code, answer] = await Promise.all([import("./flows.ts"), api.flows(year).catch(() => null)]);
    if (store.now.year !== year || !answer) return;
    this.flows = { code, answer };
    this.drawFlows();
    const list = h("div", {});
    const details: HTMLDetailsElement = h(
      "details",
      { class: "chart-table", ontoggle: () => details.open && replace(list, code.roadList(code.roadsOf(answer, network), year)) },
      h("summary", {}, w("The fullest roads, {year}", { year })),
      list,
    );
    const open = this.belowFlows.querySelector("details")?.open ?? false;
    replace(this.belowFlows, details, h("p", { class: "panel-more" }, h("a", { href: `${this.needs.prefix}/subjects/transport/` }, w("Everything about transport"))));
    details.open = open;
    this.needs.repaint();
  }

  /** Hands the roads to the map, also when it opens after the answer came. */
  drawFlows(): void {
    if (this.flows) this.needs.drawRoads(this.flows.code.drawnRoads(this.flows.answer, this.needs.network));
  }

  flowLegend(): HTMLElement | null {
    const { flows } = this;
    if (!flows || !this.needs.store.now.shown.includes("flows")) return null;
    return flows.code.flowLegend(flows.answer, flows.answer.year);
  }

  /** What a road carries each way; null for a link that is no road, or while traffic is not shown. */
  roadWords(id: string): HTMLElement | null {
    const { flows } = this;
    if (!flows || !this.needs.store.now.shown.includes("flows")) return null;
    const road = flows.code.roadsOf(flows.answer, this.needs.network).find((row) => row.id === id);
    return road ? flows.code.roadWords(road, flows.answer.year) : null;
  }

  // ---- land ---------------------------------------------------------------------------------------------------

  private async loadLand(): Promise<void> {
    const { store, api } = this.needs;
    const { year, shown } = store.now;
    if (!shown.includes("land")) return;
    const [code, answer] = await Promise.all([import("./landuse.ts"), api.land(year).catch(() => null)]);
    if (store.now.year !== year || !answer) return;
    const first = this.land === null;
    this.land = { code, answer };
    if (first) this.landChoice(answer);
    this.belowLand.querySelector("select")!.value = this.use();
    this.needs.repaint();
  }

  private use(): string {
    const { use } = this.needs.store.now;
    return this.land?.answer.uses.some((row) => row.id === use) ? use : "";
  }

  private landChoice(answer: LandUse): void {
    const { store, prefix } = this.needs;
    const select = h(
      "select",
      { id: "land-use", class: "indicator-select", onchange: () => store.change({ use: select.value }) },
      h("option", { value: "" }, w("The use that takes most")),
      ...answer.uses.map((use) => h("option", { value: use.id }, w("Share of: {use}", { use: pick(use.name) }))),
    );
    replace(
      this.belowLand,
      h("div", { class: "indicator-choice" }, h("label", { for: "land-use" }, w("Communes by")), select),
      h("p", { class: "panel-more" }, h("a", { href: `${prefix}/subjects/land/` }, w("Everything about land"))),
    );
  }

  // ---- another future -----------------------------------------------------------------------------------------

  private async loadRuns(): Promise<void> {
    const { api, store, prefix } = this.needs;
    this.runs = await api.runs().catch(() => []);
    const { other } = store.now;
    if (!this.runs.some((run) => !run.shown)) {
      if (other) store.change({ other: null });
      return;
    }
    const code = await import("./futures.ts");
    if (other && !this.runs.some((run) => run.id === other && !run.shown)) store.change({ other: null });
    code.chooser(api, store, this.runs, prefix, this.futures, this.futuresSaid);
    if (store.now.other) await this.loadFuture().then(() => this.needs.futureChanged());
  }

  private async loadFuture(): Promise<void> {
    const { api, store } = this.needs;
    const { other, indicator } = store.now;
    const run = this.runs.find((row) => row.id === other);
    if (!run) {
      this.future = null;
      return;
    }
    const [code, answer] = await Promise.all([import("./futures.ts"), api.ofRun(run.id, indicator).catch(() => null)]);
    if (store.now.other !== other || store.now.indicator !== indicator) return;
    const values = this.values?.indicator === indicator ? this.values.values : null;
    this.future = answer && { code, run, indicator, answer, found: values ? code.differences(values, answer) : null };
  }

  /** What the chosen other run makes of a figure of the whole city. */
  async cityFuture(indicator: string): Promise<Future | null> {
    const run = this.runs.find((row) => row.id === this.needs.store.now.other);
    if (!run) return null;
    const [code, answer] = await Promise.all([import("./futures.ts"), this.needs.api.ofRun(run.id, indicator).catch(() => null)]);
    return answer && { name: code.runName(run), rows: answer.years.map((year, i) => ({ year, value: answer.city[i] ?? null })) };
  }

  // ---- what the communes' colours say -------------------------------------------------------------------------

  ground(info: IndicatorInfo): Ground | null {
    const { land, future } = this;
    const { shown, year, indicator, other } = this.needs.store.now;
    if (land && shown.includes("land")) {
      const use = this.use();
      return {
        colours: land.code.landColours(land.answer, use),
        assumed: Boolean(use) && land.answer.areas.length > 0,
        legend: (letters) => land.code.landLegend(land.answer, use, letters),
        words: (area) => land.code.landWords(land.answer, area, use),
      };
    }
    if (future?.found && future.run.id === other && future.indicator === indicator) {
      const { code, found, run } = future;
      return {
        colours: code.differenceColours(found, year),
        assumed: false,
        legend: (letters) => code.differenceLegend(info, found, run, year, letters),
        words: (area) => code.differenceWords(info, found, area, year),
      };
    }
    return null;
  }
}
