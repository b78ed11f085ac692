/** The map's colours, in one place. Text on them is dark; the style sheet holds those of the page around. */

export const PALETTE = {
  sea: "#d3e6ee",
  seaText: "#3d7690",
  land: "#eae7df",
  landEdge: "#b9c4c4",
  communeBlank: "#f8f7f3",
  communeEdge: "#ffffff",
  river: "#9cc9dc",
  ink: "#12283a",
  halo: "#ffffff",
  chosen: "#c2410c",
  fresh: "#f2b233",
} as const;

export const LAYER_COLOURS: Record<string, string> = {
  urban: "#a3467f",
  industrial: "#6246a3",
  tourism: "#a85b06",
  marine: "#0a6b78",
  underground: "#3f4851",
  spatial: "#4d7420",
};

/** How full a road is; width and dashes say it too. */
export const FLOW_COLOURS = { free: "#0b7a86", busy: "#c47a00", over: "#a8290a" } as const;

export const USE_COLOURS: Record<string, string> = {
  housing: "#d9694a",
  industry: "#8465ad",
  public: "#8a9199",
  farmland: "#d5e3a4",
  protected: "#4f8a55",
  water: "#7db5d3",
  reclaimed: "#dcb76a",
};

/** A commune that two futures leave as it is. */
export const SAME = "#d4d5d3";

export const MODE_COLOURS: Record<string, string> = {
  road: "#6d6357",
  rail: "#22262b",
  metro: "#9c2f6f",
  waterway: "#1c6fa8",
  fairway: "#17456f",
  ferry: "#1c6fa8",
  cable: "#7a4a1d",
  air: "#5d4a8a",
};
