/** The years: a slider that anyone can move, a button that lets time run, and how much opens in each year. */
import { h, motionWelcome, replace, s } from "./dom.ts";
import { icon } from "./icons.ts";
import type { Store } from "./state.ts";
import { w } from "./words.ts";

const STEP_MS = 850;
const STILL_STEP_MS = 1600;

export function timeline(store: Store, years: readonly number[], milestones: readonly number[], opening: Map<number, number>): HTMLElement {
  const first = years[0]!;
  const last = years.at(-1)!;
  const share = (year: number) => ((year - first) / (last - first)) * 100;
  let timer = 0;

  const slider = h("input", {
    type: "range",
    class: "timeline-slider",
    min: first,
    max: last,
    step: 1,
    value: store.now.year,
    "aria-label": w("Year"),
    oninput: () => {
      stop();
      store.change({ year: Number(slider.value) });
    },
  });
  const button = h("button", { type: "button", class: "timeline-play", onclick: () => (timer ? stop() : play()) });
  const shown = h("output", { class: "timeline-year", "aria-hidden": "true" });

  function play(): void {
    if (store.now.year >= last) store.change({ year: first });
    timer = window.setInterval(
      () => {
        const next = store.now.year + 1;
        store.change({ year: next });
        if (next >= last) stop();
      },
      motionWelcome() ? STEP_MS : STILL_STEP_MS,
    );
    paintButton();
  }

  function stop(): void {
    window.clearInterval(timer);
    timer = 0;
    paintButton();
  }

  function paintButton(): void {
    replace(button, icon(timer ? "pause" : "play", 22));
    button.setAttribute("aria-label", timer ? w("Stop time") : w("Let time run from {first} to {last}", { first, last }));
  }

  function paint(): void {
    const { year } = store.now;
    slider.value = String(year);
    const count = opening.get(year) ?? 0;
    slider.setAttribute("aria-valuetext", count ? w("{year}, {count} openings", { year, count }) : String(year));
    shown.textContent = String(year);
    slider.style.setProperty("--share", `${share(year)}%`);
  }

  store.listen((now, before) => {
    if (now.year !== before.year) paint();
  });
  paintButton();
  paint();
  return h(
    "section",
    { class: "timeline-bar", "aria-label": w("Timeline") },
    button,
    shown,
    h("div", { class: "timeline-track" }, bars(years, opening, share), slider, labels(years, milestones, share)),
  );
}

function bars(years: readonly number[], opening: Map<number, number>, share: (year: number) => number): SVGSVGElement {
  const most = Math.max(1, ...opening.values());
  return s(
    "svg",
    { class: "timeline-bars", viewBox: "0 0 100 18", preserveAspectRatio: "none", "aria-hidden": "true" },
    ...years.map((year) => {
      const high = ((opening.get(year) ?? 0) / most) * 17;
      return s("rect", { x: share(year) - 0.8, y: 18 - high, width: 1.6, height: high });
    }),
  );
}

function labels(years: readonly number[], milestones: readonly number[], share: (year: number) => number): HTMLElement {
  const wanted = [years[0]!, ...milestones.filter((year) => years.includes(year)), years.at(-1)!];
  return h(
    "div",
    { class: "timeline-labels", "aria-hidden": "true" },
    ...[...new Set(wanted)].map((year) => {
      const label = h("span", {}, String(year));
      label.style.left = `${share(year)}%`;
      return label;
    }),
  );
}
