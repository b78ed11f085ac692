/** Up to four changes beside the plan as it stands, in tables that share their columns. */
import { h } from "../dom.ts";
import { capital } from "../format.ts";
import { pick, w } from "../words.ts";
import { better } from "./difference.ts";
import { figure, inWords, verdict } from "./result.ts";
import type { Compared } from "./types.ts";

export const LETTERS = ["A", "B", "C", "D"];

export function comparison(found: Compared, year: number, names: readonly string[]): HTMLElement {
  const heads = [h("th", { scope: "col", class: "number" }, w("Plan")), ...names.map((_, i) => h("th", { scope: "col", class: "number" }, LETTERS[i]!))];
  const targets = found.targets.filter((row) => new Set(row.values.map((value) => value?.toPrecision(5))).size > 1 || new Set(row.verdicts).size > 1);
  const city = found.city.filter((row) => row.telling.some(Boolean));
  return h(
    "div",
    { class: "compared" },
    h("ol", { class: "compared-names" }, ...names.map((name, i) => h("li", {}, h("span", { class: "letter" }, LETTERS[i]!), h("span", {}, name, ...said(found, i))))),
    h("p", { class: "fine" }, w("▲ better than the plan, ▼ worse; without a mark the difference is too small to count, or neither is better.")),
    h("h3", {}, w("Targets")),
    targets.length
      ? wrap(
          w("Targets"),
          heads,
          targets.map((row) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, pick(row.name), h("span", { class: "quiet" }, ` ${pick(row.unit)}${row.year ? `, ${row.year}` : ""}`)),
              ...row.values.map((value, i) => h("td", { class: "number" }, h("span", { class: "compared-value" }, figure(value, spread(row.values))), verdict(row.verdicts[i] ?? null, row.verdict_names[i]))),
            ),
          ),
        )
      : h("p", { class: "quiet" }, w("No target moves by more than the model can tell.")),
    h("h3", {}, w("The whole city, {year}", { year })),
    city.length
      ? wrap(
          w("The whole city, {year}", { year }),
          heads,
          city.map((row) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, capital(pick(row.name)), h("span", { class: "quiet" }, ` ${pick(row.unit)}`)),
              ...row.values.map((value, i) => {
                const base = row.values[0] ?? null;
                const judged = i > 0 && row.telling[i] && value !== null && base !== null ? better(row.better, value - base) : "";
                return h("td", { class: `number${judged ? ` compared--${judged}` : ""}` }, judged && h("span", { class: "compared-mark" }, h("span", { "aria-hidden": "true" }, judged === "better" ? "▲ " : "▼ "), h("span", { class: "visually-hidden" }, judged === "better" ? w("better") : w("worse"), " ")), figure(value, Math.max(row.decimals, spread(row.values))));
              }),
            ),
          ),
        )
      : h("p", { class: "quiet" }, w("Nothing in the city moves by more than the model can tell.")),
  );
}

function said(found: Compared, at: number): HTMLElement[] {
  const words = found.changes[at]?.words.map(inWords).filter(Boolean) ?? [];
  return words.slice(0, 2).map((line) => h("span", { class: "quiet compared-said" }, line));
}

/** Decimals that tell the values of a row apart. */
function spread(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null);
  const apart = Math.max(...known) - Math.min(...known);
  const size = Math.max(...known.map(Math.abs));
  return apart > 0 ? Math.max(0, Math.min(4, Math.ceil(-Math.log10(apart)) + 1)) : size >= 1000 ? 0 : 1;
}

function wrap(label: string, heads: HTMLElement[], rows: HTMLElement[]): HTMLElement {
  return h(
    "div",
    { class: "compared-wrap", tabindex: "0", role: "region", "aria-label": label },
    h("table", { class: "figure-table" }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, w("Figure")), ...heads.map((head) => head.cloneNode(true)))), h("tbody", {}, ...rows)),
  );
}
