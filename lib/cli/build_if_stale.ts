import { join } from "node:path";
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
  "main.ts",
  "dev.ts",
  "fresh.config.ts",
  "deno.json",
];
const STAMP = "sources.txt";

/**
 * Makes the build of islands, routes and static files unless it is there and newer than its
 * sources. Names, sizes and times of the sources are compared, which takes some milliseconds; the
 * build itself runs in a process of its own, whose memory is gone afterwards. Servers that start
 * together wait for one another.
 *
 * @param root folder of the program's sources
 * @returns URL of the build's server module
 */
export async function buildIfStale(root: string, log: Logger): Promise<string> {
  const outDir = join(root, "_fresh");
  const server = join(outDir, "server.js");
  const url = `file://${encodeURI(server)}`;
  // A compiled program carries its build, and nothing to make one from.
  const shipped = Deno.build.standalone || !existsSync(join(root, "dev.ts"));
  if (shipped || isCurrent(root, outDir)) return url;
  await Deno.mkdir(outDir, { recursive: true });
  using lock = await Deno.open(join(outDir, "lock"), {
    write: true,
    create: true,
  });
  await lock.lock(true);
  const stamp = stampOf(root);
  if (isCurrent(root, outDir)) return url;
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
      `the web front end cannot be built:\n${
        new TextDecoder().decode(stderr).trim()
      }`,
    );
  }
  await Deno.writeTextFile(join(outDir, STAMP), stamp);
  log.info("web front end built", {
    milliseconds: Math.round(performance.now() - start),
  });
  return url;
}

function isCurrent(root: string, outDir: string): boolean {
  try {
    statSync(join(outDir, "server.js"));
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
