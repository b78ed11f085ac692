/** One commune's people and land: why their number changes, who they are, and what its land is used for. */
import type { Api } from "./api.ts";
import { h, replace, s } from "./dom.ts";
import { number, short } from "./format.ts";
import { landTable } from "./landuse.ts";
import { ticks } from "./scale.ts";
import type { Store } from "./state.ts";
import type { Cause, Growth, Pyramid } from "./types.ts";
import { pick, reader, w } from "./words.ts";

export interface PeopleNeeds {
  api: Api;
  store: Store;
  prefix: string;
  area: string;
  /** "ward", "commune" in the reader's language, as the question is asked of it. */
  name: string;
}

export async function peopleOf(needs: PeopleNeeds, host: HTMLElement): Promise<void> {
  const growth = await needs.api.growth(needs.area).catch(() => null);
  const drawn = h("div", { class: "pyramid-host" });
  const land = h("div", {});
  const title = h("h3", { id: "pyramid-title" });
  const landTitle = h("h3", { id: "land-title" });
  const link = (address: string, words: string) => h("p", { class: "panel-more" }, h("a", { href: `${needs.prefix}${address}` }, words));
  replace(
    host,
    growth && growthSection(growth, needs, link(`/areas/${needs.area}/growth/`, w("Growth by year and cause"))),
    h("section", { class: "panel-section", "aria-labelledby": "pyramid-title" }, title, drawn, link("/subjects/people/", w("Everything about people"))),
    h("section", { class: "panel-section", "aria-labelledby": "land-title" }, landTitle, land, link("/subjects/land/", w("Everything about land"))),
  );
  const paint = async () => {
    const { year } = needs.store.now;
    title.textContent = w("Residents by age and sex, {year}", { year });
    landTitle.textContent = w("Land, share of the area, {year}", { year });
    const [ages, uses] = await Promise.all([needs.api.pyramid(needs.area, year).catch(() => null), needs.api.land(year).catch(() => null)]);
    if (needs.store.now.year !== year) return;
    replace(drawn, ...(ages?.ages.length ? pyramid(ages) : [noData()]));
    replace(land, (uses && landTable(uses, needs.area)) ?? noData());
  };
  needs.store.listen((now, before) => {
    if (host.isConnected && now.year !== before.year) void paint();
  });
  await paint();
}

const noData = () => h("p", { class: "no-data" }, w("no data"));

const signed = (persons: number) => (Math.round(persons) === 0 ? "0" : `${persons > 0 ? "+" : "−"}${number(Math.abs(persons), reader())}`);

function growthSection(growth: Growth, needs: PeopleNeeds, more: HTMLElement): HTMLElement {
  const [first, ...rest] = growth.sentences[reader()] ?? [];
  const row = (cause: Cause) => h("tr", {}, h("th", { scope: "row" }, pick(cause.name)), h("td", { class: "number" }, signed(cause.persons)));
  const grows = (growth.change ?? 0) >= 0;
  const question = grows ? w("Why does {name} grow?", { name: needs.name }) : w("Why does {name} shrink?", { name: needs.name });
  return h(
    "section",
    { class: "panel-section growth", "aria-labelledby": "growth-title" },
    h("h3", { id: "growth-title" }, question),
    first ? h("p", { class: "growth-first" }, first) : noData(),
    rest.length > 0 && h("ul", { class: "growth-said" }, ...rest.map((sentence) => h("li", {}, sentence))),
    growth.causes.length > 0 &&
      h(
        "details",
        { class: "chart-table" },
        h("summary", {}, w("Show as a table")),
        h(
          "table",
          { class: "figure-table" },
          h("thead", {}, h("tr", {}, h("th", { scope: "col" }, `${growth.first}–${growth.last}`), h("th", { scope: "col", class: "number" }, w("people")))),
          h("tbody", {}, ...growth.causes.map(row)),
          h("tbody", {}, h("tr", {}, h("th", { scope: "rowgroup", colspan: 2, class: "quiet" }, w("Why people settle here rather than elsewhere"))), ...growth.reasons.map(row)),
        ),
      ),
    more,
  );
}

const WIDE = 320;
const BAR = 8;
const MIDDLE = 46;

/** Women to the left, men to the right, one bar for five years of age. */
function pyramid(ages: Pyramid): HTMLElement[] {
  const half = (WIDE - MIDDLE) / 2;
  const most = Math.max(1, ...ages.female, ...ages.male);
  const steps = ticks(0, most, 3);
  const long = (persons: number) => Math.round((persons / steps.at(-1)!) * (half - 22) * 10) / 10;
  const height = ages.ages.length * (BAR + 1);
  const y = (band: number) => 18 + height - (band + 1) * (BAR + 1);
  const label = (x: number, at: number, text: string, anchor = "middle") => s("text", { class: "chart-tick", x, y: at, "text-anchor": anchor }, text);
  const svg = s(
    "svg",
    { viewBox: `0 0 ${WIDE} ${height + 38}`, role: "img", "aria-label": inWords(ages), class: "pyramid" },
    label(half, 11, w("Women"), "end"),
    label(half + MIDDLE, 11, w("Men"), "start"),
    ...steps.flatMap((tick) => [half - long(tick), half + MIDDLE + long(tick)].map((x) => s("line", { class: "chart-grid", x1: x, x2: x, y1: 18, y2: 18 + height }))),
    ...ages.ages.flatMap((band, i) => [
      s("rect", { class: "layer--women", x: half - long(ages.female[i]!), y: y(i), width: long(ages.female[i]!), height: BAR }),
      s("rect", { class: "layer--men", x: half + MIDDLE, y: y(i), width: long(ages.male[i]!), height: BAR }),
      i % 4 === 0 && label(WIDE / 2, y(i) + BAR, band.split("–")[0]!),
    ]),
    ...steps.flatMap((tick, i) => i > 0 || steps.length < 3 ? [label(half - long(tick), height + 33, short(tick, reader())), label(half + MIDDLE + long(tick), height + 33, short(tick, reader()))] : []),
  );
  const cell = (persons: number) => h("td", { class: "number" }, number(persons, reader()));
  const table = h(
    "details",
    { class: "chart-table" },
    h("summary", {}, w("Show as a table")),
    h(
      "table",
      { class: "figure-table" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, w("Age")), h("th", { scope: "col", class: "number" }, w("Women")), h("th", { scope: "col", class: "number" }, w("Men")))),
      h("tbody", {}, ...ages.ages.map((band, i) => h("tr", {}, h("th", { scope: "row" }, band), cell(ages.female[i]!), cell(ages.male[i]!)))),
    ),
  );
  return [h("figure", { class: "chart" }, svg), table];
}

/** Bands below 15, of working age, and of 65 and over: what the drawing says. */
function inWords(ages: Pyramid): string {
  const both = ages.female.map((women, i) => women + ages.male[i]!);
  const whole = both.reduce((sum, persons) => sum + persons, 0) || 1;
  const share = (from: number, to: number) => number((100 * both.slice(from, to).reduce((sum, persons) => sum + persons, 0)) / whole, reader()) + " %";
  return w("{people} people: {young} under 15, {middle} from 15 to 64, {old} of 65 and over", {
    people: number(whole, reader()),
    young: share(0, 3),
    middle: share(3, 13),
    old: share(13, both.length),
  });
}
