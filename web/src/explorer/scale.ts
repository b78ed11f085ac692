/**
 * The colour scale of the map: a few classes with round bounds, the same for all years, so that a colour
 * means one thing while time runs. Both ramps can be told apart by people with any form of colour blindness.
 */

export const SEQUENTIAL = ["#fbf4bd", "#cfe5b4", "#98cdb8", "#64b5b6", "#4297ad", "#3377a2", "#2b558c"] as const;
export const DIVERGING = ["#8f4f14", "#c98d45", "#ecd2a2", "#b4dbd2", "#4fa79c", "#0b625f"] as const;

export interface Scale {
  /** Bounds between the classes, rising; one fewer than the colours. */
  breaks: number[];
  colours: string[];
  diverging: boolean;
  lowest: number;
  highest: number;
}

/** A scale for every value that will be shown; null when there is none. */
export function makeScale(values: readonly (number | null)[]): Scale | null {
  const known = values.filter((v): v is number => v !== null && Number.isFinite(v)).sort((a, b) => a - b);
  if (!known.length) return null;
  const lowest = known[0]!;
  const highest = known.at(-1)!;
  const belowZero = known.filter((v) => v < 0).length / known.length;
  const diverging = belowZero > 0.02 && belowZero < 0.98;
  const breaks = diverging ? evenBreaks(known) : quantileBreaks(known);
  const colours = diverging ? [...DIVERGING] : spread(SEQUENTIAL, breaks.length + 1);
  return { breaks, colours, diverging, lowest, highest };
}

/**
 * One scale for what two futures differ by, in all years: even steps on both sides of zero; null where nothing
 * differs. Only differences are given that the solvers do not leave open.
 */
export function differenceScale(differences: readonly number[]): Scale | null {
  if (!differences.length) return null;
  const sizes = differences.map(Math.abs).sort((a, b) => a - b);
  const step = nice(quantile(sizes, 0.95) / 2.5);
  return {
    breaks: [-2 * step, -step, 0, step, 2 * step],
    colours: [...DIVERGING],
    diverging: true,
    lowest: Math.min(...differences),
    highest: Math.max(...differences),
  };
}

export function classOf(scale: Scale, value: number): number {
  let at = 0;
  while (at < scale.breaks.length && value >= scale.breaks[at]!) at += 1;
  return at;
}

export function colourOf(scale: Scale, value: number): string {
  return scale.colours[classOf(scale, value)]!;
}

/** Where the classes part: finer at the top, where a few dense communes differ most. */
const SHARES = [0.12, 0.34, 0.56, 0.74, 0.86, 0.95];

/** Quantiles, rounded to numbers that people can remember; fewer where they fall together. */
function quantileBreaks(sorted: number[]): number[] {
  const raw = SHARES.map((share) => quantile(sorted, share));
  const rounded = raw.map((value) => roundNicely(value, sorted.at(-1)! - sorted[0]!));
  return [...new Set(rounded)].filter((b) => b > sorted[0]! && b <= sorted.at(-1)!);
}

/** Even steps on both sides of zero. */
function evenBreaks(sorted: number[]): number[] {
  const reach = Math.max(Math.abs(quantile(sorted, 0.05)), Math.abs(quantile(sorted, 0.95)));
  const step = nice(reach / 2.5);
  return [-2 * step, -step, 0, step, 2 * step];
}

function quantile(sorted: number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  return low + (high - low) * (at - Math.floor(at));
}

/** Rounded to two digits of itself, or of the span where the span is much smaller than the value. */
export function roundNicely(value: number, span: number): number {
  const size = Math.min(Math.abs(value), span) || 1;
  const unit = 10 ** (Math.floor(Math.log10(size)) - 1);
  const step = unit * 5;
  const rounded = Math.abs(value) > 20 * unit ? Math.round(value / step) * step : Math.round(value / unit) * unit;
  return Number(rounded.toPrecision(10));
}

/** The nearest of 1, 2, 2.5, 5 times a power of ten, above. */
export function nice(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  const times = [1, 2, 2.5, 5, 10].find((m) => m * power >= value * 0.999) ?? 10;
  return Number((times * power).toPrecision(10));
}

/** Round steps that cover low..high, from zero where zero is near: the ticks of an axis. */
export function ticks(low: number, high: number, most = 5): number[] {
  const bottom = low > 0 && low < 0.4 * high ? 0 : low;
  const step = nice((high - bottom || Math.abs(high) || 1) / (most - 1));
  const first = Math.floor(bottom / step + 1e-9);
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(10)));
}

/** `count` colours spread over a ramp. */
function spread(ramp: readonly string[], count: number): string[] {
  if (count === 1) return [ramp[3]!];
  return Array.from({ length: count }, (_, i) => ramp[Math.round((i * (ramp.length - 1)) / (count - 1))]!);
}
