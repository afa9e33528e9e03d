import { join } from "node:path";
import { existsSync } from "node:fs";
import { OperatorError } from "../config/operator_error.ts";
import type { Logger } from "../cli/log.ts";
import type { Account } from "./postgres_account.ts";
import { POSTGRES_MAJOR, removeLeftovers } from "./postgres_program.ts";

export const SUPERUSER = "tundra";
export const DATABASE = "tundra";

/** A cluster on disk and how to run programs on it. */
export interface Cluster {
  /** Folder of the unpacked PostgreSQL. */
  program: string;
  /** PGDATA, absolute. */
  directory: string;
  account?: Account;
}

/** A command of PostgreSQL: own session, own user, no environment, not in a folder of ours. */
export function postgresCommand(
  cluster: Cluster,
  name: "initdb" | "postgres",
  options: Deno.CommandOptions,
): Deno.Command {
  return new Deno.Command(join(cluster.program, "bin", name), {
    cwd: "/",
    clearEnv: true,
    env: { LC_ALL: "C.UTF-8" },
    detached: true,
    uid: cluster.account?.uid,
    gid: cluster.account?.gid,
    stdout: "null",
    ...options,
  });
}

/**
 * Makes the cluster unless it exists. Everything happens under a temporary name and one rename
 * publishes it, so that a kill at any moment leaves either no cluster or a whole one.
 */
export async function createCluster(
  cluster: Cluster,
  options: { durable: boolean; log: Logger },
): Promise<void> {
  const { directory } = cluster;
  if (existsSync(directory)) return await checkVersion(directory);
  const folder = join(directory, "..");
  const building = `${directory}.new`;
  await removeLeftovers(folder, `${directory.slice(folder.length + 1)}.new`);
  options.log.info("creating the database", { directory });
  await run(cluster, "initdb", [
    `--pgdata=${building}`,
    `--username=${SUPERUSER}`,
    "--encoding=UTF8",
    // Without a UTF-8 locale, searching and lower() ignore every letter outside ASCII.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C.UTF-8",
    "--lc-messages=C",
    // The socket lies in a directory that only the owner may enter; there is no other way in.
    "--auth-local=trust",
    "--auth-host=reject",
    "--no-instructions",
    ...(options.durable ? [] : ["--no-sync"]),
  ]);
  await Deno.writeTextFile(
    join(building, "postgresql.conf"),
    "\n# Settings of the program, then those of the operator.\n" +
      "include_if_exists 'tundra.conf'\n" +
      "include_if_exists '../custom.conf'\n",
    { append: true },
  );
  const custom = join(folder, "custom.conf");
  if (!existsSync(custom)) {
    await Deno.writeTextFile(
      custom,
      "# Settings of PostgreSQL that are to win over the program's own.\n",
    );
    await Deno.chmod(custom, 0o644);
  }
  await run(
    cluster,
    "postgres",
    [
      "--single",
      "-D",
      building,
      ...(options.durable ? [] : ["-F"]),
      "postgres",
    ],
    `create database ${DATABASE}\n`,
  );
  await Deno.rename(building, directory);
  if (options.durable) await syncDirectory(folder);
}

/** The files of a cluster can be read by their own major version only. */
async function checkVersion(directory: string): Promise<void> {
  const file = join(directory, "PG_VERSION");
  const version = existsSync(file)
    ? (await Deno.readTextFile(file)).trim()
    : "unknown";
  if (version !== POSTGRES_MAJOR) {
    throw new OperatorError(
      `${directory} is no database of PostgreSQL ${POSTGRES_MAJOR} (its PG_VERSION is ${version}): restore it from a backup, or move it away to begin anew`,
    );
  }
}

/** Runs a program to its end; what it wrote becomes the message when it fails. */
async function run(
  cluster: Cluster,
  name: "initdb" | "postgres",
  args: string[],
  input = "",
): Promise<void> {
  const child = postgresCommand(cluster, name, {
    args,
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const writing = writer.write(new TextEncoder().encode(input))
    .then(() => writer.close())
    .catch(() => {}); // It ended before reading; its status tells why.
  const output = await child.output();
  await writing;
  if (!output.success) {
    const text = new TextDecoder().decode(output.stderr);
    throw explainFailure(name, text.split("\n"), cluster);
  }
}

/** What PostgreSQL says when it cannot go on, and what the operator can do. */
const CAUSES: [RegExp, string][] = [
  [
    /No space left on device|Disk quota exceeded/,
    "the disk is full: free some space",
  ],
  [/Read-only file system/, "the file system is read-only"],
  [
    /Permission denied/,
    "a file cannot be read or written by the user it runs as",
  ],
  [
    /could not (map anonymous|create|resize) shared memory|Cannot allocate memory/,
    "there is not enough memory",
  ],
  [
    /error while loading shared libraries|not found \(required by|cannot execute/,
    "the embedded PostgreSQL needs glibc (it does not run on Alpine); name a server with LEMMY_DATABASE_URL",
  ],
  [
    /checksum|invalid primary checkpoint|could not locate a valid checkpoint/,
    "the files are damaged: restore a backup",
  ],
];

/** One line from the last words of a PostgreSQL program. */
export function explainFailure(
  name: string,
  lines: string[],
  cluster: Cluster,
): OperatorError {
  const said = lines.map((line) => line.trim()).filter(Boolean);
  const text = said.join("\n");
  const worst = said.findLast((line) => /(FATAL|PANIC|error):/.test(line)) ??
    said.at(-1) ?? "it said nothing";
  const cause = CAUSES.find(([pattern]) => pattern.test(text))?.[1];
  return new OperatorError(
    `the embedded PostgreSQL (${name}) failed in ${cluster.directory}: ${
      cause ? `${cause} — ` : ""
    }${worst.replace(/^.*?(FATAL|PANIC|error):\s*/, "")}`,
  );
}

/** Makes a rename durable. */
async function syncDirectory(directory: string): Promise<void> {
  using handle = await Deno.open(directory, { read: true });
  await handle.sync();
}
