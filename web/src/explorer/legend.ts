/** What the colours of the communes mean. */
import { h, s } from "./dom.ts";
import { axis, short } from "./format.ts";
import type { Scale } from "./scale.ts";
import type { IndicatorInfo } from "./types.ts";
import { pick, reader, w } from "./words.ts";

const WIDE = 264;
/** Size of the labels in the units of the drawing; a character is little more than half of it wide. */
export const LETTERS = 11;
const CHARACTER = 0.55;
const AIR = 5;

export function legend(info: IndicatorInfo, scale: Scale | null, year: number, status: string | null, letters = LETTERS): HTMLElement {
  if (!scale) {
    return h(
      "div",
      { class: "legend" },
      h("p", { class: "legend-title" }, pick(info.name)),
      h("p", { class: "legend-note" }, w("Known for the whole city only; the map is not coloured by it.")),
    );
  }
  const count = scale.colours.length;
  const cell = WIDE / count;
  const labels = axis(scale.breaks, reader());
  const step = everyHow(labels, cell, letters);
  return h(
    "div",
    { class: "legend" },
    h(
      "p",
      { class: "legend-title" },
      pick(info.name),
      ", ",
      h("span", { class: "legend-unit" }, pick(info.unit)),
      h("span", { class: "legend-year" }, String(year)),
    ),
    s(
      "svg",
      { viewBox: `-14 0 ${WIDE + 28} ${21 + letters * 1.15}`, role: "img", class: "legend-scale", "aria-label": inWords(scale) },
      ...scale.colours.map((fill, i) => s("rect", { x: i * cell, y: 0, width: cell, height: 14, fill })),
      s("rect", { x: 0, y: 0, width: WIDE, height: 14, fill: "none", stroke: "#12283a", "stroke-opacity": 0.35 }),
      ...scale.breaks.flatMap((_, i) => [
        s("line", { x1: (i + 1) * cell, x2: (i + 1) * cell, y1: 0, y2: 18, stroke: "#12283a", "stroke-opacity": 0.5 }),
        (scale.breaks.length - 1 - i) % step === 0 &&
          s("text", { x: (i + 1) * cell, y: 19 + letters, "font-size": letters, "text-anchor": "middle" }, labels[i]!),
      ]),
    ),
    h(
      "p",
      { class: "legend-note" },
      h("span", { class: "legend-key" }, h("span", { class: "swatch swatch--none" }), w("no data")),
      status === "assumed" &&
        h("span", { class: "legend-key" }, h("span", { class: "swatch swatch--assumed" }), w("assumed, rests on estimates")),
    ),
  );
}

/** A patch of one colour, as an attribute of a drawing: the page allows no style of its own on an element. */
export function swatch(fill: string): SVGSVGElement {
  return s("svg", { viewBox: "0 0 18 12", width: 18, height: 12, class: "swatch-drawn", "aria-hidden": "true" }, s("rect", { x: 0.5, y: 0.5, width: 17, height: 11, fill, stroke: "#7b8791" }));
}

/** Every label where they fit beside one another, else every second one, or third. */
export function everyHow(labels: readonly string[], cell: number, letters = LETTERS): number {
  const longest = Math.max(0, ...labels.map((label) => label.length)) * CHARACTER * letters + AIR;
  return Math.max(1, Math.ceil(longest / cell));
}

function inWords(scale: Scale): string {
  const say = (value: number) => short(value, reader());
  return w("{count} classes from {low} to {high}", {
    count: scale.colours.length,
    low: say(scale.lowest),
    high: say(scale.highest),
  });
}
