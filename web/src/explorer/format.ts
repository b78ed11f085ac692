/** Numbers as the reader's language writes them: 1.234,5 in Vietnamese, 1,234.5 in English. */
import type { Language } from "./types.ts";

const LOCALE: Record<Language, string> = { vi: "vi-VN", en: "en-GB" };

/** A number with a fixed number of decimals; null is for the caller to word ("no data"). */
export function number(value: number, language: Language, decimals = 0): string {
  return new Intl.NumberFormat(LOCALE[language], {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value === 0 ? 0 : value);
}

const COMPACT_FROM = 10_000;

/** A short number for an axis or a legend: no trailing zeros, at most `decimals` decimals; 12.500 as "12,5 N". */
export function short(value: number, language: Language, decimals = 2): string {
  const options: Intl.NumberFormatOptions =
    Math.abs(value) >= COMPACT_FROM
      ? { notation: "compact", maximumFractionDigits: Math.abs(value) >= 1e5 && Math.abs(value) < 1e6 ? 0 : 1 }
      : { maximumFractionDigits: decimals };
  return new Intl.NumberFormat(LOCALE[language], options).format(value === 0 ? 0 : value);
}

/** The ticks of one axis, all with the decimals that the finest of them needs: 3,20 beside 3,10 and 3,00. */
export function axis(ticks: readonly number[], language: Language): string[] {
  const largest = Math.max(...ticks.map(Math.abs));
  const [power, compact] = largest >= 1e9 ? [1e9, true] : largest >= 1e6 ? [1e6, true] : largest >= COMPACT_FROM ? [1e3, true] : [1, false];
  const decimals = Math.max(0, ...ticks.map((tick) => decimalsOf(tick / power)));
  const options: Intl.NumberFormatOptions = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const plain = new Intl.NumberFormat(LOCALE[language], options);
  if (!compact) return ticks.map((tick) => plain.format(tick === 0 ? 0 : tick));
  const mark = new Intl.NumberFormat(LOCALE[language], { notation: "compact" }).formatToParts(power).find((part) => part.type === "compact")?.value ?? "";
  const gap = language === "vi" ? "\u00a0" : "";
  return ticks.map((tick) => (tick === 0 ? "0" : plain.format(tick / power) + gap + mark));
}

function decimalsOf(value: number): number {
  return (String(Number(value.toPrecision(8))).split(".")[1] ?? "").slice(0, 4).length;
}

/** Words that begin a sentence, as Vietnamese and English both do. */
export function capital(text: string): string {
  return text ? text[0]!.toLocaleUpperCase() + text.slice(1) : text;
}
