import { type Browser, chromium } from "playwright-core";

/** Where Debian and others install the browser. */
const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** Path of Chromium; the test task has made sure that there is one. */
export async function findChromium(): Promise<string> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    for (const name of NAMES) {
      const path = `${folder}/${name}`;
      try {
        if ((await Deno.stat(path)).isFile) return path;
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  }
  throw new Error("Chromium is not in PATH: install Debian's chromium");
}

/** Starts a headless browser that asks nobody outside for anything. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: await findChromium(),
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
