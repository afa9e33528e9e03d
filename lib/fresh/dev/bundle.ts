import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { hashOf } from "./paths.ts";
import { npmResolver } from "./npm_resolver.ts";

/** An island module with its name in the build. */
export interface IslandEntry {
  name: string;
  /** Path of the source module. */
  server: string;
}

/** A browser module of the bundle. */
export interface BundleFile {
  /** File name, relative to the folder of all browser modules. */
  name: string;
  content: Uint8Array<ArrayBuffer>;
  hash: string;
}

/** Where an entry's module is, and what it imports. */
export interface BundleEntry {
  file: string;
  imports: string[];
}

export interface Bundle {
  files: BundleFile[];
  /** By island name, `fresh-runtime` and in development `fresh-dev`. */
  entries: Map<string, BundleEntry>;
}

const RUNTIME = fileURLToPath(new URL("../client/boot.ts", import.meta.url));
const JSX = fileURLToPath(new URL("../client/jsx.ts", import.meta.url));
const DEV_CLIENT = fileURLToPath(
  new URL("../client/dev_reload.ts", import.meta.url),
);

/**
 * Bundles the runtime and the islands for browsers, each island a module of
 * its own, with what several need in shared modules.
 */
export async function bundle(
  { root, islands, target, dev, sourceMap }: {
    root: string;
    islands: IslandEntry[];
    target: string | string[];
    dev: boolean;
    sourceMap: boolean;
  },
): Promise<Bundle> {
  // Only builds need it; the production server must start without it.
  const esbuild = await import("esbuild");
  const entryPoints = [
    { in: RUNTIME, out: "fresh-runtime" },
    ...(dev ? [{ in: DEV_CLIENT, out: "fresh-dev" }] : []),
    ...islands.map(({ name, server }) => ({ in: server, out: name })),
  ];
  const sources = entryPoints.map((entry) => entry.in);
  try {
    const { outputFiles, metafile } = await esbuild.build({
      entryPoints,
      absWorkingDir: root,
      outdir: root,
      entryNames: dev ? "[name]" : "[name]-[hash]",
      chunkNames: "chunk-[hash]",
      plugins: [await npmResolver(root, sources)],
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "browser",
      target: typeof target === "string" ? [target] : target,
      minify: !dev,
      sourcemap: sourceMap ? "linked" : false,
      write: false,
      metafile: true,
      // Preact's `h`, which is needed anyway, instead of its JSX runtime.
      jsx: "transform",
      jsxFactory: "freshElement",
      jsxFragment: "freshFragment",
      inject: [JSX],
      tsconfigRaw: "{}",
      define: { "process.env.NODE_ENV": '"production"' },
      logLevel: "silent",
    });
    const files = await Promise.all(outputFiles.map(async (file) => ({
      name: basename(file.path),
      content: new Uint8Array(file.contents),
      hash: await hashOf(new Uint8Array(file.contents)),
    })));
    return { files, entries: findEntries(metafile.outputs, entryPoints) };
  } finally {
    await esbuild.stop();
  }
}

interface OutputInfo {
  entryPoint?: string;
  imports: { path: string; kind: string }[];
}

/** Finds each entry's module by its name, which the hash comes after. */
function findEntries(
  outputs: Record<string, OutputInfo>,
  entryPoints: { out: string }[],
): Map<string, BundleEntry> {
  const entries = new Map<string, BundleEntry>();
  for (const [path, output] of Object.entries(outputs)) {
    if (output.entryPoint === undefined) continue;
    const file = basename(path);
    const name = entryPoints.find(({ out }) =>
      file === `${out}.js` || file.replace(/-[A-Z0-9]{8}\.js$/, "") === out
    )?.out;
    if (name === undefined) continue;
    entries.set(name, { file, imports: staticImports(path, outputs) });
  }
  return entries;
}

function staticImports(
  path: string,
  outputs: Record<string, OutputInfo>,
  found = new Set<string>(),
): string[] {
  for (const { path: imported, kind } of outputs[path]?.imports ?? []) {
    const name = basename(imported);
    if (kind !== "import-statement" || found.has(name)) continue;
    found.add(name);
    staticImports(imported, outputs, found);
  }
  return [...found];
}
