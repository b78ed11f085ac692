/** What the colours of the communes mean. */
import { h, s } from "./dom.ts";
import { short } from "./format.ts";
import type { Scale } from "./scale.ts";
import type { IndicatorInfo } from "./types.ts";
import { pick, reader, w } from "./words.ts";

export function legend(info: IndicatorInfo, scale: Scale | null, year: number, status: string | null): HTMLElement {
  if (!scale) {
    return h(
      "div",
      { class: "legend" },
      h("p", { class: "legend-title" }, pick(info.name)),
      h("p", { class: "legend-note" }, w("Known for the whole city only; the map is not coloured by it.")),
    );
  }
  const count = scale.colours.length;
  const wide = 264;
  const cell = wide / count;
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
      { viewBox: `-14 0 ${wide + 28} 34`, role: "img", class: "legend-scale", "aria-label": inWords(scale) },
      ...scale.colours.map((fill, i) => s("rect", { x: i * cell, y: 0, width: cell, height: 14, fill })),
      s("rect", { x: 0, y: 0, width: wide, height: 14, fill: "none", stroke: "#12283a", "stroke-opacity": 0.35 }),
      ...scale.breaks.flatMap((at, i) => [
        s("line", { x1: (i + 1) * cell, x2: (i + 1) * cell, y1: 0, y2: 18, stroke: "#12283a", "stroke-opacity": 0.5 }),
        s("text", { x: (i + 1) * cell, y: 30, "text-anchor": "middle" }, short(at, reader())),
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

function inWords(scale: Scale): string {
  const say = (value: number) => short(value, reader());
  return w("{count} classes from {low} to {high}", {
    count: scale.colours.length,
    low: say(scale.lowest),
    high: say(scale.highest),
  });
}
