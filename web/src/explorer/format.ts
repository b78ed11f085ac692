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

/** A short number for an axis or a legend: no trailing zeros, at most `decimals` decimals. */
export function short(value: number, language: Language, decimals = 2): string {
  const million = Math.abs(value) >= 1e6;
  const options: Intl.NumberFormatOptions = million
    ? { notation: "compact", maximumFractionDigits: 1 }
    : { maximumFractionDigits: decimals };
  return new Intl.NumberFormat(LOCALE[language], options).format(value === 0 ? 0 : value);
}

/** Words that begin a sentence, as Vietnamese and English both do. */
export function capital(text: string): string {
  return text ? text[0]!.toLocaleUpperCase() + text.slice(1) : text;
}
