/**
 * Builds what the browser needs into the Python package: the explorer (one script, its map on demand) and the
 * style of every page. Names carry a hash, so a browser may keep them for ever; each file also lies there
 * compressed, so that the server never compresses.
 */
import { defineConfig } from "vite";
import { compressed } from "./build/compressed.ts";
import { landOfTheRegion } from "./build/land.ts";

export default defineConfig({
  base: "/static/explorer/",
  publicDir: false,
  plugins: [landOfTheRegion(), compressed()],
  build: {
    outDir: "../src/cuabien/service/static/explorer",
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1300,
    rollupOptions: {
      input: { explorer: "src/explorer/main.ts", pages: "src/site/main.ts", site: "src/style/site.css" },
      // How long each plugin took is no news for whoever serves a city.
      checks: { pluginTimings: false },
    },
  },
  test: { include: ["test/**/*.test.ts"] },
} as Parameters<typeof defineConfig>[0]);
