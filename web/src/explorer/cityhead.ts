/** The first thing that the page says: which city, from when to when, and three figures with their verdicts. */
import { h } from "./dom.ts";
import { number } from "./format.ts";
import type { Store } from "./state.ts";
import type { Headline, Named, Overview } from "./types.ts";
import { pick, reader, w } from "./words.ts";

/** "Thành phố Hải Phòng", "Hải Phòng City": the name alone, where there is little room. */
export const shortName = (city: string) => city.replace(/^(Thành phố|Tỉnh) /, "").replace(/ City$/, "");

const LOOKS: Record<string, [look: string, icon: string]> = {
  met: ["good", "✓"],
  "on track": ["good", "✓"],
  missed: ["bad", "✗"],
  "off track": ["bad", "✗"],
  ambiguous: ["close", "≈"],
};
/** What people call the first three figures; others keep the name of the register. */
const SHORT: Record<string, () => string> = {
  population: () => w("Population"),
  grdp_growth: () => w("Growth of GRDP"),
  port_teu: () => w("Containers"),
};
const SIGNS: Record<string, string> = { ">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< " };

export function cityTitle(overview: Overview): string {
  const first = overview.headlines[0]?.first.year ?? overview.plan.base_year;
  return `${shortName(pick(overview.plan.name))} ${first} → ${overview.plan.horizon}`;
}

/** Each figure is a button that shows it on the chart and the map. */
export function cityHead(overview: Overview, store: Store): HTMLElement {
  const buttons = overview.headlines.map((line) =>
    h(
      "button",
      { type: "button", class: "city-figure", onclick: () => store.change({ indicator: line.indicator }) },
      ...figureOf(line),
    ),
  );
  const paint = () =>
    buttons.forEach((button, i) =>
      button.setAttribute("aria-pressed", String(overview.headlines[i]!.indicator === store.now.indicator)),
    );
  paint();
  store.listen(paint);
  return h(
    "header",
    { class: "city-head" },
    h("h2", { class: "city-title" }, cityTitle(overview)),
    buttons.length > 0 && h("div", { class: "city-figures" }, ...buttons),
  );
}

/** The same in the handle of the sheet, where it is looked at and the panel below holds the buttons. */
export function cityStrip(overview: Overview): HTMLElement {
  return h(
    "div",
    { class: "sheet-headline sheet-headline--city", "aria-hidden": "true" },
    h("span", { class: "city-title" }, cityTitle(overview)),
    h("span", { class: "city-figures" }, ...overview.headlines.map((line) => h("span", { class: "city-figure" }, ...figureOf(line)))),
  );
}

function figureOf(line: Headline): HTMLElement[] {
  const { value, unit, note } = wording(line);
  return [
    h("span", { class: "city-figure-name" }, SHORT[line.indicator]?.() ?? pick(line.name)),
    h("span", { class: "city-figure-value" }, value, " ", h("span", { class: "city-figure-unit" }, unit)),
    h("span", { class: "city-figure-note" }, note),
    verdict(line),
  ];
}

interface Wording {
  value: string;
  unit: string;
  note: string;
}

/** A mean that a target asks for stands with its years; any other figure goes from the first year to the last. */
export function wording(line: Headline): Wording {
  const { target } = line;
  if (target && target.value !== null && target.target !== null) {
    const years = target.year_from && target.year_from !== target.year ? `${target.year_from}–${target.year}` : String(target.year);
    const wanted = [target.target, target.target_high].filter((v) => v !== null).map((v) => trimmed(v!, 2));
    return {
      value: trimmed(target.value, 1),
      unit: pick(target.unit),
      note: `${years}, ${w("wanted")} ${SIGNS[target.operator] ?? ""}${wanted.join("–")}`,
    };
  }
  const { value, unit } = scaled(line.last.value, line.unit);
  const before = scaled(line.first.value, line.unit);
  return { value: `${before.value} → ${value}`, unit, note: `${line.first.year} → ${line.last.year}` };
}

/** Persons in millions, as people say them. */
function scaled(value: number | null, unit: Named): { value: string; unit: string } {
  if (value === null) return { value: w("no data"), unit: "" };
  if (unit.en === "persons" && value >= 1e6) return { value: trimmed(value / 1e6, 2), unit: w("million people") };
  return { value: trimmed(value, 1), unit: pick(unit) };
}

const trimmed = (value: number, decimals: number): string => {
  const text = number(value, reader(), decimals);
  return decimals && Number.isInteger(value) ? number(value, reader(), 0) : text;
};

function verdict(line: Headline): HTMLElement {
  const [look, mark] = LOOKS[line.target?.verdict ?? ""] ?? ["plain", "○"];
  const words = line.target ? pick(line.target.verdict_name) : w("no target in force");
  if (!line.target) return h("span", { class: "city-figure-none" }, words);
  return h("span", { class: `badge badge--${look}` }, h("span", { class: "badge-icon", "aria-hidden": "true" }, mark), " ", words);
}
