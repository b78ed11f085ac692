/** Drawing on the ground: areas in hectares, lengths in kilometres, a disc of so many hectares, and places typed by hand. */
import type { Position } from "geojson";

const KM_A_DEGREE = 111.195;
const CORNERS = 40;
/** About a metre; a change reads the same wherever it was drawn. */
const DECIMALS = 5;

export type At = [lon: number, lat: number];

export const rounded = ([lon, lat]: Position): At => [Number(lon!.toFixed(DECIMALS)), Number(lat!.toFixed(DECIMALS))];

const eastKm = (lat: number) => KM_A_DEGREE * Math.cos((lat * Math.PI) / 180);

/** Hectares within a ring, on a plane at its first point; good to a promille over a city. */
export function hectares(ring: readonly Position[]): number {
  const [lon, lat] = ring[0] as At;
  const points = ring.map(([x, y]) => [(x! - lon) * eastKm(lat), (y! - lat) * KM_A_DEGREE] as const);
  let twice = 0;
  points.forEach(([ax, ay], i) => {
    const [bx, by] = points[(i + 1) % points.length]!;
    twice += ax * by - bx * ay;
  });
  return Math.abs(twice) * 50;
}

export function kilometres(line: readonly Position[]): number {
  let sum = 0;
  for (let i = 1; i < line.length; i += 1) {
    const [ax, ay] = line[i - 1] as At;
    const [bx, by] = line[i] as At;
    sum += Math.hypot((bx - ax) * eastKm((ay + by) / 2), (by - ay) * KM_A_DEGREE);
  }
  return sum;
}

/** A closed ring around a point that holds so many hectares. */
export function disc([lon, lat]: At, ha: number): At[] {
  const sector = (2 * Math.PI) / CORNERS;
  const radiusKm = Math.sqrt((2 * ha) / 100 / (CORNERS * Math.sin(sector)));
  const corners = Array.from({ length: CORNERS }, (_, i) =>
    rounded([lon + (radiusKm * Math.cos(i * sector)) / eastKm(lat), lat + (radiusKm * Math.sin(i * sector)) / KM_A_DEGREE]),
  );
  return [...corners, corners[0]!];
}

/** Whether two sides of a closed ring cross. */
export function crossesItself(ring: readonly Position[]): boolean {
  const side = (a: Position, b: Position, p: Position) => Math.sign((b[0]! - a[0]!) * (p[1]! - a[1]!) - (b[1]! - a[1]!) * (p[0]! - a[0]!));
  const last = ring.length - 1;
  for (let i = 0; i < last; i += 1) {
    for (let j = i + 2; j < last; j += 1) {
      if (i === 0 && j === last - 1) continue;
      const [a, b, c, d] = [ring[i]!, ring[i + 1]!, ring[j]!, ring[j + 1]!];
      if (side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b)) return true;
    }
  }
  return false;
}

/** The nearest of some places within so many kilometres. */
export function nearest<T>(at: Position, places: readonly T[], where: (place: T) => Position, withinKm = Infinity): T | null {
  let best: T | null = null;
  let least = withinKm;
  for (const place of places) {
    const far = kilometres([at, where(place)]);
    if (far <= least) [best, least] = [place, far];
  }
  return best;
}

export interface Typed {
  points: At[];
  /** The first line that is no place, counted from 1; null when all are. */
  wrong: number | null;
}

/**
 * Places as people type them, one a line: "106.68, 20.86", "20.86 106.68" or "106,68; 20,86". The larger number is the
 * longitude, as everywhere in Việt Nam.
 */
export function typedPlaces(text: string): Typed {
  const lines = text.split("\n").map((line) => line.trim());
  const points: At[] = [];
  for (const [at, line] of lines.entries()) {
    if (!line) continue;
    const point = typedPlace(line);
    if (!point) return { points, wrong: at + 1 };
    points.push(point);
  }
  return { points, wrong: null };
}

export function typedPlace(line: string): At | null {
  const parts = (/\d,\d+\s*(;|\s)\s*\d/.test(line) ? line.replace(/(\d),(\d)/g, "$1.$2") : line).split(/[\s,;]+/).filter(Boolean);
  const numbers = parts.map(Number);
  if (numbers.length !== 2 || numbers.some((n) => !Number.isFinite(n))) return null;
  const [lon, lat] = numbers[0]! >= numbers[1]! ? [numbers[0]!, numbers[1]!] : [numbers[1]!, numbers[0]!];
  return lon <= 180 && Math.abs(lat) <= 90 ? rounded([lon, lat]) : null;
}

export const asTyped = (points: readonly Position[]): string => points.map(([lon, lat]) => `${lon}, ${lat}`).join("\n");
