/** Comparing names as people type them: without accents, case or punctuation ("do son" finds "Đồ Sơn"). */

export function fold(text: string): string {
  return text
    .toLowerCase()
    .replaceAll("đ", "d")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** How well a query fits a name: 0 the whole name, 1 its beginning, 2 the beginning of words, 3 inside; null no. */
export function fit(query: string, name: string): number | null {
  const wanted = fold(query);
  const text = fold(name);
  if (!wanted) return null;
  if (text === wanted || text.endsWith(` ${wanted}`)) return 0;
  if (text.startsWith(wanted)) return 1;
  const words = text.split(" ");
  if (wanted.split(" ").every((part) => words.some((word) => word.startsWith(part)))) return 2;
  return text.includes(wanted) ? 3 : null;
}

/** The items that fit, best first; equally good ones keep their order. */
export function bestFits<T>(query: string, items: readonly T[], nameOf: (item: T) => string, most: number): T[] {
  return items
    .map((item) => ({ item, score: fit(query, nameOf(item)) }))
    .filter((row): row is { item: T; score: number } => row.score !== null)
    .sort((a, b) => a.score - b.score)
    .slice(0, most)
    .map((row) => row.item);
}
