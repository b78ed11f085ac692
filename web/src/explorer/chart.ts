/**
 * One indicator over time: what was observed, what is modelled with its swing, and what documents promise.
 * Series of the former and of the merged city are never joined, and only whole years in one unit make a line;
 * the table below the chart holds the rest too.
 */
import { h, s } from "./dom.ts";
import { axis, number, short } from "./format.ts";
import { ticks } from "./scale.ts";
import type { IndicatorInfo, Modelled, Named, Observed, Series, TargetMark } from "./types.ts";
import { pick, reader, w } from "./words.ts";

const HEIGHT = 216;
const MARGIN = { top: 30, right: 20, bottom: 26 };
/** A digit of a tick is so wide, and so much air stands on both sides of the ticks. */
const DIGIT_PX = 7;
const AROUND_TICKS_PX = 14;

/** Room for the longest tick, so that none is cut off. */
export const leftOf = (ticks: readonly string[]): number =>
  AROUND_TICKS_PX + DIGIT_PX * Math.max(2, ...ticks.map((tick) => tick.length));

type At = (value: number) => number;
type Known<T> = T & { value: number };
const known = <T extends { value: number | null }>(row: T): row is Known<T> => row.value !== null;

export interface Chart {
  element: HTMLElement;
  setYear(year: number): void;
}

type Year = Known<Observed> & { year: number };

/** What another run of the plan makes of it. */
export interface Future {
  name: string;
  rows: { year: number; value: number | null }[];
}

/** `former`: what was observed in the areas that became this one. */
export function chart(
  series: Series,
  former: readonly Observed[],
  info: IndicatorInfo,
  year: number,
  width: number,
  future: Future | null = null,
): Chart {
  const observed = wholeYears(series.observed, series.unit);
  const before = wholeYears(former, series.unit);
  const modelled = series.simulated.filter(known);
  const targets = series.targets.filter(known).filter((t) => t.year !== null);
  if (!observed.length && !modelled.length && !before.length) {
    return { element: h("p", { class: "no-data" }, w("No data for this figure.")), setYear: () => undefined };
  }
  const other = (future?.rows ?? []).filter((row): row is { year: number; value: number } => row.value !== null);
  const reach = reachOf([...before, ...observed, ...other], modelled, targets);
  const steps = ticks(reach.low, reach.high);
  const lang = reader();
  const said = axis(steps, lang);
  const left = leftOf(said);
  const x = scale(reach.first, reach.last, left, width - MARGIN.right);
  const y = scale(steps[0]!, steps.at(-1)!, HEIGHT - MARGIN.bottom, MARGIN.top);

  const cursor = s("g", { class: "chart-cursor" });
  const svg = s(
    "svg",
    { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": describe(series, info) },
    s("text", { class: "chart-unit", x: 0, y: 12 }, pick(info.unit)),
    ...steps.flatMap((tick, i) => [
      s("line", { class: "chart-grid", x1: left, x2: width - MARGIN.right, y1: y(tick), y2: y(tick) }),
      s("text", { class: "chart-tick", x: left - 7, y: y(tick) + 4, "text-anchor": "end" }, said[i]!),
    ]),
    ...yearTicks(reach.first, reach.last, width).map((tick) =>
      s("text", { class: "chart-tick", x: x(tick), y: HEIGHT - 8, "text-anchor": "middle" }, String(tick)),
    ),
    band(modelled, x, y),
    modelled.length > 0 && s("path", { class: "chart-modelled", d: path(modelled, x, y) }),
    other.length > 0 && s("path", { class: "chart-other", d: path(other, x, y) }),
    ...line(before, "chart-former", x, y),
    ...line(observed, "chart-observed", x, y),
    ...targets.map((target) => aim(target, x, y)),
    cursor,
  );

  function setYear(now: number): void {
    const at = x(Math.min(Math.max(now, reach.first), reach.last));
    const point = modelled.find((row) => row.year === now) ?? observed.findLast((row) => row.year === now);
    cursor.replaceChildren(
      s("line", { class: "chart-now", x1: at, x2: at, y1: MARGIN.top - 6, y2: HEIGHT - MARGIN.bottom }),
      ...(point ? [s("circle", { class: "chart-now-dot", cx: at, cy: y(point.value), r: 4.5 })] : []),
    );
  }
  setYear(year);

  const element = h(
    "figure",
    { class: "chart" },
    svg,
    h("figcaption", { class: "chart-key" }, ...keys(before, observed, modelled, targets, other.length ? future!.name : "")),
    table([...former, ...series.observed].filter(known), modelled, targets, info, future),
  );
  return { element, setYear };
}

function wholeYears(rows: readonly Observed[], unit: Named): Year[] {
  return rows
    .filter(known)
    .filter((row): row is Year => /^\d{4}$/.test(row.period) && row.year !== null && (!row.unit || row.unit.en === unit.en));
}

function line(rows: Year[], kind: "chart-former" | "chart-observed", x: At, y: At): SVGElement[] {
  const years = oneAYear(rows);
  const dots = years.map((row) => s("circle", { class: `${kind}-dot`, cx: x(row.year), cy: y(row.value), r: 2.6 }));
  return years.length > 1 ? [s("path", { class: kind, d: path(years, x, y) }), ...dots] : dots;
}

function reachOf(observed: { year: number; value: number }[], modelled: Known<Modelled>[], targets: Known<TargetMark>[]) {
  const values = [
    ...observed.map((row) => row.value),
    ...modelled.flatMap((row) => [row.value, row.low ?? row.value, row.high ?? row.value]),
    ...targets.flatMap((row) => [row.value, row.high ?? row.value]),
  ];
  const years = [...observed, ...modelled, ...targets].flatMap((row) => (row.year === null ? [] : [row.year]));
  return {
    low: Math.min(...values),
    high: Math.max(...values),
    first: Math.floor(Math.min(...years)),
    last: Math.ceil(Math.max(...years)),
  };
}

function scale(low: number, high: number, start: number, end: number): (value: number) => number {
  const span = high - low || 1;
  return (value) => Math.round((start + ((value - low) / span) * (end - start)) * 10) / 10;
}

function path(rows: readonly { year: number; value: number }[], x: At, y: At): string {
  return rows.map((row, i) => `${i ? "L" : "M"}${x(row.year)} ${y(row.value)}`).join("");
}

function band(rows: Known<Modelled>[], x: At, y: At): SVGPathElement | null {
  const wide = rows.filter((row) => row.low !== null && row.high !== null);
  if (!wide.length) return null;
  const upper = wide.map((row) => `${x(row.year)} ${y(row.high!)}`);
  const lower = wide.toReversed().map((row) => `${x(row.year)} ${y(row.low!)}`);
  return s("path", { class: "chart-band", d: `M${[...upper, ...lower].join("L")}Z` });
}

/** Of several vintages of a year the revised one, else the last. */
function oneAYear(rows: Year[]): Year[] {
  const years = new Map<number, Year>();
  for (const row of rows) {
    if (!years.get(row.year)?.vintage?.includes("revised")) years.set(row.year, row);
  }
  return [...years.values()].sort((a, b) => a.year - b.year);
}

/** A diamond for one year; a bar with two ends for a mean over years; a bracket for a range. */
function aim(target: Known<TargetMark>, x: At, y: At): SVGGElement {
  const at = x(target.year!);
  const top = y(target.high ?? target.value);
  const low = y(target.value);
  const over = target.year_from !== null && target.year_from < target.year!;
  return s(
    "g",
    { class: "chart-aim" },
    s("title", {}, `${documentOf(target)}: ${targetWords(target)}`),
    over
      ? s("line", { class: "chart-target-span", x1: x(target.year_from!), x2: at, y1: low, y2: low })
      : target.high !== null && s("line", { class: "chart-target-span", x1: at, x2: at, y1: low, y2: top }),
    s("path", { class: "chart-target", d: `M${at} ${low - 5}l5 5-5 5-5-5Z` }),
  );
}

function documentOf(target: TargetMark): string {
  const { document } = target;
  if (document && typeof document === "object" && "id" in document) return document.number ?? document.id;
  return pick(document);
}

function targetWords(target: TargetMark): string {
  const years = target.year_from && target.year_from !== target.year ? `${target.year_from}–${target.year}` : target.year;
  const value = [target.value, target.high].filter((v) => v !== null).map((v) => short(v!, reader()));
  const sign = ({ ">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< " } as Record<string, string>)[target.operator] ?? "";
  return `${sign}${value.join("–")} (${years})`;
}

function yearTicks(first: number, last: number, width: number): number[] {
  const step = (last - first) / (width / 52) > 5 ? 10 : 5;
  const all = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((year) => year % step === 0);
  return all.length > 1 ? all : [first, last];
}

function keys(before: unknown[], observed: unknown[], modelled: Known<Modelled>[], targets: unknown[], other: string): HTMLElement[] {
  const sample = (kind: string, words: string) =>
    h(
      "span",
      { class: "chart-key-item" },
      s(
        "svg",
        { viewBox: "0 0 22 12", width: 22, height: 12, "aria-hidden": "true" },
        kind === "band" && s("rect", { class: "chart-band", x: 0, y: 1, width: 22, height: 10 }),
        (kind === "observed" || kind === "former") && s("path", { class: `chart-${kind}`, d: "M1 6H21" }),
        (kind === "observed" || kind === "former") && s("circle", { class: `chart-${kind}-dot`, cx: 11, cy: 6, r: 2.6 }),
        kind === "modelled" && s("path", { class: "chart-modelled", d: "M1 6H21" }),
        kind === "other" && s("path", { class: "chart-other", d: "M1 6H21" }),
        kind === "target" && s("path", { class: "chart-target", d: "M11 1l5 5-5 5-5-5Z" }),
      ),
      words,
    );
  return [
    ...(before.length ? [sample("former", w("Observed, city before July 2025"))] : []),
    ...(observed.length ? [sample("observed", w("Observed"))] : []),
    ...(modelled.length ? [sample("modelled", w("Modelled"))] : []),
    ...(other ? [sample("other", other)] : []),
    ...(modelled.some((row) => row.low !== null) ? [sample("band", w("Swing of assumptions"))] : []),
    ...(targets.length ? [sample("target", w("Target"))] : []),
  ];
}

function describe(series: Series, info: IndicatorInfo): string {
  const last = series.simulated.filter(known).at(-1);
  const seen = series.observed.filter(known).at(-1);
  const say = (value: number) => `${number(value, reader(), info.decimals)} ${pick(info.unit)}`;
  return [
    pick(info.name),
    seen && w("last observed {value} in {year}", { value: say(seen.value), year: seen.period }),
    last && w("modelled {value} in {year}", { value: say(last.value), year: last.year }),
    series.targets.length > 0 && w("{count} targets", { count: series.targets.length }),
  ]
    .filter(Boolean)
    .join("; ");
}

function table(
  observed: Known<Observed>[],
  modelled: Known<Modelled>[],
  targets: Known<TargetMark>[],
  info: IndicatorInfo,
  future: Future | null,
): HTMLElement {
  const say = (value: number | null) => (value === null ? "–" : number(value, reader(), info.decimals));
  const row = (year: string, what: string, value: string) =>
    h("tr", {}, h("th", { scope: "row" }, year), h("td", {}, what), h("td", { class: "number" }, value));
  const milestones = modelled.filter((m) => m.year % 5 === 0);
  return h(
    "details",
    { class: "chart-table" },
    h("summary", {}, w("Show as a table")),
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, w("Year")),
          h("th", { scope: "col" }, w("Kind")),
          h("th", { scope: "col", class: "number" }, pick(info.unit)),
        ),
      ),
      h(
        "tbody",
        {},
        ...observed.map((o) => row(o.period, w("Observed"), o.unit && o.unit.en !== info.unit.en ? `${short(o.value, reader())} ${pick(o.unit)}` : say(o.value))),
        ...milestones.map((m) =>
          row(
            String(m.year),
            w("Modelled"),
            m.low === null || m.high === null ? say(m.value) : `${say(m.value)} (${say(m.low)} – ${say(m.high)})`,
          ),
        ),
        ...(future?.rows ?? []).filter((m) => m.year % 5 === 0 && m.value !== null).map((m) => row(String(m.year), future!.name, say(m.value))),
        ...targets.map((t) => row(String(t.year), `${w("Target")}, ${documentOf(t)}`, targetWords(t))),
      ),
    ),
  );
}
