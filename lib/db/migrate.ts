import { join } from "node:path";
import { appRoot } from "../config/app_root.ts";
import { OperatorError } from "../config/operator_error.ts";
import type { Logger } from "../cli/log.ts";
import type { Sql } from "./connection.ts";

/** One file of `migrations/`. */
export interface Migration {
  number: number;
  /** File name, `0001_name.sql`. */
  file: string;
  text: string;
  /** SHA-256 of the text with line feeds only, in hexadecimal. */
  checksum: string;
}

export interface MigrateOptions {
  log: Logger;
  /** Default: `migrations/` of the program. */
  directory?: string;
  /** Apply at most this many. */
  limit?: number;
}

interface Applied {
  number: number;
  file: string;
  checksum: string;
}

/** Session lock that serialises processes which start at the same moment ("tund"). */
const LOCK_KEY = 0x74756e64;
const LOCK_POLL_MS = 200;

/**
 * Reads the migrations, oldest first. Throws on a file name that is not `NNNN_name.sql` and on a
 * number used twice.
 */
export async function readMigrations(
  directory = join(appRoot(), "migrations"),
): Promise<Migration[]> {
  const migrations: Migration[] = [];
  for await (const { name } of Deno.readDir(directory)) {
    if (!name.endsWith(".sql")) continue;
    const number = /^(\d{4})_\w+\.sql$/.exec(name)?.[1];
    if (!number) throw new Error(`${name} is not named like 0001_name.sql`);
    const text = await Deno.readTextFile(join(directory, name));
    const checksum = await sha256(text.replaceAll("\r\n", "\n"));
    migrations.push({ number: Number(number), file: name, text, checksum });
  }
  migrations.sort((a, b) => a.number - b.number);
  for (const [i, { number, file }] of migrations.entries()) {
    if (migrations[i - 1]?.number === number) {
      throw new Error(`${migrations[i - 1].file} and ${file} share a number`);
    }
  }
  return migrations;
}

/**
 * The migrations that the database lacks, oldest first. Throws an {@link OperatorError} when the
 * database cannot be brought forward by this program: it was written by a newer one, or an
 * applied file has changed since.
 */
export async function pendingMigrations(
  sql: Sql,
  directory?: string,
): Promise<Migration[]> {
  const migrations = await readMigrations(directory);
  const [{ exists }] = await sql<[{ exists: boolean }]>`
    select to_regclass('tundra_migration') is not null as exists`;
  const applied = exists
    ? await sql<Applied[]>`
        select number, file, checksum from tundra_migration order by number`
    : [];
  return compare(migrations, applied);
}

/**
 * Applies what is pending, oldest first, each file in a transaction of its own together with its
 * record, so that a crash leaves either both or none. Processes that start together wait for one
 * another; when nothing is pending no lock is taken. Returns the names of the files applied.
 */
export async function migrate(
  sql: Sql,
  options: MigrateOptions,
): Promise<string[]> {
  const { log, directory, limit = Infinity } = options;
  if ((await pendingMigrations(sql, directory)).length === 0) return [];
  const session = await sql.reserve();
  try {
    await lock(session, log);
    try {
      await session`
        create table if not exists tundra_migration (
          number int primary key,
          file text not null,
          checksum text not null,
          applied_at timestamptz not null default now()
        )`;
      // Read again: another process may have applied them while this one waited.
      const pending = await pendingMigrations(session, directory);
      const chosen = pending.slice(0, limit);
      for (const migration of chosen) {
        const start = performance.now();
        await apply(session, migration);
        const milliseconds = Math.round(performance.now() - start);
        log.info("migration applied", { file: migration.file, milliseconds });
      }
      return chosen.map(({ file }) => file);
    } finally {
      await session`select pg_advisory_unlock(${LOCK_KEY})`;
    }
  } finally {
    session.release();
  }
}

/** Polls instead of blocking: a waiting statement would hold a snapshot back, silently. */
async function lock(session: Sql, log: Logger): Promise<void> {
  for (let told = false;; told = true) {
    const [{ locked }] = await session<[{ locked: boolean }]>`
      select pg_try_advisory_lock(${LOCK_KEY}) as locked`;
    if (locked) return;
    if (!told) log.info("another process is migrating the database; waiting");
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
}

async function apply(session: Sql, migration: Migration): Promise<void> {
  await session.unsafe("begin");
  try {
    await session.unsafe(migration.text);
    await session`
      insert into tundra_migration (number, file, checksum)
      values (${migration.number}, ${migration.file}, ${migration.checksum})`;
    await session.unsafe("commit");
  } catch (error) {
    // Fails as well when the connection is gone; the first error is the one that tells.
    await session.unsafe("rollback").catch(() => {});
    throw explain(error, migration);
  }
}

function compare(migrations: Migration[], applied: readonly Applied[]) {
  const byNumber = new Map(migrations.map((m) => [m.number, m]));
  const newestKnown = migrations.at(-1)?.number ?? 0;
  const newestApplied = applied.at(-1)?.number ?? 0;
  if (newestApplied > newestKnown) {
    throw new OperatorError(
      `the database is newer than this program: it has migration ${
        applied.at(-1)!.file
      }, this program knows none after ${
        migrations.at(-1)?.file ?? "the empty database"
      }. Run the version that migrated it, or a later one`,
    );
  }
  for (const { number, file, checksum } of applied) {
    const known = byNumber.get(number);
    if (!known) {
      throw new OperatorError(
        `migrations/${file} was applied to the database but is missing from this program: its files are incomplete or of another edition`,
      );
    }
    if (known.checksum !== checksum) {
      throw new OperatorError(
        `migrations/${known.file} differs from the ${file} that was applied to the database; applied migrations must not change: restore the file and put the change into a new one`,
      );
    }
    byNumber.delete(number);
  }
  const pending = [...byNumber.values()];
  const late = pending.find(({ number }) => number < newestApplied);
  if (late) {
    throw new OperatorError(
      `migrations/${late.file} comes before ${
        applied.at(-1)!.file
      }, which is already applied: give it a higher number`,
    );
  }
  return pending;
}

/** Adds file and line to the error of the server; its position counts characters from 1. */
function explain(error: unknown, { file, text }: Migration): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const { position, code, detail, where } = error as Error & {
    position?: string;
    code?: string;
    detail?: string;
    where?: string;
  };
  const line = position
    ? `, line ${
      [...text].slice(0, Number(position)).join("").split("\n").length
    }`
    : "";
  const more = [detail, where].filter(Boolean).map((s) => `; ${s}`).join("");
  return new Error(
    `migrations/${file}${line}: ${error.message} (${
      code ?? error.name
    })${more}`,
    { cause: error },
  );
}

async function sha256(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}
