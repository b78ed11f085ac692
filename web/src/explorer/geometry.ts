/** Small plane geometry on longitudes and latitudes: boxes, middles, and which commune a point lies in. */
import type { Geometry, Position } from "geojson";
import type { Areas, AreaProperties } from "./types.ts";

export type Box = [Position, Position];

export function positions(geometry: Geometry): Position[] {
  if (geometry.type === "GeometryCollection") return geometry.geometries.flatMap(positions);
  const flat = (value: unknown): Position[] =>
    Array.isArray(value) && typeof value[0] === "number" ? [value as Position] : (value as unknown[]).flatMap(flat);
  return flat(geometry.coordinates);
}

export function boxOf(points: Position[]): Box {
  const xs = points.map((p) => p[0]!);
  const ys = points.map((p) => p[1]!);
  return [
    [Math.min(...xs), Math.min(...ys)],
    [Math.max(...xs), Math.max(...ys)],
  ];
}

export function largestRing(geometry: Geometry): Position[] {
  const rings =
    geometry.type === "Polygon"
      ? [geometry.coordinates[0]!]
      : geometry.type === "MultiPolygon"
        ? geometry.coordinates.map((polygon) => polygon[0]!)
        : [positions(geometry)];
  const size = (ring: Position[]) => {
    const [[west, south], [east, north]] = boxOf(ring) as [[number, number], [number, number]];
    return (east - west) * (north - south);
  };
  return rings.reduce((best, ring) => (size(ring) > size(best) ? ring : best));
}

/** The centroid of a ring by area. */
export function middleOf(ring: Position[]): Position {
  let area = 0;
  let x = 0;
  let y = 0;
  const [ox, oy] = ring[0] as [number, number];
  for (let i = 0; i < ring.length - 1; i += 1) {
    const [ax, ay] = [ring[i]![0]! - ox, ring[i]![1]! - oy];
    const [bx, by] = [ring[i + 1]![0]! - ox, ring[i + 1]![1]! - oy];
    const cross = ax * by - bx * ay;
    area += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return area ? [ox + x / (3 * area), oy + y / (3 * area)] : [ox, oy];
}

/** Where a thing is spoken of: a point itself, the middle of a line, the middle of an outline. */
export function pointOf(geometry: Geometry): [number, number] {
  const points = positions(geometry);
  if (geometry.type === "Polygon" || geometry.type === "MultiPolygon") {
    const [x, y] = middleOf(largestRing(geometry)) as [number, number];
    return [x, y];
  }
  if (geometry.type === "LineString" && points.length === 2) {
    return [(points[0]![0]! + points[1]![0]!) / 2, (points[0]![1]! + points[1]![1]!) / 2];
  }
  const [x, y] = points[geometry.type === "LineString" ? Math.floor(points.length / 2) : 0] as [number, number];
  return [x, y];
}

/** The commune whose outline holds a point; null at sea and outside the city. */
export function communeAt(areas: Areas, at: readonly [number, number]): AreaProperties | null {
  const hit = areas.features.find(({ geometry }) => {
    const polygons =
      geometry.type === "Polygon" ? [geometry.coordinates] : geometry.type === "MultiPolygon" ? geometry.coordinates : [];
    return polygons.some(([outer, ...holes]) => inside(at, outer!) && !holes.some((hole) => inside(at, hole)));
  });
  return hit?.properties ?? null;
}

/** Whether a ray to the east crosses the ring an odd number of times. */
function inside([x, y]: readonly [number, number], ring: Position[]): boolean {
  let within = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [ax, ay] = ring[i] as [number, number];
    const [bx, by] = ring[j] as [number, number];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  }
  return within;
}
