import type { BuildOptions } from "fresh/dev";

/** Where the build finds the app's parts, and what browsers it builds for. */
export const buildOptions: BuildOptions = {
  root: import.meta.dirname,
  serverEntry: "app.ts",
  routeDir: "routes",
  islandDir: "islands",
  staticDir: "static",
  outDir: "_fresh",
  target: ["chrome99", "firefox99", "safari15"],
};
