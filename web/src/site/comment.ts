/**
 * The form for a comment: a puzzle solved by this browser keeps floods away, and nobody is asked to read crooked letters. It is
 * solved in slices, so that typing never waits; who sends before it is solved waits for the rest of it. And a receipt that
 * is shown can be saved as a file.
 */
interface Puzzle {
  algorithm: string;
  challenge: string;
  maxnumber: number;
  salt: string;
  signature: string;
}

const SLICE = 400;

async function solve(puzzle: Puzzle): Promise<number | null> {
  const text = new TextEncoder();
  for (let from = 0; from <= puzzle.maxnumber; from += SLICE) {
    const numbers = Array.from({ length: Math.min(SLICE, puzzle.maxnumber + 1 - from) }, (_, i) => from + i);
    const digests = await Promise.all(numbers.map((n) => crypto.subtle.digest("SHA-256", text.encode(puzzle.salt + n))));
    const found = digests.findIndex((digest) => hex(digest) === puzzle.challenge);
    if (found >= 0) return numbers[found]!;
  }
  return null;
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function readyToSend(form: HTMLFormElement): void {
  const field = form.elements.namedItem("solution");
  const state = form.querySelector<HTMLElement>(".puzzle-state");
  if (!(field instanceof HTMLInputElement) || !globalThis.crypto?.subtle) return;
  const puzzle = JSON.parse(form.dataset.puzzle ?? "") as Puzzle;
  let wantsToSend = false;
  form.addEventListener("submit", (event) => {
    if (field.value) return;
    event.preventDefault();
    wantsToSend = true;
    if (state) state.hidden = false;
  });
  void solve(puzzle).then((number) => {
    // Without a solution the comment is taken all the same, and waits for a moderator.
    field.value = number === null ? "-" : btoa(JSON.stringify({ ...puzzle, number }));
    if (state) state.textContent = state.dataset.done ?? "";
    if (wantsToSend) form.requestSubmit();
  });
}

export function canBeSaved(receipt: HTMLTextAreaElement, link: HTMLAnchorElement): void {
  link.href = URL.createObjectURL(new Blob([receipt.value], { type: "application/json" }));
  link.hidden = false;
}
