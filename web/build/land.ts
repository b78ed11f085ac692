/**
 * Our own basemap: the land around the East Sea, cut out of Natural Earth (public domain; npm `world-atlas`).
 * Fine (1:10 million) near the city, coarse (1:50 million) farther off, in lon/lat with three decimals.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Feature, FeatureCollection, MultiPolygon, Polygon, Position } from "geojson";
import { feature } from "topojson-client";
import type { Plugin } from "vite";

type Box = readonly [west: number, south: number, east: number, north: number];

/** The gulf and the delta around Hải Phòng. */
const NEAR: Box = [104.5, 19.0, 109.0, 22.6];
/** From Yunnan to Borneo: everything from which Hoàng Sa and Trường Sa can be understood. */
const FAR: Box = [98, 2, 124, 27];

const require = createRequire(import.meta.url);

export function landOfTheRegion(): Plugin {
  return {
    name: "land-of-the-region",
    buildStart() {
      const folder = join(dirname(new URL(import.meta.url).pathname), "../src/generated");
      mkdirSync(folder, { recursive: true });
      const land = [...cut("land-50m", FAR, "far"), ...cut("land-10m", NEAR, "near")];
      const collection: FeatureCollection = { type: "FeatureCollection", features: land };
      writeFileSync(join(folder, "land.json"), JSON.stringify(collection));
      writeFileSync(join(folder, "inset.json"), JSON.stringify(insetDrawing()));
    },
  };
}

/** The small map in the corner: the whole East Sea as one path, ten units a degree. */
const INSET: Box = [101.5, 5.5, 118.5, 24];

function insetDrawing(): { width: number; height: number; west: number; north: number; path: string } {
  const [west, south, east, north] = INSET;
  const at = ([x, y]: Position) => `${Math.round((x! - west) * 10)} ${Math.round((north - y!) * 10)}`;
  const rings = cut("land-110m", INSET, "far").flatMap((f) => f.geometry.coordinates);
  const path = rings.map((ring) => `M${ring.slice(0, -1).map(at).join("L")}Z`).join("");
  return { width: (east - west) * 10, height: (north - south) * 10, west, north, path };
}

function cut(file: string, box: Box, detail: "near" | "far"): Feature<Polygon>[] {
  const topology = JSON.parse(readFileSync(require.resolve(`world-atlas/${file}.json`), "utf8"));
  const land = feature(topology, topology.objects.land) as unknown as
    | Feature<MultiPolygon>
    | FeatureCollection<Polygon | MultiPolygon>;
  const features = "features" in land ? land.features : [land];
  return features
    .flatMap((f) => (f.geometry.type === "Polygon" ? [f.geometry.coordinates] : f.geometry.coordinates))
    .map((rings) => rings.map((ring) => clipRing(ring, box)).filter((ring) => ring.length >= 4))
    .filter((rings) => rings.length > 0)
    .map((coordinates) => ({
      type: "Feature",
      properties: { detail },
      geometry: { type: "Polygon", coordinates },
    }));
}

/** Sutherland-Hodgman: the part of a ring inside a box, edge by edge. */
function clipRing(ring: Position[], [west, south, east, north]: Box): Position[] {
  const sides: readonly [axis: 0 | 1, bound: number, keep: 1 | -1][] = [
    [0, west, 1],
    [0, east, -1],
    [1, south, 1],
    [1, north, -1],
  ];
  let points = ring.slice(0, -1);
  for (const [axis, bound, keep] of sides) {
    const inside = (p: Position) => (p[axis]! - bound) * keep >= 0;
    points = points.flatMap((here, i) => {
      const before = points[(i + points.length - 1) % points.length]!;
      const crossing = inside(here) === inside(before) ? [] : [cross(before, here, axis, bound)];
      return inside(here) ? [...crossing, here] : crossing;
    });
  }
  const short = points.map(([x, y]) => [Math.round(x! * 1000) / 1000, Math.round(y! * 1000) / 1000]);
  return short.length ? [...short, short[0]!] : [];
}

function cross(a: Position, b: Position, axis: 0 | 1, bound: number): Position {
  const share = (bound - a[axis]!) / (b[axis]! - a[axis]!);
  return [a[0]! + share * (b[0]! - a[0]!), a[1]! + share * (b[1]! - a[1]!)];
}
