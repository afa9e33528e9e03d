import { basename } from "node:path";
import { bundle, type BundleFile, type IslandEntry } from "./bundle.ts";
import { hashOf } from "./paths.ts";

/** An island module with its place in the browser. */
export interface IslandOutput extends IslandEntry {
  file: string;
  imports: string[];
}

/** Browser modules of a build with their addresses. */
export interface BuildOutput {
  buildId: string;
  clientEntry: string;
  clientImports: string[];
  devClientEntry?: string;
  islands: IslandOutput[];
  /** By address. */
  files: Map<string, BundleFile>;
}

/**
 * Bundles the islands. The build's id comes from what is in it, so that equal
 * sources give equal addresses.
 *
 * @param salt hash of what else belongs to the build, such as static files
 */
export async function buildOutput(
  { root, islands, target, dev, sourceMap, salt }: {
    root: string;
    islands: string[];
    target: string | string[];
    dev: boolean;
    sourceMap: boolean;
    salt: string;
  },
): Promise<BuildOutput> {
  const entries = nameIslands(islands);
  const { files, entries: found } = await bundle({
    root,
    islands: entries,
    target,
    dev,
    sourceMap,
  });
  const hashes = files.map((file) => file.hash).sort().join();
  const buildId = await hashOf(new TextEncoder().encode(salt + hashes));
  const address = (name: string) => `/_fresh/js/${buildId}/${name}`;
  const entry = (name: string) => {
    const { file, imports } = found.get(name)!;
    return { file: address(file), imports: imports.map(address) };
  };

  const runtime = entry("fresh-runtime");
  return {
    buildId,
    clientEntry: runtime.file,
    clientImports: runtime.imports,
    devClientEntry: dev ? entry("fresh-dev").file : undefined,
    islands: entries.map((island) => ({ ...island, ...entry(island.name) })),
    files: new Map(files.map((file) => [address(file.name), file])),
  };
}

/** Gives each island module a unique name that can be an identifier. */
function nameIslands(paths: string[]): IslandEntry[] {
  const names = new Set<string>(["fresh-runtime", "fresh-dev"]);
  return paths.map((server) => {
    const base = basename(server).replace(/\.[jt]sx?$/, "")
      .replace(/[^\w$]/g, "_").replace(/^(?=\d)/, "_");
    let name = base;
    for (let n = 1; names.has(name); n++) name = `${base}_${n}`;
    names.add(name);
    return { name, server };
  });
}
