import { describe, expect, it } from "vitest";
import { bestFits, fit, fold } from "../src/explorer/fold.ts";
import { leftOf } from "../src/explorer/chart.ts";
import { wording } from "../src/explorer/cityhead.ts";
import { axis, number, short } from "../src/explorer/format.ts";
import { communeAt, pointOf } from "../src/explorer/geometry.ts";
import { everyHow } from "../src/explorer/legend.ts";
import { openings, projectStage, zoneStage } from "../src/explorer/lifecycle.ts";
import { classOf, colourOf, makeScale, nice, ticks } from "../src/explorer/scale.ts";
import { coveredPx } from "../src/explorer/sheet.ts";
import { fromHash, type State, toHash } from "../src/explorer/state.ts";
import { byName } from "../src/explorer/words.ts";
import type { Areas, Headline, LinkProperties, ProjectProperties } from "../src/explorer/types.ts";

describe("names as people type them", () => {
  it("loses accents, case and đ", () => {
    expect(fold("Đồ Sơn")).toBe("do son");
    expect(fold("Thuỷ Nguyên")).toBe(fold("THỦY  nguyên"));
  });
  it("likes the whole name best, then its beginning, then words, then the inside", () => {
    expect(["Hồng Bàng", "Hồng Bàng Tây", "Xã Hồng An Bàng", "Phohongbang"].map((n) => fit("hong bang", n))).toEqual(
      [0, 1, 2, null],
    );
    expect(fit("", "Hồng Bàng")).toBeNull();
  });
  it("gives the best few", () => {
    expect(bestFits("an", ["Lê Chân", "An Biên", "Hải An"], (n) => n, 2)).toEqual(["Hải An", "An Biên"]);
  });
});

describe("the colour scale", () => {
  it("has round rising bounds and gives each class its colour", () => {
    const scale = makeScale(Array.from({ length: 100 }, (_, i) => 100 + i * 37))!;
    expect(scale.breaks).toEqual([...scale.breaks].sort((a, b) => a - b));
    expect(scale.colours).toHaveLength(scale.breaks.length + 1);
    expect(colourOf(scale, 100)).toBe(scale.colours[0]);
    expect(colourOf(scale, 1e9)).toBe(scale.colours.at(-1));
    expect(classOf(scale, scale.breaks[0]!)).toBe(1);
  });
  it("turns to two hues around zero when values lie on both sides", () => {
    const scale = makeScale([-8, -4, -1, 0, 2, 5, 9])!;
    expect(scale.diverging).toBe(true);
    expect(scale.breaks[2]).toBe(0);
    expect(colourOf(scale, -0.1)).not.toBe(colourOf(scale, 0));
  });
  it("is nothing without values and one colour for one value", () => {
    expect(makeScale([null])).toBeNull();
    expect(makeScale([5, 5])!.colours).toHaveLength(1);
  });
  it("draws axes with steps of 1, 2, 2.5 or 5", () => {
    expect(nice(37)).toBe(50);
    expect(ticks(3, 97)).toEqual([0, 25, 50, 75, 100]);
    expect(ticks(9, 13)).toEqual([9, 10, 11, 12, 13]);
  });
});

describe("the address of a view", () => {
  const beginning: State = { year: 2026, indicator: "population", shown: ["projects", "network"], use: "", other: null, place: null, view: null };
  const allowed = { years: [2025, 2026, 2030], indicators: ["population", "grdp"], layers: ["projects", "network", "urban"] };
  it("is empty at the beginning", () => expect(toHash(beginning, beginning)).toBe(""));
  it("comes back as it went", () => {
    const state: State = {
      year: 2030,
      indicator: "grdp",
      shown: ["urban"],
      use: "farmland",
      other: "city-87819065-bd6eefa0-5834febe-1",
      place: { kind: "commune", id: "11948" },
      view: { zoom: 11.5, lat: 20.85, lon: 106.68 },
    };
    expect(fromHash(`#${toHash(state, beginning)}`, beginning, allowed)).toEqual(state);
    const nothing: State = { ...beginning, shown: [] };
    expect(fromHash(toHash(nothing, beginning), beginning, allowed)).toEqual(nothing);
  });
  it("ignores nonsense", () => {
    const hash = "#year=1066&show=<b>&layers=moon&at=commune:../../x&map=99/9/9&use=../x&vs=%00";
    expect(fromHash(hash, beginning, allowed)).toEqual({ ...beginning, shown: [] });
  });
});

describe("what stands when", () => {
  const bridge: ProjectProperties = {
    id: "PR1", name: { vi: "Cầu", en: "Bridge" }, kind: "bridge", mode: "road", status: "planned", opens: 2030,
    proposal: null, shape: "schematic",
  };
  it("follows a project from plan to use, and calls a passed date late", () => {
    expect(projectStage(bridge, 2029, 2026)).toBe("planned");
    expect(projectStage(bridge, 2030, 2026)).toBe("open");
    expect(projectStage({ ...bridge, status: "under construction" }, 2026, 2026)).toBe("building");
    expect(projectStage({ ...bridge, opens: 2025 }, 2040, 2026)).toBe("late");
    expect(projectStage({ ...bridge, opens: null }, 2040, 2026)).toBe("unknown");
  });
  it("shows a zone from its first year to its last", () => {
    const zone = { from_year: 2030, to_year: 2040 };
    expect([2029, 2030, 2040, 2041].map((y) => zoneStage(zone, y))).toEqual(["later", "here", "here", "gone"]);
    expect(zoneStage({ from_year: null, to_year: null }, 2025)).toBe("here");
  });
  it("tells the stretches of a project with the project, and others once by name", () => {
    const link = (id: string, name: string, project: string | null): LinkProperties => ({
      id, name: { vi: name, en: name }, mode: "road", class: "trunk", opens: 2028, closes: null, project, bridge: false,
    });
    const lines = openings([bridge], [link("L1", "Vành đai 3", null), link("L2", "Vành đai 3", null), link("L3", "Cầu", "PR1")]);
    expect(lines.map((l) => [l.kind, l.year])).toEqual([["link", 2028], ["project", 2030]]);
  });
});

describe("numbers", () => {
  it("are written as the language writes them", () => {
    expect(number(1234.5, "vi", 1)).toBe("1.234,5");
    expect(number(1234.5, "en", 1)).toBe("1,234.5");
    expect(number(-0, "en")).toBe("0");
    expect(short(0.25, "vi")).toBe("0,25");
  });
});

describe("Vietnamese order", () => {
  it("goes by letter first (d before đ, a, ă, â) and by tone last", () => {
    const names = ["Đồ Sơn", "Dương Kinh", "Ân Thi", "An Dương", "Ăn", "Ơ", "Ô", "O", "Hồng", "Hòng"];
    expect(names.sort(byName)).toEqual(["An Dương", "Ăn", "Ân Thi", "Dương Kinh", "Đồ Sơn", "Hòng", "Hồng", "O", "Ô", "Ơ"]);
  });
});

describe("numbers beside an axis", () => {
  it("are short from ten thousand on", () => {
    expect(short(9_500, "en")).toBe("9,500");
    expect(short(12_500, "en")).toBe("12.5k");
    expect(short(2_500_000, "en")).toBe("2.5m");
  });
  it("have the same decimals along one axis", () => {
    expect(axis([2.9, 3, 3.1, 3.2], "vi")).toEqual(["2,9", "3,0", "3,1", "3,2"]);
    expect(axis([0, 25, 50], "en")).toEqual(["0", "25", "50"]);
    expect(axis([0, 250_000, 500_000], "en")).toEqual(["0", "250k", "500k"]);
    expect(axis([4_000_000, 4_250_000, 4_500_000], "vi")).toEqual(["4,00\u00a0Tr", "4,25\u00a0Tr", "4,50\u00a0Tr"]);
    expect(axis([-20_000, 0, 20_000], "en")).toEqual(["-20k", "0", "20k"]);
  });
  it("get room on the left for the longest of them", () => {
    expect(leftOf(["0", "5"])).toBe(14 + 7 * 2);
    expect(leftOf(["-10.000", "20.000"])).toBe(14 + 7 * 7);
  });
  it("stand under every class of the legend only where they fit", () => {
    expect(everyHow(["85", "130", "350"], 264 / 7)).toBe(1);
    expect(everyHow(["1.250.000", "2.500.000"], 264 / 7)).toBe(2);
    expect(everyHow([], 40)).toBe(1);
  });
});

describe("the sheet on a phone", () => {
  it("covers what it says, so that the map can look above it", () => {
    expect(coveredPx("peek", 600, 126)).toBe(126);
    expect(coveredPx("half", 600, 126)).toBeCloseTo(336); // 56 % of 600
    expect(coveredPx("half", 1000, 126)).toBe(440); // never more
    expect(coveredPx("full", 600, 126)).toBe(600);
  });
});

describe("where things lie", () => {
  const square = (id: string, west: number, hole = false): Areas["features"][number] => ({
    type: "Feature",
    properties: { id, name: { vi: id, en: id }, type_vi: null, part_of: null, shape: "schematic", area_km2: null, population: null, population_date: null },
    geometry: {
      type: "Polygon",
      coordinates: [
        [[west, 0], [west + 2, 0], [west + 2, 2], [west, 2], [west, 0]],
        ...(hole ? [[[west + 0.5, 0.5], [west + 1.5, 0.5], [west + 1.5, 1.5], [west + 0.5, 1.5], [west + 0.5, 0.5]]] : []),
      ],
    },
  });
  const areas: Areas = { type: "FeatureCollection", features: [square("a", 0), square("b", 2, true)] };
  it("finds the commune of a point, not through a hole, and none at sea", () => {
    expect(communeAt(areas, [1, 1])?.id).toBe("a");
    expect(communeAt(areas, [2.2, 1])?.id).toBe("b");
    expect(communeAt(areas, [3, 1])).toBeNull();
    expect(communeAt(areas, [9, 9])).toBeNull();
  });
  it("speaks of a line at its middle, of an outline at its centre", () => {
    expect(pointOf({ type: "LineString", coordinates: [[0, 0], [4, 2]] })).toEqual([2, 1]);
    expect(pointOf({ type: "LineString", coordinates: [[0, 0], [1, 5], [4, 2]] })).toEqual([1, 5]);
    expect(pointOf({ type: "Point", coordinates: [3, 4] })).toEqual([3, 4]);
    expect(pointOf(areas.features[0]!.geometry)).toEqual([1, 1]);
  });
});

describe("the three figures of the first view", () => {
  const line: Headline = {
    indicator: "population", name: { vi: "Dân số", en: "Population" }, unit: { vi: "người", en: "persons" }, decimals: 0,
    first: { year: 2026, value: 4_120_000 }, last: { year: 2045, value: 4_960_000 }, target: null,
  };
  it("go from now to the horizon, persons in millions", () => {
    expect(wording(line)).toEqual({ value: "4,12 → 4,96", unit: "million people", note: "2026 → 2045" });
  });
  it("stand beside the target that judges them, with its years", () => {
    const target = {
      year_from: 2026, year: 2030, operator: ">=", target: 13, target_high: null, unit: { vi: "%/năm", en: "% a year" },
      value: 10.57, verdict: "off track", verdict_name: { vi: "chệch hướng", en: "off track" },
    };
    expect(wording({ ...line, target })).toEqual({ value: "10,6", unit: "%/năm", note: "2026–2030, wanted ≥ 13" });
  });
});
