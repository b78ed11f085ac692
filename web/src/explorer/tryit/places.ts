/** Saying where: a point, an outline or a line, by drawing on the map, by the name of a commune, or by typing. */
import type { Position } from "geojson";
import { h, replace } from "../dom.ts";
import { number } from "../format.ts";
import { icon } from "../icons.ts";
import { reader, w } from "../words.ts";
import { choiceField, type Control, framed, numberOf } from "./forms.ts";
import { asTyped, type At, crossesItself, disc, hectares, rounded, typedPlace, typedPlaces } from "./ground.ts";

export interface Commune {
  id: string;
  name: string;
  at: At;
}

export interface OnMap {
  /** False where this browser draws no map: then only forms remain. */
  able(): boolean;
  pick(): Promise<At | null>;
  draw(shape: "polygon" | "line", start: readonly Position[] | null, snap: readonly At[]): Promise<At[] | null>;
  look(at: At): void;
  /** Shown while a form is open. */
  sketch(points: readonly Position[], closed: boolean): void;
}

const NOWHERE = "";

export interface PlaceControl extends Control {
  at(): At | null;
}

/** One point. `before` is where the plan has it. */
export function placeField(field: string, label: string, onMap: OnMap, communes: readonly Commune[], now: At | null, before: At | null): PlaceControl {
  const input = h("input", { id: `try-place-${field}`, type: "text", class: "input", autocomplete: "off", spellcheck: "false", placeholder: "106.68, 20.86", onchange: () => sketch() });
  input.value = now ? asTyped([now]) : before ? asTyped([rounded(before)]) : "";
  const parts = framed(field, input, { label, hint: w("longitude, latitude"), before: before ? w("In the plan: {value}", { value: asTyped([rounded(before)]) }) : "" });
  const at = () => (input.value.trim() ? typedPlace(input.value) : null);
  const sketch = () => {
    const point = at();
    onMap.sketch(point ? [point] : [], false);
    if (point) onMap.look(point);
  };
  const set = (point: At | null) => {
    if (!point) return;
    input.value = asTyped([point]);
    sketch();
  };
  const middle = choiceField(`${field}-commune`, w("or in the middle of"), [{ value: NOWHERE, name: w("choose a commune") }, ...communes.map(({ id, name }) => ({ value: id, name }))], NOWHERE);
  middle.select.addEventListener("change", () => set(communes.find(({ id }) => id === middle.select.value)?.at ?? null));
  const onMapButton = h("button", { type: "button", class: "button button--quiet", onclick: () => void onMap.pick().then((point) => (set(point), onMapButton.focus())) }, icon("pin", 18), w("Choose on the map"));
  const element = h("div", { class: "field-group" }, parts.element, onMap.able() && onMapButton, middle.element);
  return {
    element,
    field,
    at,
    complain: parts.complain,
    read: () => {
      const point = at();
      return !point || (before && String(point) === String(rounded(before))) ? undefined : point;
    },
    wrong: () => (input.value.trim() && !at() ? w("Write two numbers, such as 106.68, 20.86.") : null),
    focus: () => input.focus(),
  };
}

export interface OutlineControl extends Control {
  ring(): At[] | null;
}

type Way = "draw" | "around" | "typed";

/** An outline, in one of three ways. */
export function outlineField(onMap: OnMap, communes: readonly Commune[], start: readonly Position[] | null, needed: boolean): OutlineControl {
  let ring: At[] | null = null;
  let typedWrong: number | null = null;
  const about = h("p", { class: "outline-about", role: "status" });
  const fault = h("p", { class: "field-fault", id: "try-outline-fault", hidden: true });
  const show = () => {
    replace(about, ring ? w("{hectares} ha, {count} corners", { hectares: number(hectares(ring), reader(), hectares(ring) < 10 ? 1 : 0), count: ring.length - 1 }) : needed ? w("No outline yet.") : w("The outline stays as it is."));
    onMap.sketch(ring ?? [], true);
  };

  const commune = choiceField("around", w("Around the middle of"), communes.map(({ id, name }) => ({ value: id, name })), communes[0]?.id);
  const size = h("input", { id: "try-around-ha", type: "text", inputmode: "decimal", class: "input", value: "200", autocomplete: "off" });
  const sizeFrame = framed("around_ha", size, { label: w("Hectares") });
  const around = () => {
    const ha = numberOf(size.value);
    const middle = communes.find(({ id }) => id === commune.select.value);
    ring = middle && ha !== null && ha > 0 ? disc(middle.at, ha) : null;
    sizeFrame.complain(ha !== null && ha > 0 ? null : w("Write a number above zero."));
    show();
    if (middle && ring) onMap.look(middle.at);
  };
  commune.select.addEventListener("change", around);
  size.addEventListener("change", around);

  const typed = h("textarea", { id: "try-typed", class: "input input--long", rows: 6, spellcheck: "false", placeholder: "106.70, 20.85\n106.72, 20.85\n106.72, 20.83" });
  const typedFrame = framed("typed", typed, { label: w("Corners, one a line"), hint: w("longitude, latitude") });
  typed.addEventListener("change", () => {
    const { points, wrong } = typedPlaces(typed.value);
    typedWrong = wrong;
    const open = points.length > 1 && String(points[0]) === String(points.at(-1)) ? points.slice(0, -1) : points;
    ring = wrong === null && open.length >= 3 ? [...open, open[0]!] : null;
    typedFrame.complain(wrong !== null ? w("Line {line} is no place; write two numbers.", { line: wrong }) : open.length < 3 ? w("An outline needs three corners or more.") : null);
    show();
    if (ring) onMap.look(ring[0]!);
  });

  const drawButton = h(
    "button",
    {
      type: "button",
      class: "button button--quiet",
      onclick: () =>
        void onMap.draw("polygon", ring ?? start, []).then((drawn) => {
          if (drawn) ring = drawn;
          show();
          drawButton.focus();
        }),
    },
    icon("pen", 18),
    start ? w("Move its corners on the map") : w("Draw on the map"),
  );
  const bodies: Record<Way, HTMLElement> = {
    draw: h("div", {}, drawButton),
    around: h("div", { class: "field-pair" }, commune.element, sizeFrame.element),
    typed: h("div", {}, typedFrame.element),
  };
  const names: Record<Way, string> = { draw: start ? w("Draw it anew or move its corners") : w("Draw on the map"), around: w("So many hectares around a commune"), typed: w("Type the corners") };
  const ways = (onMap.able() ? ["draw", "around", "typed"] : ["around", "typed"]) as Way[];
  const open = (way: Way) => {
    for (const one of ways) bodies[one].hidden = one !== way;
    if (way === "typed") typed.value = asTyped((ring ?? start ?? []).slice(0, -1));
  };
  const radios = ways.map((way, i) => h("label", { class: "way" }, h("input", { type: "radio", name: "try-outline-way", value: way, checked: i === 0, onchange: () => (open(way), way === "around" && !ring && around()) }), names[way]));
  const element = h("fieldset", { class: "field field--outline" }, h("legend", {}, w("Outline")), fault, h("div", { class: "ways" }, ...radios), ...ways.map((way) => bodies[way]), about);
  open(ways[0]!);
  show();
  return {
    element,
    field: "geometry",
    ring: () => ring,
    read: () => (ring ? { type: "Polygon", coordinates: [ring] } : undefined),
    wrong: () => (typedWrong !== null ? w("Line {line} is no place; write two numbers.", { line: typedWrong }) : !ring ? (needed ? w("Say where the zone lies: draw it, or choose another way.") : null) : crossesItself(ring) ? w("The outline crosses itself; move its corners apart.") : null),
    complain(words) {
      fault.hidden = words === null;
      fault.textContent = words ?? "";
      element.classList.toggle("field--wrong", words !== null);
      if (words === null) element.removeAttribute("aria-describedby");
      else element.setAttribute("aria-describedby", fault.id);
    },
    focus: () => element.querySelector<HTMLElement>("input")?.focus(),
  };
}
