/** Land: each commune by the use that takes most of it, or by the share of one use. */
import { h } from "./dom.ts";
import { number } from "./format.ts";
import { legend, swatch } from "./legend.ts";
import { PALETTE, USE_COLOURS } from "./palette.ts";
import { colourOf, type Scale, SEQUENTIAL } from "./scale.ts";
import type { IndicatorInfo, LandUse } from "./types.ts";
import { pick, reader, w } from "./words.ts";

/** Percent of a commune: the same for every use and year. */
export const SHARE_SCALE: Scale = { breaks: [1, 5, 10, 20, 40, 60], colours: [...SEQUENTIAL], diverging: false, lowest: 0, highest: 100 };

export const useName = (land: LandUse, id: string | null): string => pick(land.uses.find((use) => use.id === id)?.name);

function shareOf(land: LandUse, area: string, use: string): number | null {
  return land.shares[land.areas.indexOf(area)]?.[land.uses.findIndex((row) => row.id === use)] ?? null;
}

/** The colour of each commune; `use` is "" for the use that takes most. */
export function landColours(land: LandUse, use: string): Map<string, string | null> {
  return new Map(
    land.areas.map((area, row) => {
      if (!use) return [area, USE_COLOURS[land.dominant[row] ?? ""] ?? null];
      const share = shareOf(land, area, use);
      return [area, share === null ? null : colourOf(SHARE_SCALE, 100 * share)];
    }),
  );
}

/** What the map's colour says of one commune, in words. */
export function landWords(land: LandUse, area: string, use: string): string {
  const shown = use || land.dominant[land.areas.indexOf(area)] || "";
  const share = shareOf(land, area, shown);
  return share === null ? w("no data") : `${useName(land, shown)}: ${number(100 * share, reader())} %, ${land.year}`;
}

export function landLegend(land: LandUse, use: string, letters: number): HTMLElement {
  if (use) {
    const info = { name: { vi: useName(land, use), en: useName(land, use) }, unit: { vi: "%", en: "%" } } as IndicatorInfo;
    return legend(info, SHARE_SCALE, land.year, land.status, letters);
  }
  const found = land.uses.filter((row) => land.dominant.includes(row.id));
  return h(
    "div",
    { class: "legend" },
    h("p", { class: "legend-title" }, w("Land: the use that takes most"), h("span", { class: "legend-year" }, String(land.year))),
    h(
      "ul",
      { class: "legend-rows legend-rows--two" },
      ...found.map((row) =>
        h("li", {}, swatchOf(row.id), pick(row.name)),
      ),
    ),
    h("p", { class: "legend-note" }, h("span", { class: "legend-key" }, h("span", { class: "swatch swatch--assumed" }), w("assumed, rests on estimates"))),
  );
}

/** The land of one commune, largest use first. */
export function landTable(land: LandUse, area: string): HTMLElement | null {
  const rows = land.uses
    .map((use) => ({ use, share: shareOf(land, area, use.id) }))
    .filter((row): row is typeof row & { share: number } => row.share !== null && row.share >= 0.0005)
    .sort((a, b) => b.share - a.share);
  if (!rows.length) return null;
  return h(
    "table",
    { class: "figure-table" },
    h("caption", { class: "visually-hidden" }, w("Land, share of the area, {year}", { year: land.year })),
    h("tbody", {}, ...rows.map(({ use, share }) => h("tr", {}, h("th", { scope: "row" }, swatchOf(use.id), " ", pick(use.name)), h("td", { class: "number" }, `${number(100 * share, reader(), 1)} %`)))),
  );
}

const swatchOf = (use: string) => swatch(USE_COLOURS[use] ?? PALETTE.communeBlank);
