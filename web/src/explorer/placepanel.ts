/** One commune: what is planned here, and when. */
import { h, replace } from "./dom.ts";
import { capital, number } from "./format.ts";
import { drawingOf, drawingOfLayer, drawingOfMode, type Drawing, mark } from "./icons.ts";
import { projectStage, type Stage, zoneStage } from "./lifecycle.ts";
import type { Store } from "./state.ts";
import { modeWord, STAGE_WORDS, stateWord } from "./statuswords.ts";
import type { AreaPlan, AreaProperties, CommuneValues, IndicatorInfo, Language, LayerInfo, Overview, YearValue } from "./types.ts";
import { pick, reader, w } from "./words.ts";

export interface PlaceNeeds {
  store: Store;
  overview: Overview;
  today: number;
  prefix: string;
  back(): void;
}

interface Planned {
  year: number | null;
  drawing: Drawing;
  stage: Stage;
  name: string;
  href: string | null;
  detail: string;
  byPosition: boolean;
  schematic: boolean;
}

/** "Phường Đồ Sơn" in Vietnamese, where the type word is part of how people say it; the plain name in English. */
export function placeName(area: AreaProperties, language: Language = reader()): string {
  const name = area.name[language] || pick(area.name);
  if (language === "en" || !area.type_vi) return name;
  const type = capital(area.type_vi);
  return name.toLowerCase().startsWith(type.toLowerCase()) ? name : `${type} ${name}`;
}

/** `subjects` is filled later: who lives here and why their number changes. */
export function placePanel(needs: PlaceNeeds, plan: AreaPlan, values: CommuneValues | null, subjects: HTMLElement): HTMLElement {
  const { area } = plan;
  const rows = plannedHere(plan, needs);
  const list = h("div", {});
  const paint = () => replace(list, ...byPeriod(rows, needs.today));
  paint();
  return h(
    "div",
    { class: "place-panel" },
    h("h2", { class: "place-name", tabindex: "-1", id: "place-title" }, placeName(area)),
    facts(area, needs, values),
    h(
      "section",
      { class: "panel-section", "aria-labelledby": "planned-title" },
      h("h3", { id: "planned-title" }, w("What is planned here")),
      rows.length ? list : h("p", { class: "no-data" }, w("The plan names no project or zone here.")),
      plan.schematic &&
        h(
          "p",
          { class: "fine" },
          w("The commune's outline is schematic. What is marked “by position” was placed by the map and may lie next door."),
        ),
    ),
    subjects,
    figures(plan, needs),
    h(
      "p",
      { class: "place-more" },
      h("a", { class: "button", href: `${needs.prefix}/areas/${area.id}/` }, w("Everything about {name}", { name: pick(area.name) })),
    ),
  );
}

function facts(area: AreaProperties, needs: PlaceNeeds, values: CommuneValues | null): HTMLElement {
  const item = (name: string, value: string, note = "") =>
    h("div", {}, h("dt", {}, name), h("dd", {}, value, note && h("span", { class: "quiet" }, note)));
  const say = (value: number | null, unit: string, decimals = 0) =>
    value === null ? w("no data") : `${number(value, reader(), decimals)} ${unit}`;
  const chosen = h("div", {});
  const paint = () => {
    const info = needs.overview.indicators.find((i) => i.id === needs.store.now.indicator);
    const value = values ? valueOf(values, area.id, needs.store.now.year) : null;
    if (!info || !values) return;
    replace(
      chosen,
      h("dt", {}, `${pick(info.name)}, ${w("modelled, {year}", { year: needs.store.now.year })}`),
      h("dd", {}, say(value, pick(info.unit), info.decimals)),
    );
  };
  paint();
  needs.store.listen((now, before) => {
    if (chosen.isConnected && now.year !== before.year) paint();
  });
  return h(
    "dl",
    { class: "place-facts" },
    item(w("Registered population"), say(area.population, w("people")), area.population_date?.slice(0, 4) ?? ""),
    item(w("Area"), say(area.area_km2, "km²", 1)),
    values && chosen,
  );
}

function valueOf(values: CommuneValues, area: string, year: number): number | null {
  return values.values[values.areas.indexOf(area)]?.[values.years.indexOf(year)] ?? null;
}

function plannedHere(plan: AreaPlan, needs: PlaceNeeds): Planned[] {
  const { prefix, today, overview } = needs;
  const layerName = (id: string) => pick(overview.layers.find((layer: LayerInfo) => layer.id === id)?.name);
  const projects = plan.projects.map(
    (p): Planned => ({
      year: p.opens,
      drawing: drawingOf(p.kind, p.mode),
      stage: projectStage(p, today, today),
      name: pick(p.name),
      href: `${prefix}/projects/${p.id}/`,
      detail: w("project, {state}", { state: stateWord(p.status) }),
      byPosition: Boolean(p.by_position),
      schematic: p.shape === "schematic",
    }),
  );
  const zones = plan.zones.map(
    (z): Planned => ({
      year: z.from_year,
      drawing: drawingOfLayer(z.layer),
      stage: z.from_year === null ? "unknown" : zoneStage(z, today) === "later" ? "planned" : "open",
      name: pick(z.name),
      href: `${prefix}/layers/${z.layer}/#${z.id}`,
      detail: [layerName(z.layer), z.area_ha !== null && `${number(z.area_ha, reader())} ha`].filter(Boolean).join(", "),
      byPosition: Boolean(z.by_position),
      schematic: z.shape === "schematic",
    }),
  );
  const told = new Set(plan.projects.map((p) => p.id));
  const links = plan.network_opening.filter((l) => !l.project || !told.has(l.project)).map(
    (l): Planned => ({
      year: l.opens,
      drawing: drawingOfMode(l.mode),
      stage: l.opens !== null && l.opens <= today ? "open" : "planned",
      name: pick(l.name) || capital(modeWord(l.mode)),
      href: l.project ? `${prefix}/projects/${l.project}/` : null,
      detail: [modeWord(l.mode), l.length_km && `${number(l.length_km, reader(), 1)} km`].filter(Boolean).join(", "),
      byPosition: true,
      schematic: true,
    }),
  );
  return [...projects, ...links, ...zones].sort((a, b) => (a.year ?? 9999) - (b.year ?? 9999));
}

/** What comes, in the order in which it comes; then what has no date; then what is here already. */
function byPeriod(rows: readonly Planned[], today: number): HTMLElement[] {
  const ahead = (row: Planned) => row.year !== null && (row.year >= today || row.stage === "late");
  const groups: [title: string, rows: Planned[]][] = [
    [w("Coming"), rows.filter(ahead)],
    [w("Planned, no date"), rows.filter((row) => row.year === null)],
    [w("Here already"), rows.filter((row) => row.year !== null && !ahead(row))],
  ];
  return groups
    .filter(([, group]) => group.length)
    .map(([title, group]) =>
      h(
        "section",
        { class: "planned-group" },
        h("h4", {}, title, h("span", { class: "layer-count" }, String(group.length))),
        h("ol", { class: "planned-list" }, ...group.map(plannedRow)),
      ),
    );
}

function plannedRow(row: Planned): HTMLElement {
  return h(
    "li",
    { class: "planned-row" },
    h("span", { class: "planned-year" }, row.year === null ? "–" : String(row.year)),
    mark(row.drawing, row.stage),
    h(
      "span",
      { class: "opening-text" },
      row.href ? h("a", { href: row.href }, row.name) : h("span", { class: "planned-name" }, row.name),
      h(
        "span",
        { class: "quiet" },
        row.stage === "late" && h("strong", { class: "is-late" }, STAGE_WORDS.late()),
        row.stage === "late" && " · ",
        row.detail,
        row.byPosition && ` · ${w("by position")}`,
      ),
    ),
  );
}

function figures(plan: AreaPlan, needs: PlaceNeeds): HTMLElement | null {
  const point = (value: YearValue | number | null) => (value === null || typeof value === "number" ? value : value.value);
  const rows = plan.indicators
    .map((row) => ({ row, info: needs.overview.indicators.find((i) => i.id === row.id) }))
    .filter((pair): pair is { row: AreaPlan["indicators"][number]; info: IndicatorInfo } => pair.info !== undefined);
  if (!rows.length) return null;
  const { years } = needs.overview;
  const say = (value: number | null, info: IndicatorInfo) =>
    value === null ? w("no data") : number(value, reader(), info.decimals);
  return h(
    "section",
    { class: "panel-section", "aria-labelledby": "figures-title" },
    h("h3", { id: "figures-title" }, w("Modelled figures")),
    h(
      "table",
      { class: "figure-table" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, w("Figure")),
          h("th", { scope: "col", class: "number" }, String(years[0])),
          h("th", { scope: "col", class: "number" }, String(years.at(-1))),
        ),
      ),
      h(
        "tbody",
        {},
        ...rows.map(({ row, info }) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, pick(info.name), " ", h("span", { class: "quiet" }, pick(info.unit))),
            h("td", { class: "number" }, say(point(row.first), info)),
            h("td", { class: "number" }, say(point(row.last), info)),
          ),
        ),
      ),
    ),
    h("p", { class: "fine" }, w("Assumed: derived from the city's figures, with ranges on the commune's page.")),
  );
}
