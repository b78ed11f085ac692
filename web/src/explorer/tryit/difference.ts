/**
 * What a change does to the communes, as colours, signs and words. The colours say better or worse (brown and teal, which any eye
 * tells apart); the signs on the map say more or less; what the solvers leave open is grey.
 */
import { h, s } from "../dom.ts";
import { axis, number } from "../format.ts";
import { everyHow, swatch } from "../legend.ts";
import { SAME } from "../palette.ts";
import { colourOf, DIVERGING, nice, type Scale } from "../scale.ts";
import { pick, reader, w } from "../words.ts";
import type { CommuneChange } from "./types.ts";

type Way = CommuneChange["better"];

/** Even steps on both sides of zero for all years; null where nothing differs. Where less is better, teal is below zero. */
export function scaleOf(domain: [number, number] | null, better: Way): Scale | null {
  if (!domain) return null;
  const reach = Math.max(Math.abs(domain[0]), Math.abs(domain[1]));
  if (!reach) return null;
  const step = nice(reach / 2.5);
  const colours = better === "down" ? [...DIVERGING].reverse() : [...DIVERGING];
  return { breaks: [-2 * step, -step, 0, step, 2 * step], colours, diverging: true, lowest: domain[0], highest: domain[1] };
}

export interface Painted {
  colours: Map<string, string | null>;
  /** 1 more, -1 less, of communes that differ beyond the noise. */
  signs: Map<string, 1 | -1>;
}

/** The year in which most communes differ beyond the noise, the latest of them; the last year where none does. */
export function yearToShow(found: CommuneChange): number | undefined {
  const telling = found.years.map((_, column) => found.telling.filter((row) => row[column]).length);
  return found.years[telling.lastIndexOf(Math.max(...telling))];
}

export function painted(found: CommuneChange, year: number): Painted {
  const scale = scaleOf(found.domain, found.better);
  const column = found.years.indexOf(year);
  const colours = new Map<string, string | null>();
  const signs = new Map<string, 1 | -1>();
  found.areas.forEach((area, row) => {
    const change = found.change[row]?.[column] ?? null;
    const telling = Boolean(found.telling[row]?.[column]) && Boolean(change);
    colours.set(area, change === null ? null : telling && scale ? colourOf(scale, change) : SAME);
    if (change !== null && telling) signs.set(area, change > 0 ? 1 : -1);
  });
  return { colours, signs };
}

export const signed = (value: number, decimals: number): string => `${value > 0 ? "+" : value < 0 ? "−" : ""}${number(Math.abs(value), reader(), decimals)}`;

export function better(way: Way, change: number): "better" | "worse" | "" {
  if (!way || !change) return "";
  return change > 0 === (way === "up") ? "better" : "worse";
}

export const betterWord = (judged: "better" | "worse"): string => (judged === "better" ? w("better") : w("worse"));

/** The difference of one commune in a year, in words. */
export function communeWords(found: CommuneChange, area: string, year: number): string {
  const row = found.areas.indexOf(area);
  const column = found.years.indexOf(year);
  const change = found.change[row]?.[column] ?? null;
  if (change === null) return w("no data");
  const second = found.second[row]?.[column] ?? null;
  const now = second === null ? "" : `${number(second, reader(), found.decimals)} ${pick(found.unit)}, ${year}`;
  if (!found.telling[row]?.[column]) return [now, w("no difference that counts")].filter(Boolean).join(" · ");
  const judged = better(found.better, change);
  return [now, `${signed(change, found.decimals)}${judged ? `, ${betterWord(judged)}` : ""}`].filter(Boolean).join(" · ");
}

const WIDE = 264;

/** Colours, signs and grey, each in words. */
export function differenceLegend(found: CommuneChange, year: number, letters: number): HTMLElement {
  const scale = scaleOf(found.domain, found.better);
  const less = found.better === "down" ? w("− less: better") : found.better === "up" ? w("− less: worse") : w("− less");
  const more = found.better === "down" ? w("+ more: worse") : found.better === "up" ? w("+ more: better") : w("+ more");
  return h(
    "div",
    { class: "legend legend--try" },
    h("p", { class: "legend-title" }, pick(found.name), ", ", h("span", { class: "legend-unit" }, pick(found.unit)), h("span", { class: "legend-year" }, String(year))),
    h("p", { class: "legend-versus" }, w("Your change, less the plan as it stands")),
    scale && bar(scale, letters, `${less}; ${more}`),
    scale && h("p", { class: "legend-ends" }, h("span", {}, less), h("span", {}, more)),
    h(
      "p",
      { class: "legend-note legend-note--kept" },
      scale ? h("span", { class: "legend-key" }, swatch(SAME), w("no difference that counts")) : w("No commune differs in this figure."),
    ),
  );
}

function bar(scale: Scale, letters: number, label: string): SVGSVGElement {
  const cell = WIDE / scale.colours.length;
  const labels = axis(scale.breaks, reader()).map((text, i) => (scale.breaks[i]! > 0 ? `+${text}` : text.replace("-", "−")));
  const step = everyHow(labels, cell, letters);
  return s(
    "svg",
    { viewBox: `-14 0 ${WIDE + 28} ${21 + letters * 1.15}`, role: "img", class: "legend-scale", "aria-label": label },
    ...scale.colours.map((fill, i) => s("rect", { x: i * cell, y: 0, width: cell, height: 14, fill })),
    s("rect", { x: 0, y: 0, width: WIDE, height: 14, fill: "none", stroke: "#12283a", "stroke-opacity": 0.35 }),
    ...scale.breaks.flatMap((_, i) => [
      s("line", { x1: (i + 1) * cell, x2: (i + 1) * cell, y1: 0, y2: 18, stroke: "#12283a", "stroke-opacity": 0.5 }),
      (scale.breaks.length - 1 - i) % step === 0 && s("text", { x: (i + 1) * cell, y: 19 + letters, "font-size": letters, "text-anchor": "middle" }, labels[i]!),
    ]),
  );
}
