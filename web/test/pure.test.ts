import { describe, expect, it } from "vitest";
import { bestFits, fit, fold } from "../src/explorer/fold.ts";
import { number, short } from "../src/explorer/format.ts";
import { openings, projectStage, zoneStage } from "../src/explorer/lifecycle.ts";
import { classOf, colourOf, makeScale, nice, ticks } from "../src/explorer/scale.ts";
import { fromHash, type State, toHash } from "../src/explorer/state.ts";
import type { LinkProperties, ProjectProperties } from "../src/explorer/types.ts";

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
  const beginning: State = { year: 2026, indicator: "population", shown: ["projects", "network"], place: null, view: null };
  const allowed = { years: [2025, 2026, 2030], indicators: ["population", "grdp"], layers: ["projects", "network", "urban"] };
  it("is empty at the beginning", () => expect(toHash(beginning, beginning)).toBe(""));
  it("comes back as it went", () => {
    const state: State = {
      year: 2030,
      indicator: "grdp",
      shown: ["urban"],
      place: { kind: "commune", id: "11948" },
      view: { zoom: 11.5, lat: 20.85, lon: 106.68 },
    };
    expect(fromHash(`#${toHash(state, beginning)}`, beginning, allowed)).toEqual(state);
    const nothing: State = { ...beginning, shown: [] };
    expect(fromHash(toHash(nothing, beginning), beginning, allowed)).toEqual(nothing);
  });
  it("ignores nonsense", () => {
    const hash = "#year=1066&show=<b>&layers=moon&at=commune:../../x&map=99/9/9";
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
