import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type BuildCache,
  IslandPreparer,
  type ServerIslandRegistry,
  type StaticFile,
} from "../build_cache.ts";
import { setBuildId } from "../build_id.ts";
import type { Command } from "../commands.ts";
import { type FreshFsMod, fsItemsToCommands } from "../fs_routes.ts";
import type { RouteFile } from "../fs_routes.ts";
import type { BuildOutput } from "./build_output.ts";
import { contentTypeOf, hashOf } from "./paths.ts";

/** Serves a build that was never written, for development and tests. */
export class MemoryBuildCache<State> implements BuildCache<State> {
  islandRegistry: ServerIslandRegistry = new Map();
  clientEntry = "";
  clientImports: string[] = [];
  devClientEntry?: string;
  #commands: Command<State>[] = [];
  #output: BuildOutput | null = null;

  constructor(public root: string, readonly staticDir: string) {}

  /** Imports the modules of routes; later calls change nothing in them. */
  async loadRoutes(routes: RouteFile[]): Promise<void> {
    const files = await Promise.all(routes.map(async (route) => ({
      ...route,
      mod: await importFile(route.filePath) as FreshFsMod<State>,
    })));
    this.#commands = fsItemsToCommands(files);
  }

  /** Takes over a build's browser modules and the islands they stand for. */
  async useOutput(output: BuildOutput): Promise<void> {
    const registry: ServerIslandRegistry = new Map();
    const preparer = new IslandPreparer();
    for (const { name, server, file, imports } of output.islands) {
      preparer.prepare(registry, await importFile(server), file, name, imports);
    }
    setBuildId(output.buildId);
    this.#output = output;
    this.islandRegistry = registry;
    this.clientEntry = output.clientEntry;
    this.clientImports = output.clientImports;
    this.devClientEntry = output.devClientEntry;
  }

  getFsRoutes(): Command<State>[] {
    return this.#commands;
  }

  async getFile(pathname: string): Promise<StaticFile | null> {
    const built = this.#output?.files.get(pathname);
    const content = built?.content ?? await this.#readStatic(pathname);
    if (content === null) return null;
    return {
      hash: built?.hash ?? await hashOf(content),
      contentType: contentTypeOf(pathname),
      size: content.byteLength,
      read: () => Promise.resolve(content),
    };
  }

  async #readStatic(pathname: string) {
    const path = join(this.staticDir, pathname);
    if (
      pathname.includes("\0") ||
      relative(this.staticDir, path).startsWith("..")
    ) return null;
    try {
      if (!(await Deno.stat(path)).isFile) return null;
      return await Deno.readFile(path);
    } catch (error) {
      if (
        error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.NotADirectory
      ) return null;
      throw error;
    }
  }
}

async function importFile(path: string): Promise<Record<string, unknown>> {
  return await import(pathToFileURL(path).href);
}
