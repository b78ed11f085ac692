/**
 * Builds the scripts of a published edition: one plain script for the explorer (`--mode explorer`), one for every other page
 * (`--mode pages`). Plain, because a browser refuses modules from a disk; beside the built explorer, which must be built before.
 */
import { defineConfig } from "vite";
import { fromDisk } from "./build/fromdisk.ts";
import { landOfTheRegion } from "./build/land.ts";

const ENTRIES: Record<string, string> = { explorer: "src/explorer/main.ts", pages: "src/site/main.ts" };

export default defineConfig(({ mode }) => ({
  base: "./",
  publicDir: false,
  plugins: [landOfTheRegion(), fromDisk()],
  define: { "process.env.NODE_ENV": '"production"', "import.meta": "{}" },
  build: {
    outDir: "../src/cuabien/service/static/explorer/edition",
    emptyOutDir: false,
    target: "es2022",
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 3000,
    lib: {
      entry: ENTRIES[mode]!,
      formats: ["iife"],
      name: "cuabien",
      fileName: () => `${mode}.js`,
      cssFileName: mode,
    },
    rollupOptions: { output: { codeSplitting: false }, checks: { pluginTimings: false } },
  },
}));
