/**
 * Fields of a form, each with its label, what the plan says, and a place for what is wrong with it. A field says `undefined` while
 * nothing was changed, and null when it was emptied.
 */
import { h, replace } from "../dom.ts";
import { bestFits } from "../fold.ts";
import { capital, number } from "../format.ts";
import { pick, reader, w } from "../words.ts";
import type { FieldInfo } from "./types.ts";

export interface Control {
  element: HTMLElement;
  field: string;
  /** Undefined: as it was. */
  read(): unknown;
  /** What is wrong with what was typed; null when it can be read. */
  wrong(): string | null;
  complain(words: string | null): void;
  focus(): void;
}

let made = 0;
const freshName = (field: string) => `try-${field.replace(/\W/g, "-")}-${(made += 1)}`;

interface Frame {
  label: string;
  unit?: string;
  hint?: string;
  /** What the plan says. */
  before?: string;
}

/** A label over a control, with hint, plan value and fault tied to it for a screen reader. */
export function framed(field: string, control: HTMLElement, frame: Frame): { element: HTMLElement; complain(words: string | null): void } {
  const id = control.id || freshName(field);
  control.id = id;
  const fault = h("p", { class: "field-fault", id: `${id}-fault`, hidden: true });
  const note = [frame.before, frame.hint].filter(Boolean).join(" · ");
  const describe = (wrong: boolean) => {
    const ids = [wrong ? `${id}-fault` : "", note ? `${id}-note` : ""].filter(Boolean).join(" ");
    if (ids) control.setAttribute("aria-describedby", ids);
    else control.removeAttribute("aria-describedby");
  };
  describe(false);
  const element = h(
    "div",
    { class: "field" },
    h("label", { for: id }, frame.label, frame.unit && h("span", { class: "quiet" }, ` (${frame.unit})`)),
    fault,
    control,
    note && h("p", { class: "field-note", id: `${id}-note` }, note),
  );
  return {
    element,
    complain(words) {
      fault.hidden = words === null;
      replace(fault, words && h("span", { "aria-hidden": "true", class: "field-fault-mark" }, "✗"), words);
      control.toggleAttribute("aria-invalid", words !== null);
      if (words !== null) control.setAttribute("aria-invalid", "true");
      element.classList.toggle("field--wrong", words !== null);
      describe(words !== null);
    },
  };
}

/** A number as the reader writes it: 0,2 in Vietnamese, 0.2 in English, and the other way where it can mean one thing only. */
export function numberOf(text: string): number | null {
  const tidy = text.trim().replace(/[\s\u00a0]/g, "").replace("−", "-");
  if (!tidy) return null;
  const grouped = reader() === "vi" ? /^-?\d{1,3}(\.\d{3})+(,\d+)?$/ : /^-?\d{1,3}(,\d{3})+(\.\d+)?$/;
  const plain = grouped.test(tidy) ? (reader() === "vi" ? tidy.replaceAll(".", "").replace(",", ".") : tidy.replaceAll(",", "")) : tidy.replace(",", ".");
  const value = Number(plain);
  return Number.isFinite(value) ? value : NaN;
}

export const asWritten = (value: unknown): string =>
  typeof value === "number" ? new Intl.NumberFormat(reader() === "vi" ? "vi-VN" : "en-GB", { maximumFractionDigits: 8, useGrouping: false }).format(value) : value === null || value === undefined ? "" : String(value);

const YEAR_STEPS = [-5, -1, 1, 5];

function yearOf(value: unknown): number | null {
  const year = Number(String(value ?? "").slice(0, 4));
  return value && Number.isFinite(year) ? year : null;
}

export function yearField(field: string, label: string, before: unknown, now: unknown, hint = ""): Control {
  const was = yearOf(before);
  const input = h("input", { id: freshName(field), type: "text", inputmode: "numeric", class: "input input--year", autocomplete: "off", value: asWritten(yearOf(now ?? before)) });
  const parts = framed(field, input, { label, hint, before: was === null ? w("The plan gives no year.") : w("In the plan: {value}", { value: was }) });
  const move = (by: number) => {
    const from = Number(input.value) || was || new Date().getFullYear();
    input.value = String(from + by);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const steps = h(
    "div",
    { class: "year-steps", role: "group", "aria-label": w("Move the year") },
    ...YEAR_STEPS.map((by) => h("button", { type: "button", class: "step", "aria-label": by > 0 ? w("{count} years later", { count: by }) : w("{count} years earlier", { count: -by }), onclick: () => move(by) }, by > 0 ? `+${by}` : `−${-by}`)),
  );
  input.after(steps);
  return {
    ...parts,
    field,
    read: () => {
      const text = input.value.trim();
      if (!text) return was === null ? undefined : null;
      const year = Number(text);
      return year === was ? undefined : year;
    },
    wrong: () => (!input.value.trim() || /^(18|19|20|21)\d\d$/.test(input.value.trim()) ? null : w("Write a year, such as 2035.")),
    focus: () => input.focus(),
  };
}

export function numberField(field: string, frame: Frame, before: unknown, now: unknown, low: number | null, high: number | null): Control {
  const was = typeof before === "number" ? before : null;
  const input = h("input", { id: freshName(field), type: "text", inputmode: "decimal", class: "input", autocomplete: "off", value: asWritten(now ?? was) });
  const range = low !== null && high !== null ? w("usually {low} to {high}", { low: asWritten(low), high: asWritten(high) }) : "";
  const parts = framed(field, input, {
    ...frame,
    hint: [frame.hint, range].filter(Boolean).join(" · "),
    before: was === null ? (frame.before ?? "") : w("In the plan: {value}", { value: `${number(was, reader(), decimalsOf(was))}` }),
  });
  return {
    ...parts,
    field,
    read: () => {
      const value = numberOf(input.value);
      return value === null ? (was === null ? undefined : null) : value === was ? undefined : value;
    },
    wrong: () => (Number.isNaN(numberOf(input.value)) ? w("Write a number, such as 12.5.") : null),
    focus: () => input.focus(),
  };
}

const decimalsOf = (value: number) => Math.min(6, (String(value).split(".")[1] ?? "").length);

export function textField(field: string, frame: Frame, now: unknown, before: unknown = "", long = false): Control {
  const input = long
    ? h("textarea", { id: freshName(field), class: "input input--long", rows: 5, spellcheck: "false" })
    : h("input", { id: freshName(field), type: "text", class: "input", autocomplete: "off", maxlength: 200 });
  input.value = asWritten(now ?? before);
  const parts = framed(field, input, frame);
  return {
    ...parts,
    field,
    read: () => (input.value.trim() === asWritten(before) ? undefined : input.value.trim() || null),
    wrong: () => null,
    focus: () => input.focus(),
  };
}

export function choiceField(field: string, label: string, choices: readonly { value: string; name: string }[], now: unknown, before: unknown = "", hint = ""): Control & { select: HTMLSelectElement } {
  const select = h("select", { id: freshName(field), class: "input" }, ...choices.map(({ value, name }) => h("option", { value }, name)));
  const said = before ? choices.find(({ value }) => value === before)?.name : undefined;
  select.value = String(now ?? before ?? "");
  if (select.selectedIndex < 0 && choices.length) select.selectedIndex = 0;
  const parts = framed(field, select, { label, hint, before: said ? w("In the plan: {value}", { value: said }) : "" });
  return {
    ...parts,
    field,
    select,
    read: () => (select.value === String(before ?? "") ? undefined : select.value || null),
    wrong: () => null,
    focus: () => select.focus(),
  };
}

export function checkField(field: string, label: string, on: boolean, values: { on: unknown; off: unknown }, hint = ""): Control & { box: HTMLInputElement } {
  const box = h("input", { id: freshName(field), type: "checkbox", checked: on });
  const fault = h("p", { class: "field-fault", hidden: true });
  const element = h("div", { class: "field field--check" }, h("label", { for: box.id }, box, h("span", {}, label, hint && h("span", { class: "quiet" }, ` ${hint}`))), fault);
  return {
    element,
    field,
    box,
    read: () => (box.checked ? values.on : values.off),
    wrong: () => null,
    complain(words) {
      fault.hidden = words === null;
      fault.textContent = words ?? "";
    },
    focus: () => box.focus(),
  };
}

/** A value for each of some years; a path of the plan keeps its years. */
export function pathField(field: string, frame: Frame, before: Record<string, number>, now: unknown): Control {
  const current = typeof now === "object" && now !== null ? (now as Record<string, number>) : before;
  const inputs = Object.keys(before).map((year) => {
    const input = h("input", { id: freshName(`${field}-${year}`), type: "text", inputmode: "decimal", class: "input", autocomplete: "off", value: asWritten(current[year] ?? before[year]) });
    return { year, input };
  });
  const fault = h("p", { class: "field-fault", id: freshName(`${field}-fault`), hidden: true });
  const element = h(
    "fieldset",
    { class: "field field--path" },
    h("legend", {}, frame.label, frame.unit && h("span", { class: "quiet" }, ` (${frame.unit})`)),
    fault,
    frame.hint && h("p", { class: "field-note" }, frame.hint),
    h("div", { class: "path-years" }, ...inputs.map(({ year, input }) => h("div", {}, h("label", { for: input.id }, year), input, h("span", { class: "field-note" }, w("In the plan: {value}", { value: asWritten(before[year]) }))))),
  );
  return {
    element,
    field,
    read: () => {
      const values = Object.fromEntries(inputs.map(({ year, input }) => [year, numberOf(input.value) ?? before[year]!]));
      return Object.keys(before).some((year) => values[year] !== before[year]) ? values : undefined;
    },
    wrong: () => (inputs.some(({ input }) => Number.isNaN(numberOf(input.value))) ? w("Write a number, such as 12.5.") : null),
    complain(words) {
      fault.hidden = words === null;
      fault.textContent = words ?? "";
      for (const { input } of inputs) {
        input.toggleAttribute("aria-invalid", words !== null);
        if (words !== null) input.setAttribute("aria-invalid", "true");
        if (words !== null) input.setAttribute("aria-describedby", fault.id);
        else input.removeAttribute("aria-describedby");
      }
      element.classList.toggle("field--wrong", words !== null);
    },
    focus: () => inputs[0]?.input.focus(),
  };
}

/** The control that fits a field of the interface. */
export function fieldOf(info: FieldInfo, before: unknown, now: unknown): Control | null {
  const frame = { label: pick(info.name), unit: pick(info.unit), hint: pick(info.hint) };
  switch (info.kind) {
    case "date":
    case "year":
      return yearField(info.field, frame.label, before, now, frame.hint);
    case "number":
    case "whole":
      return numberField(info.field, frame, before, now, info.low, info.high);
    case "path":
      return typeof before === "object" && before !== null ? pathField(info.field, frame, before as Record<string, number>, now) : numberField(info.field, frame, before, now, info.low, info.high);
    case "boolean":
      return checkField(info.field, frame.label, Boolean(now ?? before), { on: before === true ? undefined : true, off: before === true ? false : undefined }, frame.hint);
    case "choice": {
      const choices = (info.choices ?? []).map(({ value, name }) => ({ value, name: capital(pick(name)) }));
      return choiceField(info.field, frame.label, info.needed || before ? choices : [{ value: "", name: "–" }, ...choices], now, before, frame.hint);
    }
    case "text":
      return textField(info.field, frame, now, before);
    default:
      return null;
  }
}

/** A list to find something in: type a part of its name, then choose. */
export function finder<T>(label: string, things: readonly T[], nameOf: (thing: T) => string, noteOf: (thing: T) => string, choose: (thing: T) => void, most = 7): { element: HTMLElement; focus(): void } {
  const list = h("ul", { class: "finder-list" });
  const count = h("p", { class: "field-note", role: "status" });
  const input = h("input", { id: freshName("find"), type: "search", class: "input", autocomplete: "off", spellcheck: "false", oninput: () => paint() });
  const paint = () => {
    const query = input.value;
    const found = query.trim() ? bestFits(query, things, nameOf, most) : things.slice(0, most);
    replace(
      list,
      ...found.map((thing) => h("li", {}, h("button", { type: "button", class: "finder-option", onclick: () => choose(thing) }, h("span", { class: "finder-name" }, nameOf(thing)), h("span", { class: "quiet" }, noteOf(thing))))),
    );
    count.textContent = found.length ? w("{shown} of {count} shown; type to find others", { shown: found.length, count: things.length }) : w("Nothing found under this name.");
  };
  paint();
  return { element: h("div", { class: "finder field" }, h("label", { for: input.id }, label), input, list, count), focus: () => input.focus() };
}
