/** Builds the app (`dev.ts build`) or serves it for development (`dev.ts`). */
import { Builder } from "fresh/dev";
import { buildOptions } from "./fresh.config.ts";
import { bundleServer } from "./lib/compile/bundle_server.ts";

const builder = new Builder(buildOptions);
if (Deno.args.includes("build")) {
  await builder.build();
  await bundleServer(import.meta.dirname!);
} else {
  const { developmentApp } = await import("./lib/cli/dev.ts");
  const { app, listen } = await developmentApp((await import("./app.ts")).app);
  await builder.listen(() => Promise.resolve(app), listen);
}
