import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ComponentType } from "preact";
import { setBuildId } from "./build_id.ts";
import type { Command } from "./commands.ts";
import { fsItemsToCommands, type FsRouteFile } from "./fs_routes.ts";

/** A component that is hydrated in the browser. */
export interface Island {
  /** Address of the browser module, below the app's base path. */
  file: string;
  /** Unique name in pages and in their state. */
  name: string;
  /** The module's export that is the component. */
  exportName: string;
  // deno-lint-ignore no-explicit-any
  fn: ComponentType<any>;
  /** Addresses of the modules that `file` imports, to be fetched with it. */
  imports: string[];
}

/** Islands by their component. */
export type ServerIslandRegistry = Map<unknown, Island>;

/** A static file ready to be sent. */
export interface StaticFile {
  hash: string;
  contentType: string;
  size: number;
  /** Reads the whole content. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** What a build gives the running app. */
export interface BuildCache<State = unknown> {
  root: string;
  islandRegistry: ServerIslandRegistry;
  /** Address of the browser runtime and of the modules it imports. */
  clientEntry: string;
  clientImports: string[];
  /** Address of the script that reloads pages; in development only. */
  devClientEntry?: string;
  getFsRoutes(): Command<State>[];
  /** @param pathname decoded path of the request below the base path */
  getFile(pathname: string): Promise<StaticFile | null>;
}

/** A row of the static file table. */
export interface FileSnapshot {
  name: string;
  /** Path relative to the snapshot's folder. */
  filePath: string;
  hash: string;
  contentType: string;
  size: number;
}

/** The module that a production build generates. */
export interface BuildSnapshot<State> {
  version: string;
  clientEntry: string;
  clientImports: string[];
  fsRoutes: FsRouteFile<State>[];
  staticFiles: Map<string, FileSnapshot>;
  islands: ServerIslandRegistry;
}

/** Serves a production build from its generated snapshot module. */
export class ProdBuildCache<State> implements BuildCache<State> {
  islandRegistry: ServerIslandRegistry;
  clientEntry: string;
  clientImports: string[];
  #snapshot: BuildSnapshot<State>;
  #dir: string;

  /**
   * @param root the project's folder
   * @param snapshotUrl `import.meta.url` in the snapshot's folder; files are
   * read relative to it, so that a build works from any working directory and
   * inside a compiled program.
   */
  constructor(
    public root: string,
    snapshot: BuildSnapshot<State>,
    snapshotUrl: string,
  ) {
    setBuildId(snapshot.version);
    this.#snapshot = snapshot;
    this.#dir = dirname(fileURLToPath(snapshotUrl));
    this.islandRegistry = snapshot.islands;
    this.clientEntry = snapshot.clientEntry;
    this.clientImports = snapshot.clientImports;
  }

  getFsRoutes(): Command<State>[] {
    return fsItemsToCommands(this.#snapshot.fsRoutes);
  }

  getFile(pathname: string): Promise<StaticFile | null> {
    const file = this.#snapshot.staticFiles.get(pathname);
    if (file === undefined) return Promise.resolve(null);
    return Promise.resolve({
      hash: file.hash,
      contentType: file.contentType,
      size: file.size,
      read: () => Deno.readFile(join(this.#dir, file.filePath)),
    });
  }
}

/** Serves an app that was started without a build: nothing but its code. */
export class EmptyBuildCache<State> implements BuildCache<State> {
  root = ".";
  islandRegistry: ServerIslandRegistry = new Map();
  clientEntry = "";
  clientImports: string[] = [];

  getFsRoutes(): Command<State>[] {
    return [];
  }

  getFile(): Promise<StaticFile | null> {
    return Promise.resolve(null);
  }
}

/** Registers the exports of island modules under unique names. */
export class IslandPreparer {
  #names = new Set<string>();

  /** Every exported function of `mod` becomes an island of `registry`. */
  prepare(
    registry: ServerIslandRegistry,
    mod: Record<string, unknown>,
    file: string,
    modName: string,
    imports: string[],
  ): void {
    for (const [exportName, value] of Object.entries(mod)) {
      if (typeof value !== "function") continue;
      const base = exportName === "default" ? modName : exportName;
      let name = base;
      for (let n = 1; this.#names.has(name); n++) name = `${base}_${n}`;
      this.#names.add(name);
      const fn = value as ComponentType;
      registry.set(fn, { file, name, exportName, fn, imports });
    }
  }
}
