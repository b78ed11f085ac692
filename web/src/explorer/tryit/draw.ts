/**
 * Drawing an outline or a line on the map with a pointer or a finger. Loaded when somebody draws, and only then; whoever cannot draw
 * types places instead. A toolbar over the map ends, begins again or gives up.
 */
import type { Map as MapLibre } from "maplibre-gl";
import type { Position } from "geojson";
import { TerraDraw, TerraDrawLineStringMode, TerraDrawPolygonMode, TerraDrawSelectMode, ValidateNotSelfIntersecting } from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import { h } from "../dom.ts";
import { w } from "../words.ts";
import { type At, nearest, rounded } from "./ground.ts";

const INK = "#c2410c" as const;
const SNAP_PX = 18;
const HANDLE = {
  selectionPointColor: "#ffffff",
  selectionPointOutlineColor: INK,
  selectionPointWidth: 7,
  selectionPointOutlineWidth: 2.5,
  midPointColor: INK,
  midPointOutlineColor: "#ffffff",
  midPointWidth: 5,
  selectedPolygonColor: INK,
  selectedPolygonFillOpacity: 0.18,
  selectedPolygonOutlineColor: INK,
  selectedPolygonOutlineWidth: 2.5,
  selectedLineStringColor: INK,
  selectedLineStringWidth: 4,
} as const;

export interface Drawn {
  shape: "polygon" | "line";
  map: MapLibre;
  /** Over the map: the toolbar stands in it. */
  host: HTMLElement;
  /** Points of the network that the ends of a line are drawn to. */
  snap: readonly At[];
  /** What is there already, to be moved corner by corner. */
  start: readonly Position[] | null;
}

/** The corners of an outline (closed) or of a line; null when the visitor gave up. */
export function drawShape({ shape, map, host, snap, start }: Drawn): Promise<At[] | null> {
  const mode = shape === "polygon" ? "polygon" : "linestring";
  const draw = new TerraDraw({ adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 7 }), modes: modesOf(map, snap) });
  draw.start();
  const say = h("p", { class: "draw-says", role: "status" });
  const done = h("button", { type: "button", class: "button", onclick: () => finish() }, w("Use this drawing"));
  const anew = h("button", { type: "button", class: "button button--quiet", onclick: () => begin() }, w("Start over"));
  const stop = h("button", { type: "button", class: "button button--quiet", onclick: () => end(null) }, w("Cancel"));
  const bar = h("div", { class: "draw-bar", role: "toolbar", "aria-label": w("Drawing") }, say, h("div", { class: "draw-buttons" }, done, anew, stop));
  host.append(bar);
  let resolve: (drawn: At[] | null) => void = () => undefined;

  function begin(): void {
    draw.clear();
    draw.setMode(mode);
    done.disabled = true;
    say.textContent = shape === "polygon" ? w("Tap the corners one after another; tap the first one again to close.") : w("Tap where the line begins and bends; tap its last point again to end it.");
  }

  /** Handles on every corner, to move what was drawn. */
  function adjust(id: string | number): void {
    draw.selectFeature(id);
    done.disabled = false;
    say.textContent = w("Drag a corner to move it. Then use the drawing.");
  }

  function corners(): At[] {
    const feature = draw.getSnapshot().find((f) => f.geometry.type === (shape === "polygon" ? "Polygon" : "LineString"));
    if (!feature) return [];
    const { geometry, properties } = feature;
    const all = (geometry.type === "Polygon" ? geometry.coordinates[0]!.slice(0, -1) : (geometry.coordinates as Position[])).map(rounded);
    // While it is being drawn, its last corner only follows the pointer.
    const fixed = properties.currentlyDrawing ? all.slice(0, -1) : all;
    return fixed.filter((at, i) => i === 0 || String(at) !== String(fixed[i - 1]));
  }

  function finish(): void {
    const points = corners();
    if (points.length < (shape === "polygon" ? 3 : 2)) return;
    end(shape === "polygon" ? [...points, points[0]!] : points);
  }

  function end(drawn: At[] | null): void {
    removeEventListener("keydown", escape, true);
    draw.stop();
    bar.remove();
    resolve(drawn);
  }

  const escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    end(null);
  };
  addEventListener("keydown", escape, true);
  draw.on("change", () => {
    done.disabled = corners().length < (shape === "polygon" ? 3 : 2);
  });
  draw.on("finish", (id, context) => {
    if (context.action === "draw") adjust(id);
  });
  if (start && start.length > 1) {
    const ring = shape === "polygon" ? [start.map((p) => [...p])] : start.map((p) => [...p]);
    const geometry = { type: shape === "polygon" ? "Polygon" : "LineString", coordinates: ring };
    const [added] = draw.addFeatures([{ type: "Feature", properties: { mode }, geometry } as never]);
    if (added?.valid && added.id !== undefined) adjust(added.id);
    else begin();
  } else begin();
  stop.focus();
  return new Promise((ready) => {
    resolve = ready;
  });
}

function modesOf(map: MapLibre, snap: readonly At[]) {
  const px = ([lon, lat]: At) => map.project([lon, lat]);
  /** The point of the network under the pointer. */
  const toPoint = ({ lng, lat }: { lng: number; lat: number }): Position | undefined => {
    const near = nearest([lng, lat], snap, (at) => at);
    if (!near) return undefined;
    const [a, b] = [px(near), px([lng, lat])];
    return Math.hypot(a.x - b.x, a.y - b.y) <= SNAP_PX ? [...near] : undefined;
  };
  const coordinates = { midpoints: true, draggable: true, deletable: true };
  return [
    new TerraDrawPolygonMode({
      pointerDistance: 26,
      validation: (feature, { updateType }) => (updateType === "finish" ? ValidateNotSelfIntersecting(feature as never) : { valid: true }),
      styles: { fillColor: INK, fillOpacity: 0.18, outlineColor: INK, outlineWidth: 2.5, closingPointColor: INK, closingPointWidth: 8, closingPointOutlineColor: "#ffffff" },
    }),
    new TerraDrawLineStringMode({
      pointerDistance: 26,
      ...(snap.length ? { snapping: { toCustom: toPoint } } : {}),
      styles: { lineStringColor: INK, lineStringWidth: 4, closingPointColor: INK, closingPointWidth: 7, snappingPointColor: "#12283a", snappingPointWidth: 7 },
    }),
    new TerraDrawSelectMode({
      pointerDistance: 26,
      styles: HANDLE,
      flags: {
        polygon: { feature: { draggable: true, coordinates } },
        linestring: { feature: { draggable: true, coordinates: { ...coordinates, snappable: snap.length ? { toCustom: toPoint } : false } } },
      },
    }),
  ];
}
