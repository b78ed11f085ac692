/**
 * What every page gains from a script; without one each works all the same. The menu closes on Escape and on a
 * press beside it, and a long list gets a field that narrows it.
 */
import { fold } from "../explorer/fold.ts";
import { canBeSaved, readyToSend } from "./comment.ts";

const menu = document.querySelector<HTMLDetailsElement>(".site-menu");
if (menu) {
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  addEventListener("pointerdown", (event) => {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) menu.open = false;
  });
}

/** `<p data-narrow="#list" hidden>` with a labelled input: it shows the rows of the list that hold what is typed. */
for (const host of document.querySelectorAll<HTMLElement>("[data-narrow]")) narrow(host);

function narrow(host: HTMLElement): void {
  const input = host.querySelector("input");
  const count = host.querySelector("[role=status]");
  const scope = document.querySelector(host.dataset.narrow ?? "");
  if (!input || !scope) return;
  const rows = [...scope.querySelectorAll<HTMLElement>("tbody > tr, [data-row]")].map((row) => ({ row, text: fold(row.textContent ?? "") }));
  const groups = [...scope.querySelectorAll<HTMLDetailsElement>("details[data-group]")];
  const stood = groups.map((group) => group.open);
  host.hidden = false;
  input.addEventListener("input", () => {
    const wanted = fold(input.value).split(" ").filter(Boolean);
    let shown = 0;
    for (const { row, text } of rows) {
      row.hidden = !wanted.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    groups.forEach((group, i) => {
      const any = group.querySelector("tbody > tr:not([hidden]), [data-row]:not([hidden])") !== null;
      group.hidden = !any;
      group.open = wanted.length ? any : stood[i]!;
    });
    if (count) count.textContent = wanted.length ? `${shown}` : "";
  });
}

/** An address with a part that lies in a folded group unfolds it. */
function unfold(): void {
  const part = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const group = part && part.closest<HTMLDetailsElement>("details:not([open])");
  if (!group) return;
  group.open = true;
  part.scrollIntoView();
}
addEventListener("hashchange", unfold);
unfold();

const comment = document.querySelector<HTMLFormElement>("form[data-puzzle]");
if (comment) readyToSend(comment);
const receipt = document.querySelector<HTMLTextAreaElement>("#receipt");
const save = document.querySelector<HTMLAnchorElement>("#save-receipt");
if (receipt && save) canBeSaved(receipt, save);
