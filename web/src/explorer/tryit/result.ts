/** What a change does: in words first, then targets, who gains and who loses, the city's figures, and what it all rests on. */
import { h, s } from "../dom.ts";
import { capital, number } from "../format.ts";
import { icon } from "../icons.ts";
import { pick, reader, w } from "../words.ts";
import type { Client } from "./client.ts";
import { better, betterWord, signed } from "./difference.ts";
import { LESS, MORE } from "./onmap.ts";
import type { CityRow, CommuneChange, Fault, Mover, MovedTarget, RestsOn, Result, Stored, Words } from "./types.ts";

export interface ResultNeeds {
  client: Client;
  result: Result;
  stored: Stored | null;
  warnings: readonly Fault[];
  prefix: string;
  /** The whole address that a stranger can open. */
  link: string;
  communes: CommuneChange | null;
  flowsShown: boolean;
  kept: boolean;
  room: boolean;
  nameOf(area: string): string;
  chooseFigure(indicator: string): void;
  lookAt(area: string): void;
  showFlows(on: boolean): void;
  keep(): void;
  further(): void;
  say(words: string): void;
}

const FIRST_SAID = 3;
const LOOKS: Record<string, [look: string, mark: string]> = {
  met: ["good", "✓"],
  "on track": ["good", "✓"],
  missed: ["bad", "✗"],
  "off track": ["bad", "✗"],
  ambiguous: ["close", "≈"],
};

export const inWords = (words: Words | null | undefined): string => (words ? words[reader()] || words.vi || words.en : "");

export function verdict(id: string | null, name: Parameters<typeof pick>[0]): HTMLElement {
  const [look, mark] = LOOKS[id ?? ""] ?? ["unknown", "○"];
  return h("span", { class: `badge badge--${look}` }, h("span", { class: "badge-icon", "aria-hidden": "true" }, mark), " ", pick(name) || w("no data"));
}

/** A figure with the decimals that tell it from another. */
export function figure(value: number | null, decimals = 1): string {
  return value === null ? w("no data") : number(value, reader(), decimals);
}

const decimalsFor = (a: number | null, b: number | null): number => {
  const size = Math.max(Math.abs(a ?? 0), Math.abs(b ?? 0));
  const apart = Math.abs((a ?? 0) - (b ?? 0)) || size || 1;
  return Math.max(size >= 1000 ? 0 : 1, Math.min(4, Math.ceil(-Math.log10(apart)) + 1));
};

export function resultPage(needs: ResultNeeds): HTMLElement {
  const { result } = needs;
  const telling = result.targets.filter((target) => target.telling);
  const still = result.targets.length - telling.length;
  const sentences = result.words.map(inWords).filter(Boolean);
  const first = sentences.slice(0, FIRST_SAID);
  const nothing = telling.length === 0 && result.moved.length === 0 && !result.city.some((row) => row.telling);
  return h(
    "div",
    { class: "try-result" },
    h("h2", { class: "try-title", tabindex: "-1", id: "try-result-title" }, w("What it does")),
    first.length > 0 && h("ul", { class: "growth-said try-said" }, ...first.map((line) => h("li", {}, line))),
    nothing && h("p", { class: "try-empty" }, w("Nothing in the city moves by more than the model can tell.")),
    sentences.length > first.length && h("details", { class: "panel-list" }, h("summary", {}, w("More in words"), h("span", { class: "layer-count" }, String(sentences.length - first.length))), h("ul", { class: "growth-said" }, ...sentences.slice(FIRST_SAID).map((line) => h("li", {}, line)))),
    onward(needs),
    mapSection(needs),
    h(
      "section",
      { class: "panel-section", "aria-labelledby": "try-targets" },
      h("h3", { id: "try-targets" }, w("Targets that move")),
      telling.length ? h("ul", { class: "try-targets" }, ...telling.map(targetRow)) : h("p", { class: "quiet" }, w("No target moves by more than the model can tell.")),
      still > 0 && h("p", { class: "fine" }, w("{count} targets stay as they are.", { count: still })),
    ),
    citySection(result.city.filter((row) => row.telling)),
    needs.warnings.length > 0 &&
      h("details", { class: "panel-list" }, h("summary", {}, w("The checker's notes"), h("span", { class: "layer-count" }, String(needs.warnings.length))), h("ul", { class: "growth-said" }, ...needs.warnings.map((fault) => h("li", {}, inWords(fault.message))))),
    takeAway(needs),
  );
}

// ---- sharing, and going on --------------------------------------------------------------------------------------

function onward(needs: ResultNeeds): HTMLElement {
  return h(
    "div",
    { class: "try-onward", role: "group", "aria-label": w("Go on") },
    copyButton(() => needs.link, w("Copy the link"), needs.say),
    h("button", { type: "button", class: "button button--quiet", disabled: needs.kept || !needs.room, onclick: needs.keep }, icon("columns", 18), needs.kept ? w("Kept to compare") : w("Keep to compare")),
    h("button", { type: "button", class: "button button--quiet", onclick: needs.further }, icon("layers", 18), w("Change something more on top")),
  );
}

export function copyButton(text: () => string, label: string, say: (words: string) => void): HTMLElement {
  const words = h("span", {}, label);
  const button = h(
    "button",
    {
      type: "button",
      class: "button copy",
      onclick: () =>
        void copy(text()).then((done) => {
          words.textContent = done ? w("Copied") : w("Mark it and copy");
          say(words.textContent);
          setTimeout(() => (words.textContent = label), 2500);
        }),
    },
    icon("copy", 18),
    words,
  );
  return button;
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.querySelector<HTMLInputElement>("#try-link");
    field?.focus();
    return false;
  }
}

function takeAway(needs: ResultNeeds): HTMLElement {
  const { stored, client, result } = needs;
  return h(
    "section",
    { class: "panel-section", "aria-labelledby": "try-take" },
    h("h3", { id: "try-take" }, w("Share it, or check it yourself")),
    h("div", { class: "field" }, h("label", { for: "try-link" }, w("A link that anybody can open")), linkField(needs.link)),
    h("p", { class: "quiet" }, w("The change is a small text file. Anyone can model it with the same program and gets the same result.")),
    h("p", {}, h("a", { class: "button button--quiet", href: stored?.toml_address ?? client.tomlAddress(result.change), download: `change-${result.change.slice(0, 8)}.toml` }, icon("download", 18), w("Download the change (TOML)"))),
    stored && h("div", { class: "try-command" }, h("code", { tabindex: "0" }, stored.command), copyButton(() => stored.command, w("Copy the command"), needs.say)),
    (result.seconds ?? 0) >= 0.05 && h("p", { class: "fine" }, w("Modelled in {seconds} s.", { seconds: number(result.seconds ?? 0, reader(), 1) })),
  );
}

function linkField(link: string): HTMLElement {
  const input = h("input", { type: "text", readonly: true, class: "input", id: "try-link", value: link, onfocus: () => input.select() });
  return input;
}

// ---- the map ------------------------------------------------------------------------------------------------------

function mapSection(needs: ResultNeeds): HTMLElement {
  const { result, communes: found } = needs;
  if (!result.moved.length && !found) {
    return h("section", { class: "panel-section" }, h("h3", {}, w("On the map")), h("p", { class: "quiet" }, w("No commune differs by more than the model can tell.")), flowsToggle(needs));
  }
  const known = result.moved.some((one) => one.indicator === found?.indicator);
  const select = h(
    "select",
    { id: "try-figure", class: "indicator-select", onchange: () => needs.chooseFigure(select.value) },
    ...result.moved.map((one) => h("option", { value: one.indicator }, `${capital(pick(one.name))} (${one.communes === 1 ? w("1 commune") : w("{count} communes", { count: one.communes })})`)),
    !known && found && h("option", { value: found.indicator }, pick(found.name)),
  );
  if (found) select.value = found.indicator;
  return h(
    "section",
    { class: "panel-section", "aria-labelledby": "try-map" },
    h("h3", { id: "try-map" }, w("Who gains, who loses")),
    h("div", { class: "indicator-choice" }, h("label", { for: "try-figure" }, w("The map shows the difference in")), select),
    h("div", { class: "legend-host legend-host--panel try-legend" }),
    found && movers(needs, found),
    found?.rests_on && restsOn(found.rests_on),
    flowsToggle(needs),
  );
}

function movers(needs: ResultNeeds, found: CommuneChange): HTMLElement {
  const judged = Boolean(found.better);
  const lists: [title: string, mark: string, rows: Mover[], look: string][] = judged
    ? [
        [w("Gain most"), "▲", found.gain, "gain"],
        [w("Lose most"), "▼", found.lose, "lose"],
      ]
    : [
        [w("More"), "+", found.more, "gain"],
        [w("Less"), "−", found.less, "lose"],
      ];
  const last = found.gain[0]?.year ?? found.lose[0]?.year ?? found.more[0]?.year ?? found.less[0]?.year ?? found.years.at(-1)!;
  return h(
    "div",
    { class: "movers" },
    ...lists.map(([title, mark, rows, look]) =>
      h(
        "section",
        { class: `mover mover--${look}` },
        h("h4", {}, h("span", { "aria-hidden": "true", class: "mover-mark" }, mark), title, h("span", { class: "quiet" }, ` ${last}`)),
        rows.length
          ? h("ol", {}, ...rows.slice(0, 5).map((row) => moverRow(needs, found, row)))
          : h("p", { class: "quiet" }, judged ? (look === "gain" ? w("Nobody gains by more than the model can tell.") : w("Nobody loses by more than the model can tell.")) : w("No commune.")),
      ),
    ),
  );
}

function moverRow(needs: ResultNeeds, found: CommuneChange, row: Mover): HTMLElement {
  const decimals = Math.max(found.decimals, decimalsFor(row.first, row.second));
  return h(
    "li",
    {},
    h("button", { type: "button", class: "link-button", onclick: () => needs.lookAt(row.area) }, needs.nameOf(row.area) || pick(row.name)),
    h("span", { class: "mover-figures" }, `${figure(row.first, decimals)} → ${figure(row.second, decimals)}`, " ", h("strong", {}, signed(row.change, decimals)), ` ${pick(found.unit)}`),
  );
}

function restsOn(rests: RestsOn): HTMLElement {
  const share = rests.assumed_share;
  return h(
    "div",
    { class: "rests" },
    h("h4", {}, w("How much rests on assumptions")),
    share !== null &&
      s(
        "svg",
        { viewBox: "0 0 200 12", class: "rests-bar", role: "img", "aria-label": w("{percent} % assumed", { percent: Math.round(100 * share) }), preserveAspectRatio: "none" },
        s("rect", { x: 0, y: 0, width: 200, height: 12, class: "rests-known" }),
        s("rect", { x: 0, y: 0, width: 200 * share, height: 12, class: "rests-assumed" }),
      ),
    h("p", {}, inWords(rests.words)),
  );
}

function flowsToggle(needs: ResultNeeds): HTMLElement {
  const box = h("input", { type: "checkbox", id: "try-flows", checked: needs.flowsShown, onchange: () => needs.showFlows(box.checked) });
  const stroke = (colour: string, dash: string | null) =>
    s("svg", { viewBox: "0 0 40 10", width: 40, height: 10, "aria-hidden": "true", class: "line-sample" }, s("path", { d: "M3 5H37", stroke: colour, "stroke-width": 6, "stroke-dasharray": dash }));
  return h(
    "div",
    { class: "flows-toggle" },
    h("label", { class: "layer-toggle", for: "try-flows" }, box, h("span", { class: "layer-name" }, w("Traffic: where roads carry more or less"))),
    h("ul", { class: "legend-rows", hidden: !needs.flowsShown }, h("li", {}, stroke(MORE, null), h("span", {}, w("more traffic (whole line)"))), h("li", {}, stroke(LESS, "7 4"), h("span", {}, w("less traffic (broken line)"))), h("li", {}, h("span", { class: "quiet" }, w("Wider: a larger difference.")))),
  );
}

// ---- targets and figures ---------------------------------------------------------------------------------------------

function targetRow(target: MovedTarget): HTMLElement {
  const decimals = decimalsFor(target.first, target.second);
  const turned = target.verdict_first !== target.verdict_second;
  return h(
    "li",
    { class: "try-target" },
    h("span", { class: "try-target-name" }, pick(target.name), target.year ? h("span", { class: "quiet" }, ` ${target.year}`) : ""),
    h("span", { class: "try-target-figures" }, `${figure(target.first, decimals)} → `, h("strong", {}, figure(target.second, decimals)), h("span", { class: "quiet" }, ` ${pick(target.unit)}`)),
    h(
      "span",
      { class: "try-target-verdicts" },
      verdict(target.verdict_first, target.verdict_first_name),
      turned ? h("span", { class: "arrow" }, h("span", { "aria-hidden": "true" }, "→"), h("span", { class: "visually-hidden" }, w("becomes"))) : "",
      turned ? verdict(target.verdict_second, target.verdict_second_name) : h("span", { class: "quiet" }, w("the verdict stays")),
    ),
  );
}

function citySection(rows: readonly CityRow[]): HTMLElement | null {
  if (!rows.length) return null;
  const shown = rows.slice(0, 8);
  const table = (list: readonly CityRow[]) =>
    h(
      "table",
      { class: "figure-table try-city" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, w("Figure")), h("th", { scope: "col", class: "number" }, w("Plan")), h("th", { scope: "col", class: "number" }, w("Your change")))),
      h(
        "tbody",
        {},
        ...list.map((row) => {
          const decimals = Math.max(row.decimals, decimalsFor(row.first, row.second));
          const judged = better(row.better, row.change ?? 0);
          return h(
            "tr",
            {},
            h("th", { scope: "row" }, capital(pick(row.name)), h("span", { class: "quiet" }, ` ${pick(row.unit)}, ${row.year}`)),
            h("td", { class: "number" }, figure(row.first, decimals)),
            h("td", { class: "number" }, h("strong", {}, figure(row.second, decimals)), judged ? h("span", { class: `try-judged try-judged--${judged}` }, `${judged === "better" ? "▲" : "▼"} ${betterWord(judged)}`) : ""),
          );
        }),
      ),
    );
  const details = h("details", { class: "panel-list" }, h("summary", {}, w("More figures"), h("span", { class: "layer-count" }, String(rows.length - shown.length))));
  details.addEventListener("toggle", () => details.open && details.children.length === 1 && details.append(table(rows.slice(8))));
  return h("section", { class: "panel-section", "aria-labelledby": "try-city" }, h("h3", { id: "try-city" }, w("The whole city")), table(shown), rows.length > shown.length && details);
}

