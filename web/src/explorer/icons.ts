/**
 * The marks of the map and of its lists, drawn by us: one line drawing for each kind of thing, and a frame for
 * each stage (full, half, dashed, diamond), so that neither rests on colour alone. 24 units wide.
 */
import { s } from "./dom.ts";
import type { Stage } from "./lifecycle.ts";

export const DRAWINGS = {
  anchor: "M12 8v13M5 13a7 7 0 0 0 14 0M8.500 12h7M12 8a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5",
  bridge: "M2 18h20M6 7v11M18 7v11M2 13c2.500-1 4-3 4-6 2 5 10 5 12 0 0 3 1.500 5 4 6",
  road: "M8 3 5 21M16 3l3 18M12 3.500v3M12 10.500v3M12 17.500v3",
  train: "M7 3h10a2 2 0 0 1 2 2v8a3 3 0 0 1-3 3H8a3 3 0 0 1-3-3V5a2 2 0 0 1 2-2ZM5 10h14M8 16l-2 5M16 16l2 5",
  plane: "M12 2.500c1 0 1.500 1 1.500 2V9l7.500 5v2l-7.500-2.500V18l2.500 2v1.500l-4-1-4 1V20l2.500-2v-4.500L3 16v-2l7.500-5V4.500c0-1 .5-2 1.500-2Z",
  factory: "M3 21V10l6 4v-4l6 4V4h5v17Z",
  bolt: "M13 3 5 14h6l-1 7 8-11h-6Z",
  zone: "M4 4h7v7H4ZM13 4h7v7h-7ZM4 13h7v7H4ZM13 13h7v7h-7Z",
  city: "M4 21V10h6M10 21V4h10v17M13.500 8h3M13.500 12h3M13.500 16h3M2 21h20",
  beach: "M12 4v17M4 12a8 8 0 0 1 16 0Z",
  paper: "M6 3h9l4 4v14H6ZM9 11h7M9 15h7",
  waves: "M3 8c3-3 6 3 9 0s6 3 9 0M3 15c3-3 6 3 9 0s6 3 9 0",
  tunnel: "M4 20v-8a8 8 0 0 1 16 0v8M9 20v-6h6v6M2 20h20",
  flag: "M6 21V4h12l-3 4 3 4H6",
  cable: "M3 6l18-3M12 4.500V10M7 10h10v9H7ZM7 14h10",
  meet: "M12 3v18M3 12h18M6 6l12 12M18 6 6 18",
  search: "M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13ZM15.500 15.500 21 21",
  play: "M8 5v14l11-7Z",
  pause: "M8 5v14M16 5v14",
  back: "M14 6l-6 6 6 6",
  close: "M6 6l12 12M18 6 6 18",
  up: "M6 15l6-6 6 6",
  layers: "M12 4 3 9l9 5 9-5ZM3 14l9 5 9-5",
  pin: "M12 21c5-6 7-8.500 7-12a7 7 0 1 0-14 0c0 3.500 2 6 7 12ZM12 11.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  home: "M4 11l8-7 8 7M6 10v10h12V10",
  pen: "M4 20l1-4.500L16.500 4 20 7.500 8.500 19ZM14 6.500l3.500 3.500",
  sliders: "M4 7h9M17 7h3M4 17h3M11 17h9M13 7a2 2 0 1 0 4 0 2 2 0 1 0-4 0M7 17a2 2 0 1 0 4 0 2 2 0 1 0-4 0",
  undo: "M9 6 4 11l5 5M4 11h10a6 6 0 0 1 6 6v1",
  redo: "M15 6l5 5-5 5M20 11H10a6 6 0 0 0-6 6v1",
  copy: "M9 9h11v11H9ZM5 15H4V4h11v1",
  download: "M12 3v12M7 10.500l5 5 5-5M4 20h16",
  columns: "M4 4h16v16H4ZM12 4v16",
} as const;

export type Drawing = keyof typeof DRAWINGS;

const OF_KIND: Record<string, Drawing> = {
  seaport: "anchor",
  "port relocation": "anchor",
  channel: "waves",
  reclamation: "waves",
  island: "waves",
  bridge: "bridge",
  road: "road",
  railway: "train",
  "urban rail": "train",
  airport: "plane",
  "industrial park": "factory",
  "industrial cluster": "factory",
  "power plant": "bolt",
  "economic zone": "zone",
  "urban area": "city",
  tourism: "beach",
  underground: "tunnel",
  legal: "paper",
  programme: "flag",
};

const OF_MODE: Record<string, Drawing> = {
  road: "road",
  rail: "train",
  metro: "train",
  waterway: "waves",
  fairway: "anchor",
  ferry: "anchor",
  air: "plane",
  cable: "cable",
};

const OF_LAYER: Record<string, Drawing> = {
  urban: "city",
  industrial: "factory",
  tourism: "beach",
  marine: "anchor",
  underground: "tunnel",
  spatial: "zone",
};

export function drawingOf(kind: string, mode: string | null): Drawing {
  if (mode === "cable") return "cable";
  return OF_KIND[kind] ?? (mode ? OF_MODE[mode] : undefined) ?? "flag";
}

export const drawingOfMode = (mode: string | null): Drawing => (mode ? OF_MODE[mode] : undefined) ?? "road";
export const drawingOfLayer = (layer: string): Drawing => OF_LAYER[layer] ?? "zone";

/** A plain line icon in the colour of the text around it. */
export function icon(name: Drawing, size = 20): SVGSVGElement {
  return s(
    "svg",
    { viewBox: "0 0 24 24", width: size, height: size, class: "icon", "aria-hidden": "true", focusable: "false" },
    s("path", { d: DRAWINGS[name] }),
  );
}

// ---- marks: a drawing in the frame of its stage ---------------------------------------------------------------

interface Frame {
  path: string;
  fill: string;
  edge: string;
  dash: number[];
  ink: string;
}

const DISC = "M12 1.500a10.500 10.500 0 1 0 0 21 10.500 10.500 0 0 0 0-21Z";
const HALF = "M1.500 12a10.500 10.500 0 0 0 21 0Z";
const DIAMOND = "M12 .5 23.500 12 12 23.500 .5 12Z";

export const FRAMES: Record<Stage, Frame> = {
  open: { path: DISC, fill: "#123a5c", edge: "#ffffff", dash: [], ink: "#ffffff" },
  building: { path: DISC, fill: "#ffffff", edge: "#0b6f7d", dash: [], ink: "#0a3d52" },
  planned: { path: DISC, fill: "#ffffff", edge: "#123a5c", dash: [3.2, 2.4], ink: "#123a5c" },
  late: { path: DIAMOND, fill: "#c2410c", edge: "#ffffff", dash: [], ink: "#ffffff" },
  unknown: { path: DISC, fill: "#eef1f3", edge: "#66727d", dash: [1, 2.6], ink: "#4c5862" },
};

const HALF_TINT = "#a9dcdc";
/** The drawing is 24 units wide and stands at this scale in the middle of its frame. */
const INSET = 0.56;

/** The mark as SVG, for lists. */
export function mark(drawing: Drawing, stage: Stage, size = 26): SVGSVGElement {
  const frame = FRAMES[stage];
  const shift = 12 * (1 - INSET);
  return s(
    "svg",
    { viewBox: "0 0 24 24", width: size, height: size, class: "mark", "aria-hidden": "true", focusable: "false" },
    s("path", { d: frame.path, fill: frame.fill }),
    stage === "building" && s("path", { d: HALF, fill: HALF_TINT }),
    s("path", {
      d: frame.path,
      fill: "none",
      stroke: frame.edge,
      "stroke-width": 1.8,
      "stroke-dasharray": frame.dash.join(" ") || null,
    }),
    s("path", {
      d: DRAWINGS[drawing],
      fill: "none",
      stroke: frame.ink,
      "stroke-width": 2.6,
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
      transform: `translate(${shift} ${shift}) scale(${INSET})`,
    }),
  );
}

/** The same mark as pixels, for the map. */
export function markImage(drawing: Drawing, stage: Stage, size = 28, ratio = 2): ImageData {
  const frame = FRAMES[stage];
  return paint(size, ratio, (pen) => {
    const disc = new Path2D(frame.path);
    pen.fillStyle = frame.fill;
    pen.fill(disc);
    if (stage === "building") {
      pen.fillStyle = HALF_TINT;
      pen.fill(new Path2D(HALF));
    }
    pen.lineWidth = 1.8;
    pen.strokeStyle = frame.edge;
    pen.setLineDash(frame.dash);
    pen.stroke(disc);
    pen.setLineDash([]);
    pen.translate(12 * (1 - INSET), 12 * (1 - INSET));
    pen.scale(INSET, INSET);
    line(pen, drawing, frame.ink, 2.6);
  });
}

/** A disc for a pile of marks; its number is written over it. An orange edge: one of them is late. */
export function pileImage(late: boolean, size = 30, ratio = 2): ImageData {
  return paint(size, ratio, (pen) => {
    for (const [radius, fill] of [
      [11.4, late ? FRAMES.late.fill : FRAMES.open.fill],
      [9.6, "#ffffff"],
    ] as const) {
      pen.fillStyle = fill;
      pen.beginPath();
      pen.arc(12, 12, radius, 0, 7);
      pen.fill();
    }
  });
}

/** A drawing alone on a light plate, for zones and terminals. */
export function plateImage(drawing: Drawing, ink: string, size = 20, ratio = 2): ImageData {
  return paint(size, ratio, (pen) => {
    pen.fillStyle = "#ffffffe6";
    pen.beginPath();
    pen.roundRect(1, 1, 22, 22, 6);
    pen.fill();
    pen.strokeStyle = ink;
    pen.lineWidth = 1.4;
    pen.stroke();
    pen.translate(4.8, 4.8);
    pen.scale(0.6, 0.6);
    line(pen, drawing, ink, 2.4);
  });
}

/** Diagonal lines: no data. Fine dots: an assumed figure. */
export function patternImage(kind: "none" | "assumed", ratio = 2): ImageData {
  const size = kind === "none" ? 8 : 7;
  return paint(
    size,
    ratio,
    (pen) => {
      if (kind === "none") {
        pen.strokeStyle = "#7b8791";
        pen.lineWidth = 1;
        for (const shift of [-size, 0, size]) {
          pen.beginPath();
          pen.moveTo(shift, size);
          pen.lineTo(shift + size, 0);
          pen.stroke();
        }
      } else {
        pen.fillStyle = "#0c253a26";
        pen.beginPath();
        pen.arc(size / 2, size / 2, 0.75, 0, 7);
        pen.fill();
      }
    },
    size,
  );
}

function line(pen: CanvasRenderingContext2D, drawing: Drawing, ink: string, width: number): void {
  pen.strokeStyle = ink;
  pen.lineWidth = width;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  pen.stroke(new Path2D(DRAWINGS[drawing]));
}

function paint(
  size: number,
  ratio: number,
  draw: (pen: CanvasRenderingContext2D) => void,
  units = 24,
): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = size * ratio;
  canvas.height = size * ratio;
  const pen = canvas.getContext("2d")!;
  pen.scale((size * ratio) / units, (size * ratio) / units);
  draw(pen);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}
