/**
 * The explorer. It reads the page's words and the service's overview, lays out search, panel, map and timeline, and
 * joins them through one state. The list that the server wrote stays in the page for readers without script.
 */
import { Api } from "./api.ts";
import { cityPanel } from "./citypanel.ts";
import { h, replace } from "./dom.ts";
import { capital, number } from "./format.ts";
import { communeAt, pointOf } from "./geometry.ts";
import { drawingOf, icon, mark } from "./icons.ts";
import { inset } from "./inset.ts";
import { pageAddress, usePagesFrom } from "./kept.ts";
import { layerPanel } from "./layers.ts";
import { legend, LETTERS } from "./legend.ts";
import { openings, projectStage } from "./lifecycle.ts";
import type { At, CityMap, Kind, MapData, Padding } from "./map.ts";
import { Overlays } from "./overlays.ts";
import { placeName, placePanel } from "./placepanel.ts";
import { colourOf, makeScale, type Scale } from "./scale.ts";
import { searchBox } from "./search.ts";
import { coveredPx, sheet } from "./sheet.ts";
import { fromHash, type Place, type State, Store, toHash } from "./state.ts";
import { modeWord, STAGE_WORDS } from "./statuswords.ts";
import { timeline } from "./timeline.ts";
import type { TryMode } from "./tryit/mode.ts";
import type { AreaProperties, CommuneValues, Found, Language, LinkProperties, Named, Overview, ProjectProperties, ZoneProperties } from "./types.ts";
import { pick, reader, useWords, w } from "./words.ts";
import "../style/explorer.css";

const BASE_LAYERS = ["projects", "network", "terminals"];
/** Layers that the run fills, each with its year. */
const MODELLED_LAYERS = ["flows", "land"];
const FIRST_CHOICE = ["population_density", "population"];
/** However large the sheet, so much of the map stays in view. */
const LEAST_SEEN_PX = 60;
/** An edition is read, not tried, and its script holds nothing for it. */
const EDITION = import.meta.env.MODE === "explorer";
const PHONE = matchMedia("(max-width: 767px)");

const root = document.querySelector<HTMLElement>("#explorer");
if (root) void start(root);

async function start(root: HTMLElement): Promise<void> {
  const language: Language = root.dataset.language === "en" ? "en" : "vi";
  useWords(JSON.parse(document.querySelector("#words")?.textContent || "{}"), language);
  const api = new Api(root.dataset.api ?? "/api/v1/", root.dataset.kept);
  usePagesFrom(root.dataset.up);
  const mapCode = import("./map.ts");
  const asked = { areas: api.areas(), rivers: api.rivers(), network: api.network(), projects: api.projects(), terminals: api.terminals(), places: api.places() };
  try {
    const overview = await api.overview();
    const [areas, rivers, network, projects, terminals, places] = await Promise.all([
      asked.areas, asked.rivers, asked.network, asked.projects, asked.terminals, asked.places,
    ]);
    const data = { areas, rivers, network, projects, terminals, places };
    document.body.classList.add("has-explorer");
    new Explorer(root, api, overview, data, language, root.dataset.prefix ?? "").open(mapCode);
  } catch (error) {
    document.body.classList.remove("has-explorer");
    root.replaceChildren(h("p", { class: "notice", role: "alert" }, w("The map could not be loaded. The list below says the same.")));
    console.warn(error);
  }
}

class Explorer {
  private store: Store;
  private beginning: State;
  private today: number;
  private map: CityMap | null = null;
  private values: CommuneValues | null = null;
  private scale: Scale | null = null;

  private mapHost = h("div", { class: "map", id: "map" });
  private body = h("div", { class: "panel-body", id: "panel-body" });
  private panel = h("aside", { class: "panel", "aria-label": w("What is planned") });
  private legendOnMap = h("div", { class: "legend-host legend-host--map" });
  private valueOnMap = h("p", { class: "legend-value" });
  private legendInPanel = h("div", { class: "legend-host legend-host--panel" });
  private status = h("p", { class: "visually-hidden", role: "status" });
  private overlays: Overlays;
  private trying: TryMode | null = null;
  private city!: ReturnType<typeof cityPanel>;
  private sheet!: ReturnType<typeof sheet>;

  constructor(
    private root: HTMLElement,
    private api: Api,
    private overview: Overview,
    private data: MapData,
    private language: Language,
    private prefix: string,
  ) {
    this.today = Number(overview.plan.as_of.slice(0, 4));
    const years = overview.years;
    const indicators = overview.indicators.map((i) => i.id);
    const byCommune = overview.indicators.filter((i) => i.by_commune).map((i) => i.id);
    this.beginning = {
      year: years.includes(this.today) ? this.today : years[0]!,
      indicator: FIRST_CHOICE.find((id) => byCommune.includes(id)) ?? byCommune[0] ?? indicators[0]!,
      shown: BASE_LAYERS,
      use: "",
      other: null,
      place: null,
      view: null,
    };
    const layers = this.knownLayers();
    this.store = new Store(fromHash(location.hash, this.beginning, { years, indicators, layers }));
    this.overlays = new Overlays({
      api,
      store: this.store,
      overview,
      network: data.network,
      prefix,
      repaint: () => this.paint(),
      drawRoads: (roads) => this.map?.setFlows(roads),
      futureChanged: () => {
        this.city.paintChart();
        this.paint();
      },
    });
  }

  private knownLayers(): string[] {
    const { overview } = this;
    return [...BASE_LAYERS, ...(overview.run ? MODELLED_LAYERS : []), ...overview.layers.map((l) => l.id)];
  }

  open(mapCode: Promise<typeof import("./map.ts")>): void {
    const { store, overview, data } = this;
    const projects = data.projects.features.map((f) => f.properties);
    const lines = openings(projects, data.network.features.map((f) => f.properties));
    const perYear = new Map<number, number>();
    for (const line of lines) perYear.set(line.year, (perYear.get(line.year) ?? 0) + 1);
    const counts = { projects: projects.length, network: data.network.features.length, terminals: data.terminals.features.length };
    this.city = cityPanel({
      api: this.api,
      store,
      overview,
      openings: lines,
      projects,
      areas: data.areas,
      today: this.today,
      prefix: this.prefix,
      legendHost: this.legendInPanel,
      valueOnMap: this.valueOnMap,
      layers: layerPanel(store, overview.layers, counts, overview.run && { flows: this.overlays.belowFlows, land: this.overlays.belowLand }),
      futures: this.overlays.futures,
      futuresSaid: this.overlays.futuresSaid,
      otherFuture: (id) => this.overlays.cityFuture(id),
      chooseCommune: (id) => this.choose(id),
    });
    this.sheet = sheet(this.panel, this.city.headline, () => undefined);
    this.panel.append(this.sheet.handle, this.body);
    replace(
      this.root,
      searchBox(this.api, data.areas, (found) => this.found(found)),
      this.panel,
      h(
        "section",
        { class: "map-area", "aria-label": w("Map") },
        this.tryButton(),
        this.mapHost,
        this.legendOnMap,
        this.tools(),
        h("p", { class: "map-credit" }, h("a", { href: "https://www.openstreetmap.org/copyright" }, "© OpenStreetMap"), h("span", { class: "map-credit-more" }, " · Natural Earth")),
      ),
      timeline(store, overview.years, overview.plan.milestones, perYear),
      this.status,
    );
    store.listen((now, before) => this.follow(now, before));
    addEventListener("hashchange", () => this.readAddress());
    this.root.addEventListener("keydown", (event) => event.key === "Escape" && this.map?.closePopup());
    if (store.now.place?.kind === "commune") this.sheet.set("half");
    void this.showPlace();
    void this.loadValues();
    performance.mark("explorer-usable");
    void mapCode.then((code) => this.openMap(code));
    this.overlays.start();
    void this.openTried();
  }

  // ---- trying another way --------------------------------------------------------------------------------------

  private canTry(): boolean {
    return !EDITION && this.root.dataset.try !== undefined;
  }

  private tryButton(): HTMLElement | null {
    if (!this.canTry()) return null;
    return h("button", { type: "button", class: "try-open", onclick: () => void this.tryOut() }, icon("pen", 18), w("Try another way"));
  }

  /** `?try=<change>` is a change that somebody shares; `?try` alone opens the forms. */
  private async openTried(): Promise<void> {
    if (EDITION || !this.canTry() || !new URLSearchParams(location.search).has("try")) return;
    const { asked } = await import("./tryit/mode.ts");
    const wanted = asked(location.search);
    if (wanted) await this.tryOut(wanted.change, wanted.beside);
  }

  private async tryOut(change = "", beside: readonly string[] = [], project: string | null = null): Promise<void> {
    if (EDITION || !this.canTry()) return;
    const { TryMode } = await import("./tryit/mode.ts");
    this.map?.closePopup();
    this.store.change({ place: null });
    this.root.dataset.trying = "true";
    this.panel.dataset.face = "try";
    this.panel.setAttribute("aria-label", w("Try another way"));
    replace(this.sheet.handle, h("div", { class: "sheet-headline", "aria-hidden": "true" }, h("span", { class: "sheet-headline-value" }, w("Try another way"))), this.sheet.handle.lastElementChild!);
    this.trying ??= new TryMode({
      apiRoot: this.root.dataset.api ?? "/api/v1/",
      prefix: this.prefix,
      overview: this.overview,
      store: this.store,
      data: this.data,
      zonesOf: (layer) => this.api.layer(layer).catch(() => null),
      body: this.body,
      mapArea: this.root.querySelector<HTMLElement>(".map-area")!,
      map: () => this.map,
      repaint: () => this.paint(),
      sheet: (height) => PHONE.matches && this.sheet.set(height),
      look: (at) => this.map?.lookAt(...at, this.padding(), 11),
      frame: () => this.map?.lookAtCity(PHONE.matches ? this.padding() : this.cityFrame()),
      commune: (id) => this.meetCommune(id),
      say: (words) => (this.status.textContent = words),
      leave: () => this.leaveTrying(),
    });
    this.sheet.set("full");
    await this.trying.enter(change, beside, project);
  }

  /** While something is tried, a commune says what becomes of it and the forms stay. */
  private meetCommune(id: string): void {
    const area = this.data.areas.features.find((f) => f.properties.id === id);
    if (!area) return;
    const at = pointOf(area.geometry);
    this.map?.chooseCommune(id);
    this.map?.lookAtCommune(id, this.padding());
    this.map?.openPopup("commune", { ...area.properties }, at, () => this.map?.chooseCommune(null), false);
    this.status.textContent = `${placeName(area.properties)}: ${this.detail("commune", { ...area.properties })}`;
  }

  private leaveTrying(): void {
    delete this.root.dataset.trying;
    this.panel.setAttribute("aria-label", w("What is planned"));
    this.map?.closePopup();
    this.sheet.set("peek");
    void this.showPlace();
    this.paint();
    this.root.querySelector<HTMLElement>(".try-open")?.focus({ preventScroll: true });
  }

  // ---- the map ------------------------------------------------------------------------------------------------

  private async openMap({ CityMap }: typeof import("./map.ts")): Promise<void> {
    try {
      this.map = await CityMap.open(this.mapHost, this.data, {
        language: this.language,
        label: w("Map of {city}. The panel lists everything that it shows.", { city: pick(this.overview.plan.name) }),
        today: this.today,
        view: this.store.now.view,
        padding: this.cityFrame(),
        seas: {
          hoangSa: w("Hoàng Sa Islands (Việt Nam)"),
          truongSa: w("Trường Sa Islands (Việt Nam)"),
          eastSea: w("East Sea"),
          gulf: w("Gulf of Tonkin"),
        },
        events: {
          commune: (id) => this.choose(id),
          moved: (view) => this.store.change({ view }),
          describe: (kind, properties, at) => this.describe(kind, properties, at),
        },
      });
    } catch (error) {
      console.warn(error);
      this.mapHost.append(h("p", { class: "map-missing" }, w("This browser cannot draw the map. The panel lists everything that it shows.")));
      return;
    }
    const { now } = this.store;
    this.map.setYear(now.year);
    this.map.show(now.shown);
    this.overlays.drawFlows();
    this.paint();
    for (const id of now.shown) void this.loadLayer(id);
    this.trying?.mapOpened();
    if (now.place?.kind === "commune") {
      this.map.chooseCommune(now.place.id);
      if (!now.view) this.map.lookAtCommune(now.place.id, this.padding());
    } else if (now.place) void this.showThing(now.place, false);
    this.root.dataset.ready = "true";
  }

  private tools(): HTMLElement {
    const button = (drawing: "plus" | "minus" | "home", label: string, act: () => void) =>
      h("button", { type: "button", class: "map-button", "aria-label": label, title: label, onclick: act }, icon(drawing));
    const middle = this.overview.bounds;
    const at = middle ? { lon: (middle[0] + middle[2]) / 2, lat: (middle[1] + middle[3]) / 2 } : { lon: 106.6, lat: 20.85 };
    return h(
      "div",
      { class: "map-tools" },
      h(
        "div",
        { class: "map-zoom" },
        button("plus", w("Zoom in"), () => this.map?.zoomBy(1)),
        button("minus", w("Zoom out"), () => this.map?.zoomBy(-1)),
        button("home", w("Show the whole city"), () => this.map?.lookAtCity(this.cityFrame())),
      ),
      inset(pick(this.overview.plan.name), at, (sea) => (sea ? this.map?.lookAtSea(this.clearOfLegend()) : this.map?.lookAtCity(this.cityFrame()))),
    );
  }

  /** What covers the map: on a phone the search box above and the sheet below. */
  private padding(): Padding {
    if (!PHONE.matches) return { top: 20, bottom: 20, left: 20, right: 40 };
    const peek = parseFloat(getComputedStyle(this.panel).getPropertyValue("--peek")) || 62;
    const covered = coveredPx(this.sheet.height(), this.mapHost.clientHeight, peek);
    const most = this.mapHost.clientHeight - 70 - LEAST_SEEN_PX;
    return { top: 70, bottom: Math.min(covered + 8, most), left: 12, right: 12 };
  }

  /** On a phone the legend lies over the map's middle; beside a panel the sea is under it. */
  private cityFrame(): Padding {
    return PHONE.matches ? this.clearOfLegend() : this.padding();
  }

  /** So that nothing that the map is asked to show lies under the legend. */
  private clearOfLegend(): Padding {
    const padding = this.padding();
    const legendPx = Math.max(this.legendOnMap.offsetHeight, 76);
    return { ...padding, bottom: Math.max(padding.bottom, PHONE.matches ? padding.bottom + legendPx + 10 : legendPx + 30) };
  }

  private async loadLayer(id: string): Promise<void> {
    if (BASE_LAYERS.includes(id) || MODELLED_LAYERS.includes(id)) return;
    const zones = await this.api.layer(id).catch(() => null);
    if (zones) this.map?.setZones(id, zones);
  }

  // ---- following the state ------------------------------------------------------------------------------------

  private follow(now: State, before: State): void {
    if (now.year !== before.year) {
      this.map?.setYear(now.year);
      this.paint();
    }
    this.overlays.follow(now, before);
    this.trying?.follow(now, before);
    if (now.indicator !== before.indicator) void this.loadValues();
    if (now.shown !== before.shown) {
      this.map?.show(now.shown);
      for (const id of now.shown) if (!before.shown.includes(id)) void this.loadLayer(id);
    }
    if (now.place !== before.place) void this.showPlace();
    this.writeAddress();
  }

  private async loadValues(): Promise<void> {
    const { indicator } = this.store.now;
    const info = this.overview.indicators.find((i) => i.id === indicator);
    const values = info?.by_commune ? await this.api.communeValues(indicator).catch(() => null) : null;
    if (this.store.now.indicator !== indicator) return;
    this.values = values;
    this.scale = values ? makeScale(values.values.flat()) : null;
    this.city.showValues(values);
    await this.overlays.valuesCame(indicator, values);
    this.paint();
    if (this.store.now.place) void this.showPlace();
  }

  private paint(): void {
    const { values, scale } = this;
    const { year, indicator } = this.store.now;
    const colours = new Map<string, string | null>();
    const column = values?.years.indexOf(year) ?? -1;
    values?.areas.forEach((area, row) => {
      const value = values.values[row]?.[column] ?? null;
      colours.set(area, value === null || !scale ? null : colourOf(scale, value));
    });
    const info = this.overview.indicators.find((i) => i.id === indicator);
    const ground = this.trying?.ground() ?? (info ? this.overlays.ground(info) : null);
    this.map?.paint(ground?.colours ?? colours, ground ? ground.assumed : values?.status === "assumed");
    const inPanel = this.trying?.open ? [...this.body.querySelectorAll<HTMLElement>(".try-legend")] : [this.legendInPanel];
    for (const host of [this.legendOnMap, ...inPanel]) {
      const letters = host === this.legendOnMap && PHONE.matches ? 16 : LETTERS;
      replace(
        host,
        this.overlays.flowLegend(),
        ground ? ground.legend(letters) : info && legend(info, values ? scale : null, year, values?.status ?? null, letters),
        host === this.legendOnMap && !ground && this.valueOnMap,
      );
    }
    if (this.store.now.place === null) this.city.showValues(values);
  }

  /** Whether the focus goes to the place once its panel stands: after a choice, not when an address is opened. */
  private readerFollows = false;

  private async showPlace(): Promise<void> {
    const { place } = this.store.now;
    if (this.trying?.open) {
      if (place?.kind === "commune") this.meetCommune(place.id);
      else if (place) void this.showThing(place, false);
      return;
    }
    if (place?.kind !== "commune") {
      this.map?.chooseCommune(null);
      this.panel.dataset.face = "city";
      if (!this.city.element.isConnected) {
        replace(this.body, this.city.element);
        replace(this.sheet.handle, this.city.headline, this.sheet.handle.lastElementChild!);
      }
      if (place) void this.showThing(place);
      return;
    }
    this.map?.chooseCommune(place.id);
    this.panel.dataset.face = "place";
    const plan = await this.api.area(place.id).catch(() => null);
    if (this.store.now.place !== place) return;
    const back = h(
      "button",
      { type: "button", class: "back", onclick: () => this.leavePlace() },
      icon("back"),
      w("The whole city"),
    );
    if (!plan) {
      replace(this.body, back, h("p", { class: "no-data" }, w("Nothing is known under this address.")));
      return;
    }
    const subjects = h("div", {});
    replace(
      this.body,
      back,
      placePanel(
        { store: this.store, overview: this.overview, today: this.today, prefix: this.prefix, back: () => this.leavePlace() },
        plan,
        this.values,
        subjects,
      ),
    );
    if (this.overview.run) void this.fillSubjects(place.id, plan.area, subjects);
    const name = placeName(plan.area);
    const count = plan.projects.length + plan.zones.length + plan.network_opening.length;
    replace(
      this.sheet.handle,
      h(
        "div",
        { class: "sheet-headline", "aria-hidden": "true" },
        h("span", { class: "sheet-headline-name" }, w("What is planned here")),
        h("span", { class: "sheet-headline-value" }, name),
      ),
      this.sheet.handle.lastElementChild!,
    );
    this.body.scrollTop = 0;
    if (this.readerFollows) document.querySelector<HTMLElement>("#place-title")?.focus({ preventScroll: true });
    this.readerFollows = false;
    this.status.textContent = w("{name}: {count} things planned here", { name, count });
  }

  /** Who lives here, why their number changes, and the land: loaded when a place is chosen. */
  private async fillSubjects(id: string, area: AreaProperties, host: HTMLElement): Promise<void> {
    const { peopleOf } = await import("./people.ts");
    await peopleOf({ api: this.api, store: this.store, prefix: this.prefix, area: id, name: placeName(area) }, host);
  }

  /** A project, zone or named place, of an address or of a search: the map goes there and says what it is. */
  private async showThing(place: Place, focus = true): Promise<void> {
    const thing = await this.thingOf(place);
    if (this.store.now.place !== place) return;
    if (!thing) {
      this.status.textContent = w("Nothing is known under this address.");
      return;
    }
    this.sheet.set("peek");
    const forget = () => this.store.now.place === place && this.store.change({ place: null });
    this.map?.lookAt(...thing.at, this.padding());
    this.map?.openPopup(thing.kind, thing.properties, thing.at, forget, focus);
    this.status.textContent = pick(thing.properties.name as Named);
  }

  private async thingOf(place: Place): Promise<{ kind: Kind; properties: Record<string, unknown>; at: At } | null> {
    const { projects, places } = this.data;
    if (place.kind === "zone") {
      for (const { id } of this.overview.layers) {
        const zones = await this.api.layer(id).catch(() => null);
        const zone = zones?.features.find((f) => f.properties.id === place.id);
        if (!zone) continue;
        const { shown } = this.store.now;
        if (!shown.includes(id)) this.store.change({ shown: [...shown, id] });
        return { kind: "zone", properties: { ...zone.properties }, at: pointOf(zone.geometry) };
      }
      return null;
    }
    const features = place.kind === "project" ? projects.features : places.features;
    const found = features.find((f) => f.properties?.id === place.id);
    return found ? { kind: place.kind, properties: { ...found.properties }, at: pointOf(found.geometry) } : null;
  }

  private leavePlace(): void {
    this.sheet.set("peek");
    this.store.change({ place: null });
    this.map?.lookAtCity(this.cityFrame());
    const to = PHONE.matches ? ".sheet-button" : "#indicator";
    document.querySelector<HTMLElement>(to)?.focus({ preventScroll: true });
  }

  // ---- what people do -----------------------------------------------------------------------------------------

  private choose(id: string): void {
    if (this.trying?.open) return this.meetCommune(id);
    this.map?.closePopup();
    if (this.sheet.height() === "peek") this.sheet.set("half");
    this.readerFollows = true;
    this.store.change({ place: { kind: "commune", id } });
    this.map?.lookAtCommune(id, this.padding());
  }

  private found(found: Found): void {
    if (found.kind === "commune") this.choose(found.id);
    else if (found.kind === "indicator") {
      if (this.overview.indicators.some((i) => i.id === found.id)) this.store.change({ indicator: found.id, place: null });
      else location.assign(pageAddress(`${this.prefix}${found.address}`));
    } else if (found.lon !== null && found.lat !== null) this.store.change({ place: { kind: found.kind, id: found.id } });
    else location.assign(pageAddress(`${this.prefix}${found.address}`));
  }

  /** What a tip (`at` is null) or a popup says about one thing on the map. A popup leads on: to a page, to the commune. */
  private describe(kind: Kind, properties: Record<string, unknown>, at: At | null): Node {
    const name = pick(properties.name as Named) || capital(modeWord(String(properties.mode ?? "")));
    const page = this.pageOf(kind, properties);
    const title = at && page ? h("a", { href: page }, name) : h("span", {}, name);
    const commune = at && communeAt(this.data.areas, at);
    return h(
      "div",
      { class: "tip" },
      kind === "project"
        ? h("p", { class: "tip-name" }, mark(drawingOf(String(properties.kind), properties.mode as string | null), this.stageOf(properties), 22), title)
        : h("p", { class: "tip-name" }, title),
      h("p", { class: "quiet" }, this.detail(kind, properties)),
      kind === "link" && this.overlays.roadWords(String(properties.id)),
      at &&
        kind === "project" &&
        this.canTry() &&
        h("button", { type: "button", class: "link-button tip-commune", onclick: () => this.tryProject(String(properties.id)) }, w("Try another way with this project")),
      commune &&
        h(
          "button",
          { type: "button", class: "link-button tip-commune", onclick: () => this.choose(commune.id) },
          w("What is planned in {name}", { name: placeName(commune) }),
        ),
    );
  }

  private tryProject(id: string): void {
    this.map?.closePopup();
    if (this.trying?.open) void this.trying.openProject(id);
    else void this.tryOut("", [], id);
  }

  private stageOf(properties: Record<string, unknown>) {
    return projectStage(properties as unknown as ProjectProperties, this.store.now.year, this.today);
  }

  private pageOf(kind: Kind, properties: Record<string, unknown>): string | null {
    if (kind === "project") return `${this.prefix}/projects/${properties.id}/`;
    if (kind === "zone") return `${this.prefix}/layers/${properties.layer}/#${properties.id}`;
    return kind === "link" && properties.project ? `${this.prefix}/projects/${properties.project}/` : null;
  }

  private detail(kind: Kind, properties: Record<string, unknown>): string {
    if (kind === "commune") {
      const area = properties as unknown as AreaProperties;
      const info = this.overview.indicators.find((i) => i.id === this.store.now.indicator);
      const { values } = this;
      const ground = this.trying?.ground() ?? (info && this.overlays.ground(info));
      if (ground) return ground.words(area.id);
      if (!info || !values) return "";
      const value = values.values[values.areas.indexOf(area.id)]?.[values.years.indexOf(this.store.now.year)] ?? null;
      return value === null ? w("no data") : `${number(value, reader(), info.decimals)} ${pick(info.unit)}, ${this.store.now.year}`;
    }
    if (kind === "project") {
      const { opens } = properties as unknown as ProjectProperties;
      return [STAGE_WORDS[this.stageOf(properties)](), opens ? w("opens {year}", { year: opens }) : ""].filter(Boolean).join(" · ");
    }
    if (kind === "zone") {
      const zone = properties as unknown as ZoneProperties;
      const layer = capital(pick(this.overview.layers.find((l) => l.id === zone.layer)?.name));
      const from = zone.from_year ? w("from {year}", { year: zone.from_year }) : "";
      return [layer, zone.area_ha ? `${number(zone.area_ha, reader())} ha` : "", from, w("schematic")].filter(Boolean).join(" · ");
    }
    if (kind === "link") {
      const link = properties as unknown as LinkProperties;
      return [capital(modeWord(link.mode)), link.opens ? w("opens {year}", { year: link.opens }) : ""].filter(Boolean).join(" · ");
    }
    return capital(kind === "place" ? w("place") : w("terminal"));
  }

  // ---- the address --------------------------------------------------------------------------------------------

  private written = "";

  private writeAddress(): void {
    this.written = toHash(this.store.now, this.beginning);
    history.replaceState(null, "", this.written ? `#${this.written}` : location.pathname + location.search);
    for (const link of document.querySelectorAll<HTMLAnchorElement>(".site-languages a")) {
      link.hash = this.written;
    }
  }

  private readAddress(): void {
    if (location.hash.replace(/^#/, "") === this.written) return;
    const layers = this.knownLayers();
    const indicators = this.overview.indicators.map((i) => i.id);
    this.store.change(fromHash(location.hash, this.beginning, { years: this.overview.years, indicators, layers }));
  }
}
