/** Two futures: what another run of the plan makes of the chosen figure, less what the shown one does. */
import type { Api } from "./api.ts";
import { h, replace } from "./dom.ts";
import { number } from "./format.ts";
import { legend, swatch } from "./legend.ts";
import { SAME } from "./palette.ts";
import { colourOf, differenceScale, type Scale } from "./scale.ts";
import type { Store } from "./state.ts";
import type { CommuneValues, IndicatorInfo, OfRun, RunInfo } from "./types.ts";
import { pick, reader, w } from "./words.ts";

export interface Differences {
  years: number[];
  areas: string[];
  /** values[area][year]: null where either is not known, 0 where they differ by less than the solvers leave open. */
  values: (number | null)[][];
  scale: Scale | null;
}

/** The other run less the shown one, by commune and year, with one scale for all years. */
export function differences(shown: CommuneValues, other: OfRun): Differences {
  const values = shown.areas.map((area, row) => {
    const theirs = other.values[other.areas.indexOf(area)];
    return shown.years.map((year, column) => {
      const here = shown.values[row]?.[column] ?? null;
      const there = theirs?.[other.years.indexOf(year)] ?? null;
      return here === null || there === null ? null : differenceOf(here, there, other.noise);
    });
  });
  const telling = values.flat().filter((v): v is number => v !== null && v !== 0);
  return { years: shown.years, areas: shown.areas, values, scale: differenceScale(telling) };
}

export function differenceOf(here: number, there: number, noise: number): number {
  return Math.abs(there - here) <= noise * Math.max(Math.abs(here), Math.abs(there)) ? 0 : there - here;
}

export function differenceColours(found: Differences, year: number): Map<string, string | null> {
  const column = found.years.indexOf(year);
  return new Map(
    found.areas.map((area, row) => {
      const value = found.values[row]?.[column] ?? null;
      return [area, value === null ? null : value === 0 || !found.scale ? SAME : colourOf(found.scale, value)];
    }),
  );
}

export function differenceLegend(info: IndicatorInfo, found: Differences, other: RunInfo, year: number, letters: number): HTMLElement {
  const name = w("{figure}: difference", { figure: pick(info.name) });
  const shown = legend({ ...info, name: { vi: name, en: name } }, found.scale, year, null, letters);
  const note = shown.querySelector(".legend-note");
  const same = h("span", { class: "legend-key" }, swatch(SAME), w("no difference"));
  note?.classList.add("legend-note--kept");
  if (found.scale) note?.append(same);
  else note?.replaceChildren(w("No commune differs in this figure."));
  shown.querySelector(".legend-title")?.after(h("p", { class: "legend-versus" }, w("{other}, less the plan shown", { other: runName(other) })));
  return shown;
}

/** The difference of one commune in words. */
export function differenceWords(info: IndicatorInfo, found: Differences, area: string, year: number): string {
  const value = found.values[found.areas.indexOf(area)]?.[found.years.indexOf(year)] ?? null;
  if (value === null) return w("no data");
  if (value === 0) return `${w("no difference")}, ${year}`;
  return `${value > 0 ? "+" : "−"}${number(Math.abs(value), reader(), info.decimals)} ${pick(info.unit)}, ${year}`;
}

export function runName(run: RunInfo): string {
  if (run.change_title) return pick(run.change_title);
  return run.change_hash ? w("A change of the plan, {mark}", { mark: run.change_hash.slice(0, 8) }) : w("The plan as it stands");
}

/** Runs of one name are told apart by their number. */
function namesOf(runs: readonly RunInfo[]): string[] {
  const names = runs.map(runName);
  return names.map((name, i) => (names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${i + 1})`));
}

/** The choice of another run in `host`, and in `said` what the comparison says; nothing where there is no other. */
export function chooser(api: Api, store: Store, runs: readonly RunInfo[], prefix: string, host: HTMLElement, said: HTMLElement): void {
  const shown = runs.find((run) => run.shown);
  const others = runs.filter((run) => !run.shown);
  if (!shown || !others.length) return;
  const names = namesOf(others);
  const select = h(
    "select",
    { id: "other-run", class: "indicator-select", onchange: () => store.change({ other: select.value || null }) },
    h("option", { value: "" }, w("no other future")),
    ...others.map((run, i) => h("option", { value: run.id }, names[i]!)),
  );
  const paint = async () => {
    const { other } = store.now;
    select.value = other ?? "";
    if (!other) return replace(said);
    replace(said, h("p", { class: "waiting" }, w("Loading…")));
    const told = await api.compare(shown.id, other).catch(() => null);
    if (store.now.other !== other) return;
    const sentences = told?.words[reader()] ?? [];
    const program = others.find((run) => run.id === other)?.code_hash !== shown.code_hash;
    replace(
      said,
      sentences.length ? h("ul", { class: "growth-said" }, ...sentences.slice(0, 4).map((line) => h("li", {}, line))) : h("p", {}, w("The two futures hardly differ.")),
      program && h("p", { class: "fine" }, w("The two runs were made by different versions of the program; part of the difference may be its own.")),
      h("p", { class: "panel-more" }, h("a", { href: `${prefix}/compare/?run=${shown.id}&other=${other}` }, w("The whole comparison"))),
    );
  };
  store.listen((now, before) => {
    if (now.other !== before.other) void paint();
  });
  replace(host, h("div", { class: "indicator-choice" }, h("label", { for: "other-run" }, w("Compare with")), select));
  void paint();
}
