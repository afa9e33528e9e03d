import { join, relative, resolve } from "node:path";
import { build, type Plugin, stop } from "esbuild";
import { BUNDLED } from "../cli/build_if_stale.ts";

/** Folders whose components are precompiled by Deno. */
const COMPONENT_FOLDERS = ["routes", "components", "islands"];

/**
 * Bundles the server's modules into few files of JavaScript beside the build of the pages: a thread
 * that loads the sources keeps their texts and source maps, 18 MB. Names and lines stay readable,
 * as errors are logged with them. Packages are not bundled.
 * @param root the checkout, with the pages already built
 */
export async function bundleServer(root: string): Promise<void> {
  const outDir = join(root, "_fresh");
  const precompiled = await Deno.makeTempDir({ prefix: "tundra-build-" });
  try {
    await precompile(root, precompiled);
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: Object.entries(BUNDLED).map(([out, path]) => ({
        in: path,
        out,
      })),
      outdir: outDir,
      chunkNames: "chunk-[hash]",
      plugins: [
        await sourceModules(root),
        precompiledComponents(root, precompiled),
      ],
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "neutral",
      target: "esnext",
      // What type stripping leaves behind need not be read at every start.
      treeShaking: true,
      tsconfigRaw: "{}",
      metafile: true,
      logLevel: "silent",
    });
    await removeOldChunks(root, outDir, new Set(Object.keys(metafile.outputs)));
  } finally {
    await stop();
    await Deno.remove(precompiled, { recursive: true });
  }
}

/** Servers that run meanwhile may still load parts of the build that they were started from. */
const KEPT_MS = 24 * 3600_000;

/** @param current files of the build, relative to the root */
async function removeOldChunks(
  root: string,
  outDir: string,
  current: ReadonlySet<string>,
): Promise<void> {
  for await (const { name } of Deno.readDir(outDir)) {
    const path = join(outDir, name);
    if (!/^chunk-\w+\.js$/.test(name) || current.has(relative(root, path))) {
      continue;
    }
    const { mtime } = await Deno.stat(path);
    if (Date.now() - (mtime?.getTime() ?? 0) > KEPT_MS) await Deno.remove(path);
  }
}

/** Deno's own precompilation of JSX, which esbuild does not have. */
async function precompile(root: string, outDir: string): Promise<void> {
  const files: string[] = [];
  const visit = async (folder: string) => {
    for await (
      const { name, isDirectory } of Deno.readDir(join(root, folder))
    ) {
      const path = `${folder}/${name}`;
      if (isDirectory) await visit(path);
      else if (name.endsWith(".tsx")) files.push(path);
    }
  };
  for (const folder of [...COMPONENT_FOLDERS, "lib"]) await visit(folder);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["transpile", "--source-map", "none", "--outdir", outDir, ...files],
    cwd: root,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Takes components from where they were precompiled to. */
function precompiledComponents(root: string, folder: string): Plugin {
  return {
    name: "precompiled components",
    setup({ onLoad }) {
      onLoad({ filter: /\.tsx$/ }, async ({ path }) => ({
        contents: await Deno.readTextFile(
          join(folder, path.slice(root.length)).replace(/\.tsx$/, ".js"),
        ),
        loader: "js",
      }));
    },
  };
}

/** Finds modules of ours by the import map; packages are left to Deno. */
async function sourceModules(root: string): Promise<Plugin> {
  const { imports }: { imports: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(join(root, "deno.json")),
  );
  return {
    name: "import map",
    setup({ onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        if (kind === "entry-point") return;
        const target = imports[path];
        return target?.startsWith("./")
          ? { path: resolve(root, target) }
          : { path, external: true };
      });
    },
  };
}
