/** The small map in the corner: the whole East Sea with Hoàng Sa and Trường Sa; it takes the large one there. */
import drawing from "../generated/inset.json";
import { shortName } from "./cityhead.ts";
import { h, s } from "./dom.ts";
import { w } from "./words.ts";

export function inset(city: string, at: { lon: number; lat: number }, look: (sea: boolean) => void): HTMLElement {
  const x = (lon: number) => (lon - drawing.west) * 10;
  const y = (lat: number) => (drawing.north - lat) * 10;
  const dots = (lon: number, lat: number) =>
    [
      [0, 0],
      [5, 3],
      [-4, 4],
      [3, -4],
      [9, -1],
    ].map(([dx, dy]) => s("circle", { cx: x(lon) + dx!, cy: y(lat) + dy!, r: 1.3, class: "inset-island" }));
  /** Two lines whose distance follows the size of the letters, whatever the style sheet makes it. */
  const label = (lon: number, lat: number, words: string) =>
    s(
      "text",
      { x: x(lon), y: y(lat), "text-anchor": "middle" },
      s("tspan", { x: x(lon), dy: "1.35em" }, words),
      s("tspan", { x: x(lon), dy: "1.1em" }, "(Việt Nam)"),
    );
  let away = false;
  const button = h(
    "button",
    {
      type: "button",
      class: "inset",
      "aria-pressed": "false",
      onclick: () => {
        away = !away;
        button.setAttribute("aria-pressed", String(away));
        look(away);
      },
    },
    h("span", { class: "visually-hidden" }, w("Show the East Sea with Hoàng Sa and Trường Sa")),
    s(
      "svg",
      { viewBox: `0 0 ${drawing.width} ${drawing.height}`, "aria-hidden": "true" },
      s("path", { d: drawing.path, class: "inset-land" }),
      ...dots(112, 16.4),
      ...dots(113.5, 9.5),
      label(112, 16.4, "Hoàng Sa"),
      label(112.6, 9.9, "Trường Sa"),
      s("circle", { cx: x(at.lon), cy: y(at.lat), r: 3.4, class: "inset-city" }),
      s("text", { x: x(at.lon) + 7, y: y(at.lat) + 3.5, class: "inset-here" }, shortName(city)),
    ),
  );
  return button;
}
