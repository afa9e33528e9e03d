import { join } from "node:path";
import { App, type ListenOptions, setBuildCache } from "../app.ts";
import { buildOutput } from "./build_output.ts";
import { crawl } from "./crawl.ts";
import { listStaticFiles, writeBuild } from "./disk_build.ts";
import { LiveReload } from "./live_reload.ts";
import { MemoryBuildCache } from "./memory_build_cache.ts";
import { resolveDir } from "./paths.ts";

/** Folders and files of a project; relative ones are below `root`. */
export interface BuildOptions {
  /** Browsers to build for, in esbuild's terms. */
  target?: string | string[];
  /** The project's folder; the working directory if not given. */
  root?: string;
  /** The module that exports `app`. */
  serverEntry?: string;
  /** Where a production build is written. */
  outDir?: string;
  staticDir?: string;
  islandDir?: string;
  routeDir?: string;
  /** Source files that are neither islands nor routes. */
  ignore?: RegExp[];
  /** Whether browser modules get source maps, as files beside them. */
  sourceMap?: { kind: boolean | "linked" | "inline" | "external" | "both" };
}

/** The options in force, with absolute paths. */
export type ResolvedBuildConfig = Required<Omit<BuildOptions, "sourceMap">> & {
  mode: "development" | "production";
  sourceMap?: BuildOptions["sourceMap"];
};

const TEST_FILE = /[._]test\.(?:[tj]sx?|[mc][tj]s)$/;

/** Builds an app's browser modules and its table of routes and files. */
// deno-lint-ignore no-explicit-any
export class Builder<State = any> {
  config: ResolvedBuildConfig;

  constructor(options: BuildOptions = {}) {
    const root = resolveDir(options.root ?? ".", Deno.cwd());
    const dir = (path: string) => resolveDir(path, root);
    this.config = {
      target: options.target ?? ["chrome99", "firefox99", "safari15"],
      root,
      serverEntry: dir(options.serverEntry ?? "main.ts"),
      outDir: dir(options.outDir ?? "_fresh"),
      staticDir: dir(options.staticDir ?? "static"),
      islandDir: dir(options.islandDir ?? "islands"),
      routeDir: dir(options.routeDir ?? "routes"),
      ignore: options.ignore ?? [TEST_FILE],
      mode: "production",
      sourceMap: options.sourceMap,
    };
  }

  /**
   * Builds, by default for production and to the disk. Returns what gives a
   * build in memory to an app, for tests; one on the disk has its own entry.
   */
  async build(
    options: {
      mode?: ResolvedBuildConfig["mode"];
      snapshot?: "disk" | "memory";
    } = {},
  ): Promise<(app: App<State>) => void> {
    this.config.mode = options.mode ?? "production";
    const { mode } = this.config;
    if (options.snapshot === "memory") {
      const cache = await this.#buildInMemory();
      return (app) => setBuildCache(app, cache, mode);
    }
    await this.#writeToDisk();
    return () => {
      throw new Error(`Import the build from ${this.config.outDir}/server.js`);
    };
  }

  /**
   * Serves the app for development: pages reload when sources or static files
   * change. Server code is loaded anew by `deno run --watch`.
   */
  async listen(
    importApp: () => Promise<{ app: App<State> } | App<State>>,
    options: ListenOptions = {},
  ): Promise<void> {
    this.config.mode = "development";
    const imported = await importApp();
    const app = imported instanceof App ? imported : imported.app;
    const cache = await this.#buildInMemory();
    setBuildCache(app, cache, "development");
    const handle = app.handler();

    const live = new LiveReload();
    await new App<State>()
      .use(live.middleware())
      .all("*", (ctx) => handle(ctx.req, ctx.info))
      .listen(options);
    await this.#watch(cache, live);
  }

  async #crawlAndBundle(salt: string) {
    const { root, target, mode, sourceMap } = this.config;
    const { islands, routes } = await crawl(this.config);
    const output = await buildOutput({
      root,
      islands,
      target,
      dev: mode === "development",
      sourceMap: sourceMap?.kind !== undefined && sourceMap.kind !== false,
      salt,
    });
    return { routes, output };
  }

  async #buildInMemory(): Promise<MemoryBuildCache<State>> {
    const cache = new MemoryBuildCache<State>(
      this.config.root,
      this.config.staticDir,
    );
    const { routes, output } = await this.#crawlAndBundle("");
    await cache.useOutput(output);
    await cache.loadRoutes(routes);
    return cache;
  }

  async #writeToDisk(): Promise<void> {
    const { root, outDir, staticDir, serverEntry } = this.config;
    const staticFiles = await listStaticFiles(staticDir, outDir);
    const salt = Array.from(
      staticFiles.values(),
      ({ name, hash }) => name + hash,
    ).join();
    const { routes, output } = await this.#crawlAndBundle(salt);
    await writeBuild({
      root,
      outDir,
      serverEntry,
      output,
      routes,
      staticFiles,
    });
    console.log(`Build ${output.buildId} written to ${outDir}`);
  }

  /** Bundles again after changes, once they have come to rest. */
  async #watch(
    cache: MemoryBuildCache<State>,
    live: LiveReload,
  ): Promise<void> {
    const { root, staticDir, islandDir, routeDir } = this.config;
    const dirs = new Set([
      staticDir,
      islandDir,
      routeDir,
      join(root, "components"),
      join(root, "lib"),
    ]);
    const existing = [...dirs].filter((dir) => {
      try {
        return Deno.statSync(dir).isDirectory;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return false;
        throw error;
      }
    });
    if (existing.length === 0) return;

    let timer: ReturnType<typeof setTimeout> | undefined;
    const rebuild = async () => {
      try {
        const { output } = await this.#crawlAndBundle("");
        await cache.useOutput(output);
        live.reload();
      } catch (error) {
        // The source does not build at the moment; the next change may fix it.
        console.error(error);
      }
    };
    for await (const { kind } of Deno.watchFs(existing)) {
      if (kind === "access") continue;
      clearTimeout(timer);
      timer = setTimeout(rebuild, 150);
    }
  }
}
