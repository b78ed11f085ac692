/**
 * Words that a user sees. Each is written once, in English; the page carries the reader's translations
 * (`<script type="application/json" id="words">`), taken from the catalogue of the service.
 * `words.json` lists them all; a test keeps that list and the code together.
 */
import type { Language, Named } from "./types.ts";

let translations: Record<string, string> = {};
let language: Language = "vi";

export function useWords(words: Record<string, string>, reader: Language): void {
  translations = words;
  language = reader;
}

export function reader(): Language {
  return language;
}

/** The sentence in the reader's language, with its {values} filled in. */
export function w(sentence: string, values: Record<string, string | number> = {}): string {
  const template = translations[sentence] || sentence;
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

const collator = new Intl.Collator("vi", { numeric: true });

/** Vietnamese order: d before đ, a before ă before â, and the tone last of all. */
export const byName = (a: string, b: string): number => collator.compare(a, b);

/** One of the two languages of a name; the other where it is blank. */
export function pick(name: Named | string | null | undefined): string {
  if (!name) return "";
  if (typeof name === "string") return name;
  return name[language] || name[language === "vi" ? "en" : "vi"] || "";
}
