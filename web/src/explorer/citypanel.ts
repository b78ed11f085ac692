/** The whole city: the chosen indicator with its chart, what opens in the year, and lists that mirror the map. */
import type { Api } from "./api.ts";
import { type Chart, chart, type Future } from "./chart.ts";
import { cityHead, cityStrip } from "./cityhead.ts";
import { h, replace } from "./dom.ts";
import { capital, number } from "./format.ts";
import { drawingOf, drawingOfMode, mark } from "./icons.ts";
import { type OpeningLine, projectStage } from "./lifecycle.ts";
import type { Store } from "./state.ts";
import { modeWord, STAGE_WORDS } from "./statuswords.ts";
import type { Areas, CommuneValues, IndicatorInfo, Observed, Overview, ProjectProperties } from "./types.ts";
import { byName, pick, reader, w } from "./words.ts";

export interface CityPanelNeeds {
  api: Api;
  store: Store;
  overview: Overview;
  openings: OpeningLine[];
  projects: readonly ProjectProperties[];
  areas: Areas;
  today: number;
  /** Prefix of page addresses: "" or "/en". */
  prefix: string;
  legendHost: HTMLElement;
  /** Where the city's value stands beside the map, when the panel is out of sight. */
  valueOnMap: HTMLElement;
  layers: HTMLElement;
  /** Where another future is chosen; empty where there is none. */
  futures: HTMLElement;
  /** What the comparison with it says. */
  futuresSaid: HTMLElement;
  /** What the chosen other run makes of the city's figure; null without one. */
  otherFuture(indicator: string): Promise<Future | null>;
  chooseCommune(id: string): void;
}

export interface CityPanel {
  element: HTMLElement;
  headline: HTMLElement;
  showValues(values: CommuneValues | null): void;
  /** Draws the chart again, with the line of the other future or without. */
  paintChart(): void;
}

export function cityPanel(needs: CityPanelNeeds): CityPanel {
  const { store, overview } = needs;
  const figure = h("div", { class: "figure" });
  const chartHost = h("div", { class: "chart-host", "aria-live": "off" });
  const more = h("p", { class: "panel-more" });
  const opens = h("div", {});
  const opensTitle = h("h2", { id: "opens-title" });
  const communes = communeList(needs);
  const headline = cityStrip(overview);
  let drawn: Chart | null = null;
  let asked = "";

  const info = (): IndicatorInfo => overview.indicators.find((i) => i.id === store.now.indicator)!;

  async function paintChart(): Promise<void> {
    const chosen = info();
    asked = chosen.id;
    more.replaceChildren(
      h("a", { href: `${needs.prefix}/indicators/${chosen.id}/` }, w("Where this figure comes from")),
    );
    replace(chartHost, h("p", { class: "waiting" }, w("Loading…")));
    const [series, former, future] = await Promise.all([
      needs.api.series(chosen.id, overview.city).catch(() => null),
      formerly(needs, chosen),
      needs.otherFuture(chosen.id),
    ]);
    if (asked !== chosen.id) return;
    if (!series) {
      replace(chartHost, h("p", { class: "no-data" }, w("No data for this figure.")));
      return;
    }
    const draw = () => {
      drawn = chart(series, former, chosen, store.now.year, Math.max(260, chartHost.clientWidth || 330), future);
      replace(chartHost, drawn.element);
    };
    draw();
    paintFigure();
  }

  async function paintFigure(): Promise<void> {
    const chosen = info();
    const { year } = store.now;
    const series = await needs.api.series(chosen.id, overview.city).catch(() => null);
    if (store.now.year !== year || store.now.indicator !== chosen.id) return;
    const modelled = series?.simulated.find((row) => row.year === year && row.value !== null);
    const observed = series?.observed.findLast((row) => row.year === year && row.value !== null);
    const value = modelled?.value ?? observed?.value ?? null;
    const say = (n: number) => number(n, reader(), chosen.decimals);
    const shown = value === null ? w("no data") : say(value);
    replace(
      figure,
      h(
        "p",
        { class: "figure-value" },
        h("span", { class: value === null ? "figure-none" : "figure-number" }, shown),
        value !== null && h("span", { class: "figure-unit" }, pick(chosen.unit)),
      ),
      h(
        "p",
        { class: "figure-note" },
        modelled ? w("modelled, {year}", { year }) : observed ? w("observed, {year}", { year }) : String(year),
        modelled && modelled.low !== null && modelled.high !== null
          ? h(
              "span",
              { class: "figure-range", title: w("Swing of assumptions") },
              `${say(modelled.low)} – ${say(modelled.high)}`,
            )
          : null,
      ),
    );
    replace(
      needs.valueOnMap,
      h("span", { class: "legend-value-where" }, w("The whole city")),
      h("strong", {}, shown, value !== null && !chosen.by_commune && ` ${pick(chosen.unit)}`),
    );
  }

  function paintOpenings(): void {
    const { year } = store.now;
    const now = needs.openings.filter((line) => line.year === year);
    const next = needs.openings.find((line) => line.year > year);
    opensTitle.textContent = w("Opens in {year}", { year });
    replace(
      opens,
      now.length
        ? h("ul", { class: "opening-list" }, ...now.map((line) => openingRow(needs, line)))
        : h(
            "p",
            { class: "quiet" },
            next
              ? sentenceWith(w("Nothing with a known date. Next: {name}, {year}.", { year: next.year }), nameOf(next))
              : w("Nothing with a known date."),
          ),
    );
  }

  store.listen((now, before) => {
    if (now.indicator !== before.indicator) void paintChart();
    if (now.year !== before.year) {
      drawn?.setYear(now.year);
      void paintFigure();
      paintOpenings();
    }
  });

  const element = h(
    "div",
    { class: "city-panel" },
    cityHead(overview, store),
    h(
      "section",
      { class: "panel-section", "aria-labelledby": "indicator-title" },
      h("h2", { id: "indicator-title", class: "visually-hidden" }, w("The city in figures")),
      indicatorSelect(store, overview),
      needs.futures,
      figure,
      needs.legendHost,
      chartHost,
      needs.futuresSaid,
      more,
    ),
    h("section", { class: "panel-section", "aria-labelledby": "opens-title" }, opensTitle, opens),
    needs.layers,
    onward(needs.prefix),
    h(
      "section",
      { class: "panel-section panel-lists", "aria-label": w("Lists of what the map shows") },
      projectList(needs),
      communes.element,
    ),
  );
  // The chart measures its host, so it waits until the panel stands in the page.
  requestAnimationFrame(() => void paintChart());
  paintOpenings();
  return { element, headline, showValues: communes.show, paintChart: () => void paintChart() };
}

/** Pages that answer what the map cannot. */
function onward(prefix: string): HTMLElement {
  const link = (address: string, words: string) => h("li", {}, h("a", { href: prefix + address }, words));
  return h(
    "section",
    { class: "panel-section", "aria-labelledby": "onward-title" },
    h("h2", { id: "onward-title" }, w("More answers")),
    h(
      "ul",
      { class: "onward-list" },
      link("/connection/", w("Is everything connected and in step?")),
      link("/subjects/", w("People, economy, land, transport and more, by subject")),
      link("/how-wrong/", w("How wrong were we?")),
    ),
  );
}

/** What was observed in the areas that became the city, where anything was. */
async function formerly(needs: CityPanelNeeds, chosen: IndicatorInfo): Promise<Observed[]> {
  if (!chosen.observed) return [];
  const parts = new Set(needs.areas.features.map((f) => f.properties.part_of).filter((id) => id !== null));
  const series = [...parts].map((id) => needs.api.series(chosen.id, id).catch(() => null));
  return (await Promise.all(series)).flatMap((answer) => answer?.observed ?? []);
}

function indicatorSelect(store: Store, overview: Overview): HTMLElement {
  const shown = overview.indicators.filter((i) => i.simulated || i.observed);
  const options = (list: IndicatorInfo[]) => list.map((i) => h("option", { value: i.id }, pick(i.name)));
  // What the map can be coloured by comes first within its subject: the same figure is not looked for twice.
  const groups = overview.groups.flatMap((group) => {
    const own = shown.filter((i) => i.group === group.id);
    const name = pick(group.name);
    return [
      { label: w("{group}, by commune", { group: name }), list: own.filter((i) => i.by_commune) },
      { label: w("{group}, whole city", { group: name }), list: own.filter((i) => !i.by_commune) },
    ].filter(({ list }) => list.length);
  });
  const select = h(
    "select",
    { id: "indicator", class: "indicator-select", onchange: () => store.change({ indicator: select.value }) },
    ...groups.map(({ label, list }) => h("optgroup", { label }, ...options(list))),
  );
  select.value = store.now.indicator;
  store.listen((now) => {
    select.value = now.indicator;
  });
  return h("div", { class: "indicator-choice" }, h("label", { for: "indicator" }, w("Figure")), select);
}

function openingRow(needs: CityPanelNeeds, line: OpeningLine): HTMLElement {
  const drawing = line.project ? drawingOf(line.project.kind, line.project.mode) : drawingOfMode(line.mode);
  const stage = line.project ? projectStage(line.project, line.year, needs.today) : "open";
  return h(
    "li",
    { class: "opening-row" },
    mark(drawing, stage),
    h(
      "span",
      { class: "opening-text" },
      line.project
        ? h("a", { href: `${needs.prefix}/projects/${line.project.id}/` }, pick(line.name))
        : nameOf(line),
      h(
        "span",
        { class: "quiet" },
        capital(stage === "late" ? STAGE_WORDS.late() : line.mode ? modeWord(line.mode) : w("project")),
      ),
    ),
  );
}

/** A name that only stands in Vietnamese says so to a screen reader that speaks English. */
function nameOf(line: OpeningLine): HTMLElement {
  const foreign = reader() === "en" && line.name.en === line.name.vi;
  return h("span", { lang: foreign ? "vi" : null }, pick(line.name));
}

/** A sentence with an element in the place of its {name}. */
function sentenceWith(sentence: string, name: HTMLElement): HTMLElement {
  const [before, after] = sentence.split("{name}");
  return h("span", {}, before, name, after);
}

function projectList(needs: CityPanelNeeds): HTMLElement {
  const list = h("ul", { class: "opening-list" });
  const paint = () => {
    const rows = [...needs.projects].sort((a, b) => (a.opens ?? 9999) - (b.opens ?? 9999));
    replace(
      list,
      ...rows.map((project) => {
        const stage = projectStage(project, needs.store.now.year, needs.today);
        return h(
          "li",
          { class: "opening-row" },
          mark(drawingOf(project.kind, project.mode), stage),
          h(
            "span",
            { class: "opening-text" },
            h("a", { href: `${needs.prefix}/projects/${project.id}/` }, pick(project.name)),
            h("span", { class: "quiet" }, STAGE_WORDS[stage](), project.opens ? ` · ${project.opens}` : ""),
          ),
        );
      }),
    );
  };
  return lazily(w("All projects on the map"), needs.projects.length, list, paint, needs.store);
}

function communeList(needs: CityPanelNeeds): { element: HTMLElement; show(values: CommuneValues | null): void } {
  let values: CommuneValues | null = null;
  const body = h("tbody", {});
  const head = h("th", { scope: "col", class: "number" });
  const paint = () => {
    const { year, indicator } = needs.store.now;
    const info = needs.overview.indicators.find((i) => i.id === indicator)!;
    const column = values?.years.indexOf(year) ?? -1;
    head.textContent = values ? `${pick(info.unit)}, ${year}` : "";
    const rows = needs.areas.features.map(({ properties: p }) => {
      const row = values?.areas.indexOf(p.id) ?? -1;
      return { id: p.id, name: pick(p.name), value: row < 0 ? null : (values!.values[row]?.[column] ?? null) };
    });
    rows.sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity) || byName(a.name, b.name));
    replace(
      body,
      ...rows.map((row) =>
        h(
          "tr",
          {},
          h(
            "th",
            { scope: "row" },
            h("button", { type: "button", class: "link-button", onclick: () => needs.chooseCommune(row.id) }, row.name),
          ),
          values && h("td", { class: "number" }, row.value === null ? w("no data") : number(row.value, reader(), info.decimals)),
        ),
      ),
    );
  };
  const table = h(
    "table",
    { class: "commune-table" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, w("Commune")), head)),
    body,
  );
  const element = lazily(w("All communes, by the chosen figure"), needs.areas.features.length, table, paint, needs.store);
  return {
    element,
    show(now) {
      values = now;
      if (element.open) paint();
    },
  };
}

/** A list that is filled when it is opened, and follows the year while it is. */
function lazily(title: string, count: number, content: HTMLElement, paint: () => void, store: Store): HTMLDetailsElement {
  const element = h(
    "details",
    { class: "panel-list", ontoggle: () => element.open && paint() },
    h("summary", {}, title, h("span", { class: "layer-count" }, String(count))),
    content,
  );
  store.listen((now, before) => {
    if (element.open && now.year !== before.year) paint();
  });
  return element;
}
