/** On a phone the panel is a sheet above the timeline with three heights; a drag or the button moves it. */
import { h } from "./dom.ts";
import { icon } from "./icons.ts";
import { w } from "./words.ts";

export type Height = "peek" | "half" | "full";
const UP: Record<Height, Height> = { peek: "half", half: "full", full: "peek" };
const FLICK_PX = 36;

/** How much of the room over the years the sheet covers, in px; the style sheet says the same of its heights. */
export function coveredPx(height: Height, room: number, peek: number): number {
  return height === "peek" ? peek : height === "half" ? Math.min(0.56 * room, 440) : room;
}

export interface Sheet {
  handle: HTMLElement;
  set(height: Height): void;
  height(): Height;
}

export function sheet(panel: HTMLElement, headline: HTMLElement, moved: () => void): Sheet {
  let height: Height = "peek";
  let from: number | null = null;
  const button = h(
    "button",
    { type: "button", class: "sheet-button", "aria-controls": "panel-body", onclick: () => set(UP[height]) },
    h("span", { class: "sheet-grip" }),
    icon("up", 22),
  );
  const handle = h(
    "div",
    {
      class: "sheet-handle",
      onpointerdown: (event: PointerEvent) => {
        from = event.clientY;
      },
      onpointerup: (event: PointerEvent) => {
        const by = from === null ? 0 : from - event.clientY;
        from = null;
        if (by > FLICK_PX) set(height === "peek" ? "half" : "full");
        else if (by < -FLICK_PX) set(height === "full" ? "half" : "peek");
        else if (event.target instanceof Element && !event.target.closest("button")) set(UP[height]);
      },
    },
    headline,
    button,
  );

  function set(to: Height): void {
    height = to;
    panel.dataset.height = to;
    button.setAttribute("aria-expanded", String(to !== "peek"));
    button.setAttribute("aria-label", to === "full" ? w("Make the panel small") : w("Make the panel larger"));
    moved();
  }
  set("peek");
  return { handle, set, height: () => height };
}
