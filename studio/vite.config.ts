// Builds Studio into ../dist-studio, which the server serves. `npm run dev -w studio` serves it from source beside a
// running Trainyard server, whose address is TRAINYARD_URL.
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import type { Plugin } from "vite";

const server = process.env["TRAINYARD_URL"] ?? "http://127.0.0.1:7171";

/** The font is asked for with the page, so that it is there before the first word is drawn. */
const preloadFont: Plugin = {
  name: "preload-font",
  transformIndexHtml: {
    order: "post",
    handler: (_html, { bundle = {} }) =>
      Object.keys(bundle)
        .filter((file) => file.endsWith(".woff2"))
        .map((file) => ({
          tag: "link",
          attrs: { rel: "preload", as: "font", type: "font/woff2", href: `/${file}`, crossorigin: true },
          injectTo: "head-prepend",
        })),
  },
};

/** So is the script of the page that most people open first, which is otherwise found when the main one has run. */
const preloadFirstPage: Plugin = {
  name: "preload-first-page",
  transformIndexHtml: {
    order: "post",
    handler: (_html, { bundle = {} }) => {
      const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
      const first = chunks.find(({ moduleIds }) =>
        moduleIds.some((id) => id.includes("features/jobs/jobs-page.tsx")),
      );
      if (!first) throw new Error("no script holds the jobs page");
      const asked = chunks
        .filter(({ isEntry }) => isEntry)
        .flatMap(({ fileName, imports }) => [fileName, ...imports]);
      const files = [first.fileName, ...first.imports].filter((file) => !asked.includes(file));
      return files.map((file) => ({
        tag: "link",
        attrs: { rel: "modulepreload", href: `/${file}`, crossorigin: true },
        injectTo: "head",
      }));
    },
  },
};

/** early.ts makes the first calls while the main script, which has what it shares with it from here, is on its way. */
const askEarly: Plugin = {
  name: "ask-early",
  transformIndexHtml: {
    order: "post",
    handler: (_html, { bundle = {} }) =>
      Object.values(bundle)
        .filter((file) => file.type === "chunk" && file.name === "early")
        .map(({ fileName }) => ({
          tag: "script",
          attrs: { type: "module", async: true, src: `/${fileName}`, crossorigin: true },
          injectTo: "head-prepend",
        })),
  },
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    tanstackRouter({
      target: "react",
      routesDirectory: "src/pages",
      generatedRouteTree: "src/route-tree.gen.ts",
      autoCodeSplitting: true,
      quoteStyle: "double",
      semicolons: true,
    }),
    react(),
    preloadFont,
    preloadFirstPage,
    askEarly,
  ],
  build: {
    outDir: "../dist-studio",
    emptyOutDir: true,
    assetsDir: "assets",
    // A page that is never inlined needs no exception from the content security policy.
    assetsInlineLimit: 0,
    target: "es2023",
    sourcemap: false,
    modulePreload: { polyfill: false },
    // A browser fetches six files at a time: what every page needs is one file each of script and styles.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: "early",
              test: /studio[\\/]src[\\/](early|api[\\/](call|paths)|features[\\/]jobs[\\/](table-calls|view))\.ts$/,
              priority: 3,
            },
            { name: "studio", tags: ["$initial"], priority: 2 },
            { name: "parts", test: /studio[\\/]src[\\/]ui[\\/]|@tanstack/, priority: 1 },
            { name: "charts", test: /features[\\/]metrics[\\/]|uplot/ },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": { target: server, changeOrigin: false } } },
});
