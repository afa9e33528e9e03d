import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { existsSync, readdirSync, statSync } from "node:fs";
import { OperatorError } from "../config/operator_error.ts";
import type { Logger } from "./log.ts";

/** Folders and files that a build is made from. */
const SOURCES = [
  "islands",
  "routes",
  "components",
  "static",
  "lib",
  "app.ts",
  "dev.ts",
  "fresh.config.ts",
  "deno.json",
];
const STAMP = "sources.txt";

/** Modules of the build, as URLs. */
export interface Build {
  /** Exports `serve` of `lib/cli/serve.ts`. */
  program: string;
  /** The thread of an HTTP worker, `lib/http/worker.ts`. */
  thread: string;
  /** The app with its routes, islands and static files; exports a `fetch` handler. */
  app: string;
}

/** Names of the build's modules, and the sources they are bundled from. */
export const BUNDLED: Record<keyof Build, string> = {
  program: "lib/cli/serve.ts",
  thread: "lib/http/worker.ts",
  app: "_fresh/server.js",
};

/**
 * Makes the build of the server, islands, routes and static files unless it is there and newer
 * than its sources. Names, sizes and times of the sources are compared, which takes some
 * milliseconds; the build itself runs in a process of its own, whose memory is gone afterwards.
 * Servers that start together wait for one another.
 *
 * @param root folder of the program's sources
 */
export async function buildIfStale(root: string, log: Logger): Promise<Build> {
  const outDir = join(root, "_fresh");
  const moduleUrl = (name: keyof Build) =>
    pathToFileURL(join(outDir, `${name}.js`)).href;
  const build: Build = {
    program: moduleUrl("program"),
    thread: moduleUrl("thread"),
    app: moduleUrl("app"),
  };
  // A compiled program carries its build, and nothing to make one from.
  const shipped = Deno.build.standalone || !existsSync(join(root, "dev.ts"));
  if (shipped || isCurrent(root, outDir)) return build;
  await Deno.mkdir(outDir, { recursive: true });
  using lock = await Deno.open(join(outDir, "lock"), {
    write: true,
    create: true,
  });
  await lock.lock(true);
  const stamp = stampOf(root);
  if (isCurrent(root, outDir)) return build;
  const start = performance.now();
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", join(root, "dev.ts"), "build"],
    cwd: root,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new OperatorError(
      `the server cannot be built:\n${new TextDecoder().decode(stderr).trim()}`,
    );
  }
  await Deno.writeTextFile(join(outDir, STAMP), stamp);
  log.info("server and pages built", {
    milliseconds: Math.round(performance.now() - start),
  });
  return build;
}

function isCurrent(root: string, outDir: string): boolean {
  try {
    statSync(join(outDir, "app.js"));
    return Deno.readTextFileSync(join(outDir, STAMP)) === stampOf(root);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || isMissing(error)) return false;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as { code?: unknown }).code === "ENOENT";
}

/** One line per source file. */
function stampOf(root: string): string {
  const lines: string[] = [];
  const visit = (path: string) => {
    const info = statSync(join(root, path), { throwIfNoEntry: false });
    if (!info) return;
    if (info.isDirectory()) {
      for (const name of readdirSync(join(root, path)).sort()) {
        visit(`${path}/${name}`);
      }
    } else lines.push(`${path} ${info.size} ${info.mtimeMs}`);
  };
  for (const source of SOURCES) visit(source);
  return lines.join("\n");
}
