import { describe, expect, it } from "vitest";
import { drawnRoads, fullness, roadsOf, towards } from "../src/explorer/flows.ts";
import { differenceColours, differenceOf, differences } from "../src/explorer/futures.ts";
import { landColours } from "../src/explorer/landuse.ts";
import { SAME, USE_COLOURS } from "../src/explorer/palette.ts";
import { colourOf, differenceScale } from "../src/explorer/scale.ts";
import type { CommuneValues, Flows, LandUse, Network, OfRun } from "../src/explorer/types.ts";

const link = (id: string, to: [number, number]) => ({
  type: "Feature",
  properties: { id, name: { vi: id, en: id }, mode: "road", class: "trunk" },
  geometry: { type: "LineString", coordinates: [[106.7, 20.8], to] },
});
const network = { type: "FeatureCollection", features: [link("east", [106.8, 20.8]), link("north", [106.7, 20.9]), link("shut", [106.6, 20.8])] } as unknown as Network;
const one = (use: (number | null)[]) => ({ pcu_h: use.map((u) => u && u * 1000), vehicles_h: use.map((u) => u && u * 2000), use, lost_minutes: use });
const flows: Flows = { year: 2030, links: ["east", "north", "shut"], forward: one([0.4, 1.2, null]), backward: one([0.8, 0.3, null]), most_pcu_h: 4800, status: "assumed" };

describe("traffic", () => {
  it("is free, busy or overloaded by the fuller way", () => {
    expect([0, 0.69, 0.7, 1, 1.01].map(fullness)).toEqual(["free", "free", "busy", "busy", "over"]);
    expect(roadsOf(flows, network).map((road) => [road.id, road.use])).toEqual([["north", 1.2], ["east", 0.8]]);
  });
  it("says each way by the compass", () => {
    expect(towards([0, 0], [1, 0])).toBe("eastwards");
    expect(towards([0, 0], [-1, -1])).toBe("southwestwards");
    expect(towards([0, 0], [-1, -0.001])).toBe("westwards");
    expect(roadsOf(flows, network)[0]!.ways.map((way) => way.towards)).toEqual(["northwards", "southwards"]);
  });
  it("draws roads that are open, the fullest on top, wide by the larger flow", () => {
    const drawn = drawnRoads(flows, network).features.map((f) => f.properties!);
    expect(drawn.map((p) => [p.id, p.full])).toEqual([["east", "busy"], ["north", "over"]]);
    expect(drawn[1]!.share).toBeCloseTo(0.5); // sqrt(1200 / 4800)
  });
});

describe("two futures", () => {
  const shown: CommuneValues = { indicator: "population", years: [2025, 2030], areas: ["a", "b", "c"], values: [[100, 100], [100, 100], [100, null]], status: "assumed" };
  const other: OfRun = { years: [2030, 2025], city: [], areas: ["b", "a", "c"], values: [[80, 100], [100.005, 130], [100, 100]], noise: 1e-4, status: "assumed" };
  it("differ by the other less the shown one, and not by what the solvers leave open", () => {
    const found = differences(shown, other);
    expect(found.values).toEqual([[30, 0], [0, -20], [0, null]]);
    expect(differenceOf(1e6, 1e6 + 99, 1e-4)).toBe(0);
  });
  it("have one scale for all years, grey where nothing differs and none where it is not known", () => {
    const found = differences(shown, other);
    const then = differenceColours(found, 2030);
    expect(then.get("a")).toBe(SAME);
    expect(then.get("c")).toBeNull();
    expect(then.get("b")).toBe(colourOf(found.scale!, -20));
    expect(found.scale!.breaks[2]).toBe(0);
    expect(differenceScale([])).toBeNull();
    expect(differenceScale([5])!.breaks).toEqual([-4, -2, 0, 2, 4]);
  });
});

describe("land", () => {
  const land: LandUse = {
    year: 2030,
    uses: [{ id: "housing", name: { vi: "Đất ở", en: "Housing" } }, { id: "farmland", name: { vi: "Đất", en: "Farmland" } }],
    areas: ["a", "b"],
    dominant: ["farmland", null],
    shares: [[0.3, 0.7], [null, null]],
    status: "assumed",
  };
  it("is shown by the use that takes most, or by one share", () => {
    expect([...landColours(land, "")]).toEqual([["a", USE_COLOURS.farmland], ["b", null]]);
    expect(landColours(land, "housing").get("a")).not.toBe(landColours(land, "farmland").get("a"));
    expect(landColours(land, "housing").get("b")).toBeNull();
  });
});
