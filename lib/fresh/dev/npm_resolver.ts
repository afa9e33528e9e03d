import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import { resolveDir } from "./paths.ts";

/** The part of `deno info --json` that tells where packages lie. */
interface DenoInfo {
  npmPackages: Record<string, NpmPackage>;
}

interface NpmPackage {
  name: string;
  version: string;
  /** Ids of the packages it imports. */
  dependencies: string[];
  localPath?: string;
}

/**
 * An esbuild plugin that finds modules as Deno does: by the import map of the
 * project's `deno.json`, and packages in Deno's cache, so that no
 * `node_modules` folder is needed.
 *
 * @param root folder to look for `deno.json` in, and in those above it
 * @param entries module files whose packages are needed
 */
export async function npmResolver(
  root: string,
  entries: string[],
): Promise<Plugin> {
  const config = await findConfig(root);
  const imports = config === null ? {} : await readImports(config);
  const packages = new PackageIndex(await denoInfo(config, entries));

  return {
    name: "deno",
    setup(build) {
      build.onResolve({ filter: /^(?:npm:|[^./])/ }, (args) => {
        if (args.kind === "entry-point" || args.path.startsWith("/")) return;
        const owner = packages.ownerOf(args.importer);
        const target = owner === null
          ? applyImportMap(args.path, imports)
          : args.path;
        if (target.startsWith("file:")) return { path: fileURLToPath(target) };
        return packages.resolve(target.replace(/^npm:\/?/, ""), owner);
      });
    },
  };
}

async function findConfig(dir: string): Promise<string | null> {
  for (;; dir = dirname(dir)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const path = join(dir, name);
      try {
        if ((await Deno.stat(path)).isFile) return path;
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    if (dirname(dir) === dir) return null;
  }
}

async function readImports(config: string): Promise<Record<string, string>> {
  const { imports = {} } = JSON.parse(await Deno.readTextFile(config));
  const base = dirname(config);
  return Object.fromEntries(
    Object.entries(imports as Record<string, string>).map(([name, target]) => [
      name,
      /^[./]/.test(target)
        ? pathToFileURL(resolveDir(target, base)).href +
          (target.endsWith("/") ? "/" : "")
        : target,
    ]),
  );
}

function applyImportMap(
  specifier: string,
  imports: Record<string, string>,
): string {
  if (specifier in imports) return imports[specifier];
  for (const [name, target] of Object.entries(imports)) {
    // `npm:` targets may have sub-paths without being mapped as folders.
    const prefix = name.endsWith("/") ? name : `${name}/`;
    if (!specifier.startsWith(prefix)) continue;
    const rest = specifier.slice(prefix.length);
    if (name.endsWith("/")) return target + rest;
    if (target.startsWith("npm:")) return `${target}/${rest}`;
  }
  return specifier;
}

/** Asks Deno for the packages that the modules import. */
async function denoInfo(
  config: string | null,
  entries: string[],
): Promise<DenoInfo> {
  const dir = await Deno.makeTempDir();
  try {
    const entry = join(dir, "entry.ts");
    const lines = entries.map((path) =>
      `import ${JSON.stringify(pathToFileURL(path).href)};`
    );
    await Deno.writeTextFile(entry, lines.join("\n"));
    const { success, stdout, stderr } = await new Deno.Command(
      Deno.execPath(),
      {
        args: [
          "info",
          "--json",
          "--no-lock",
          ...(config === null ? [] : ["--config", config]),
          entry,
        ],
        stdin: "null",
        env: { NO_COLOR: "1" },
      },
    ).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

class PackageIndex {
  #packages: Record<string, NpmPackage>;

  constructor(info: DenoInfo) {
    this.#packages = info.npmPackages;
  }

  /** The package that a file belongs to, null for the project's files. */
  ownerOf(file: string): NpmPackage | null {
    return Object.values(this.#packages).find(({ localPath }) =>
      localPath !== undefined && file.startsWith(localPath + sep)
    ) ?? null;
  }

  /**
   * @param specifier `name`, `name/sub`, `name@version/sub`
   * @param owner the package that imports it
   */
  async resolve(specifier: string, owner: NpmPackage | null) {
    const match = /^(@[^/]+\/[^/@]+|[^/@]+)(?:@([^/]+))?(\/.*)?$/.exec(
      specifier,
    );
    if (match === null) return;
    const [, name, version, sub = ""] = match;
    const found = owner?.name === name
      ? owner
      : this.#find(name, version, owner);
    if (found?.localPath === undefined) return;
    const manifest = JSON.parse(
      await Deno.readTextFile(join(found.localPath, "package.json")),
    );
    const file = exportedFile(manifest, `.${sub}`);
    return { path: join(found.localPath, file) };
  }

  #find(
    name: string,
    version: string | undefined,
    owner: NpmPackage | null,
  ): NpmPackage | undefined {
    const ids = owner?.dependencies ?? Object.keys(this.#packages);
    const named = ids.map((id) => this.#packages[id]).filter((candidate) =>
      candidate?.name === name
    );
    return named.find((candidate) => candidate.version === version) ??
      named[0];
  }
}

/** Conditions of `exports` that a browser build takes, best first. */
const CONDITIONS = ["browser", "import", "module", "default"];

type Exports = string | { [key: string]: Exports } | null | undefined;

/** The file that a package's manifest gives for `.` or `./sub`. */
function exportedFile(
  manifest: {
    name: string;
    exports?: Exports;
    module?: string;
    main?: string;
  },
  sub: string,
): string {
  const { exports, module, main } = manifest;
  if (exports === undefined || exports === null) {
    return sub === "." ? module ?? main ?? "index.js" : sub;
  }
  const bySub = typeof exports === "object" &&
    Object.keys(exports).some((key) => key.startsWith("."));
  const entry = bySub ? exports[sub] : sub === "." ? exports : undefined;
  const file = pickCondition(entry);
  if (file === undefined) {
    throw new Error(`${manifest.name} does not export ${sub}`);
  }
  return file;
}

function pickCondition(entry: Exports): string | undefined {
  if (typeof entry === "string") return entry;
  if (entry === null || entry === undefined) return undefined;
  for (const condition of CONDITIONS) {
    const file = pickCondition(entry[condition]);
    if (file !== undefined) return file;
  }
  return undefined;
}
