/** Trying a change: drafts, the way back and forth, drawing on the ground, and what a difference looks like. */
import { beforeAll, describe, expect, it } from "vitest";
import { begin, type Draft, drop, type Edit, freshId, put, redo, stack, step, told, undo } from "../src/explorer/tryit/draft.ts";
import { better, communeWords, painted, scaleOf, signed, yearToShow } from "../src/explorer/tryit/difference.ts";
import { chain } from "../src/explorer/tryit/editors.ts";
import { numberOf } from "../src/explorer/tryit/forms.ts";
import { crossesItself, disc, hectares, kilometres, nearest, typedPlace, typedPlaces } from "../src/explorer/tryit/ground.ts";
import { drawn, said } from "../src/explorer/tryit/says.ts";
import type { CommuneChange, Thing } from "../src/explorer/tryit/types.ts";
import { SAME } from "../src/explorer/palette.ts";
import { useWords } from "../src/explorer/words.ts";

const opens = (year: number): Edit => ({ entry: "project", id: "PR02", action: "edit", fields: { opens: year } });
const node = (id: string): Edit => ({ entry: "node", id, action: "add", fields: { lon: 106.7, lat: 20.8 } });
const link = (id: string, from: string, to: string): Edit => ({ entry: "link", id, action: "add", fields: { name_vi: "A", from_node: from, to_node: to } });

beforeAll(() => useWords({}, "en"));

describe("a draft", () => {
  it("holds one edit for an object", () => {
    const draft = put(put([], opens(2035)), { ...opens(2040), fields: { status: "stopped" } });
    expect(draft).toEqual([{ ...opens(2035), fields: { opens: 2035, status: "stopped" }, blank: undefined }]);
  });

  it("keeps an emptied field empty until it is filled again", () => {
    const emptied = put([opens(2035)], { ...opens(0), fields: {}, blank: ["opens"] });
    expect(emptied[0]).toMatchObject({ fields: {}, blank: ["opens"] });
    expect(put(emptied, opens(2036))[0]).toMatchObject({ fields: { opens: 2036 }, blank: undefined });
  });

  it("forgets what is made and taken away", () => {
    expect(put([node("try-1")], { ...node("try-1"), action: "remove", fields: {} })).toEqual([]);
  });

  it("says a line with bends once and takes it away whole, with its new points", () => {
    const draft: Draft = [node("try-1"), link("try-2", "N1", "try-1"), link("try-3", "try-1", "N2"), opens(2035)];
    expect(told(draft).map((edit) => edit.id)).toEqual(["try-2", "PR02"]);
    expect(drop(draft, "link:try-2")).toEqual([opens(2035)]);
  });

  it("says a station once and takes it away with the railway that it divides", () => {
    const whole: Edit = { entry: "link", id: "L9", action: "edit", fields: { closes: 2030 } };
    const station: Edit = { entry: "terminal", id: "try-4", action: "add", fields: { rail_node: "try-1" } };
    const draft: Draft = [opens(2035), node("try-1"), whole, link("try-2", "N1", "try-1"), link("try-3", "try-1", "N2"), station];
    expect(told(draft)).toEqual([opens(2035), station]);
    const gone = draft.map((edit): Edit => (edit === whole ? { ...whole, action: "remove", fields: {} } : edit));
    expect(told(gone)).toEqual([opens(2035), station]);
    expect(drop(draft, "terminal:try-4")).toEqual([opens(2035)]);
  });

  it("is stacked upon another", () => {
    expect(stack([opens(2035)], [opens(2040)])[0]!.fields).toEqual({ opens: 2040 });
  });

  it("gives new objects the first free number", () => {
    expect(freshId([node("try-1"), link("try-3", "a", "b")])).toBe("try-2");
  });

  it("goes back and forth", () => {
    const two = step(step(begin(), [opens(2035)]), [opens(2040)]);
    expect(undo(two).now).toEqual([opens(2035)]);
    expect(redo(undo(two)).now).toEqual([opens(2040)]);
    expect(undo(undo(undo(two))).now).toEqual([]);
    expect(step(undo(two), []).ahead).toEqual([]);
  });
});

describe("the ground", () => {
  it("measures a square kilometre as a hundred hectares", () => {
    const east = 1 / (111.195 * Math.cos((20.8 * Math.PI) / 180));
    const north = 1 / 111.195;
    const ring = [[106.7, 20.8], [106.7 + east, 20.8], [106.7 + east, 20.8 + north], [106.7, 20.8 + north], [106.7, 20.8]];
    expect(hectares(ring)).toBeCloseTo(100, 6);
    expect(kilometres(ring.slice(0, 2))).toBeCloseTo(1, 6);
  });

  it("draws so many hectares around a place", () => {
    for (const ha of [1, 200, 5000]) expect(Math.abs(hectares(disc([106.7, 20.8], ha)) / ha - 1)).toBeLessThan(ha < 10 ? 0.01 : 0.001);
    expect(crossesItself(disc([106.7, 20.8], 200))).toBe(false);
  });

  it("finds an outline that crosses itself", () => {
    expect(crossesItself([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]])).toBe(true);
  });

  it.each(["106.68, 20.86", "20.86 106.68", "106,68; 20,86", "106.68 ; 20.86"])("reads %s", (text) => {
    expect(typedPlace(text)).toEqual([106.68, 20.86]);
  });

  it("says which line is no place", () => {
    expect(typedPlaces("106.7, 20.8\n\nhere").wrong).toBe(3);
    expect(typedPlaces("106.7, 20.8\n106.8, 20.9\n").points).toHaveLength(2);
    expect(typedPlace("300, 400")).toBeNull();
  });

  it("finds the nearest within reach", () => {
    expect(nearest([0, 0], [[0, 0.5], [0, 0.01]] as [number, number][], (at) => at)).toEqual([0, 0.01]);
    expect(nearest([0, 0], [[0, 0.5]] as [number, number][], (at) => at, 10)).toBeNull();
  });
});

describe("a drawn line", () => {
  const known = [{ id: "N1", name: { vi: "Một", en: "One" }, values: {}, lon: 106.7, lat: 20.8 }] as Thing[];
  it("ends at points that are there and makes those that are not", () => {
    const edits = chain([], [[106.7001, 20.8001], [106.75, 20.85], "N9"], known, "Đường mới", { mode: "road" });
    expect(edits.map((edit) => [edit.entry, edit.id])).toEqual([["node", "try-1"], ["link", "try-2"], ["link", "try-3"]]);
    expect(edits[1]!.fields).toMatchObject({ mode: "road", from_node: "N1", to_node: "try-1" });
    expect(edits[2]!.fields).toMatchObject({ from_node: "try-1", to_node: "N9" });
  });
});

describe("a number as it is written", () => {
  it("is read in either language", () => {
    useWords({}, "vi");
    expect(["0,2", "1.234,5", "12"].map(numberOf)).toEqual([0.2, 1234.5, 12]);
    useWords({}, "en");
    expect(["0.2", "1,234.5", "0,5"].map(numberOf)).toEqual([0.2, 1234.5, 0.5]);
    expect(numberOf("")).toBeNull();
    expect(numberOf("twelve")).toBeNaN();
  });
});

describe("what an edit says", () => {
  const known = new Map<string, Thing>([["project:PR02", { id: "PR02", name: { vi: "Cầu", en: "Bridge" }, values: { opens: "2030" }, lon: 106.8, lat: 20.8 }]]);
  it("names the object, what it becomes and what the plan says", () => {
    expect(said(opens(2040), known)).toMatchObject({ title: "Bridge", details: ["opens 2040 (In the plan: 2030)"] });
    expect(said({ ...opens(0), fields: { status: "stopped" } }, known).details).toEqual(["stopped: never opens"]);
  });

  it("says a figure of the plan with all its digits, and a year without a mark between them", () => {
    const things = new Map(known);
    things.set("parameter:budget", { id: "budget", name: { vi: "Thu", en: "Revenue" }, values: { value: 103.879 }, lon: null, lat: null });
    things.set("zone:Z1", { id: "Z1", name: { vi: "Khu", en: "Zone" }, values: { from_year: 2021 }, lon: null, lat: null });
    expect(said({ entry: "parameter", id: "budget", action: "edit", fields: { value: 150 } }, things).details[0]).toContain("103.879");
    expect(said({ entry: "zone", id: "Z1", action: "edit", fields: { from_year: 2030 } }, things).details[0]).toContain("2021");
  });

  it("is drawn where it is, and from where it was moved", () => {
    const moved: Edit = { ...opens(0), fields: { points: [[106.9, 20.9]] } };
    expect(drawn([moved], known).map((feature) => feature.geometry.type)).toEqual(["LineString", "Point", "Point"]);
  });
});

describe("a difference", () => {
  const found = {
    indicator: "commute_minutes", name: { vi: "", en: "Way to work" }, unit: { vi: "phút", en: "min" }, decimals: 1, better: "down",
    years: [2025, 2045], areas: ["a", "b", "c"], second: [[1, 20], [1, 30], [null, null]], change: [[0, -4.5], [0, 0.01], [null, null]], telling: [[0, 1], [0, 0], [0, 0]],
    domain: [-5, 5], noise: 0.01, gain: [], lose: [], more: [], less: [], rests_on: null,
  } as unknown as CommuneChange;

  it("is teal where better, grey below the noise and blank without data", () => {
    const { colours, signs } = painted(found, 2045);
    expect(colours.get("a")).toBe("#0b625f");
    expect(colours.get("b")).toBe(SAME);
    expect(colours.get("c")).toBeNull();
    expect([...signs]).toEqual([["a", -1]]);
    expect([...painted(found, 2025).signs]).toEqual([]);
  });

  it("is shown in the year in which most communes differ, else in the last", () => {
    expect(yearToShow({ ...found, years: [2030, 2035, 2045], telling: [[0, 1, 0], [0, 1, 1]] } as CommuneChange)).toBe(2035);
    expect(yearToShow({ ...found, years: [2030, 2045], telling: [[1, 1]] } as CommuneChange)).toBe(2045);
    expect(yearToShow({ ...found, telling: [[0, 0]] } as CommuneChange)).toBe(2045);
  });

  it("is said in words with its sign and whether it is better", () => {
    expect(communeWords(found, "a", 2045)).toBe("20.0 min, 2045 · −4.5, better");
    expect(communeWords(found, "b", 2045)).toContain("no difference that counts");
    expect(communeWords(found, "c", 2045)).toBe("no data");
    expect(signed(3, 0)).toBe("+3");
    expect([better("up", 1), better("down", 1), better("", 1), better("up", 0)]).toEqual(["better", "worse", "", ""]);
  });

  it("has one scale for all years, even on both sides of zero", () => {
    expect(scaleOf([-5, 5], "up")!.breaks).toEqual([-4, -2, 0, 2, 4]);
    expect(scaleOf(null, "up")).toBeNull();
  });
});
