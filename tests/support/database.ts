/**
 * Databases for tests: one throw-away cluster per test process, started on first use and shared
 * by all test files, and a fresh migrated database per call.
 *
 *     import { withDatabase } from "../support/database.ts";
 *
 *     test("lists posts by age", (t) =>
 *       withDatabase(async ({ sql, kysely }) => {
 *         await sql`insert into …`;
 *         t.equal(…);
 *       }));
 *
 * A server under test gets `database.url` as its LEMMY_DATABASE_URL. The cluster belongs to a
 * watcher process, which stops and removes it when the test process has ended, however it ended.
 */
import { join } from "node:path";
import {
  type ConnectionOptions,
  type OpenDatabase,
  openDatabase,
} from "../../lib/db/connection.ts";

export interface TestDatabase extends OpenDatabase {
  connection: ConnectionOptions;
  /** The same as a PostgreSQL URI. */
  url: string;
  /** Ends the connections and drops the database. */
  close(): Promise<void>;
}

/** Migrated once; every test database is a copy. */
export const TEMPLATE = "migrated";
const WATCHER = new URL("./database_watcher.ts", import.meta.url);
const CONFIG = new URL("../../deno.json", import.meta.url);
const START_TIMEOUT_MS = 60_000;

/** Runs the body with a fresh database and drops it afterwards, also when the body throws. */
export async function withDatabase<T>(
  body: (database: TestDatabase) => Promise<T>,
): Promise<T> {
  const database = await testDatabase();
  try {
    return await body(database);
  } finally {
    await database.close();
  }
}

/** A fresh, migrated database; the caller closes it (the end of the process does as well). */
export async function testDatabase(): Promise<TestDatabase> {
  const cluster = await (starting ??= startCluster());
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await asAdministrator(
    cluster,
    `create database ${name} template ${TEMPLATE} strategy file_copy`,
  );
  const connection = { ...cluster, database: name };
  const database = openDatabase({ connection, poolSize: 5 });
  return {
    ...database,
    connection,
    url: `postgres://${connection.user}@/${name}?host=${
      encodeURIComponent(connection.host)
    }`,
    close: async () => {
      await database.close(2);
      await asAdministrator(cluster, `drop database ${name} with (force)`);
    },
  };
}

let starting: Promise<ConnectionOptions> | undefined;

/** Starts the cluster of this process, or finds the one that another test file started. */
async function startCluster(): Promise<ConnectionOptions> {
  // The start time tells this process from an earlier one of the same number.
  const started = (await Deno.readTextFile("/proc/self/stat"))
    .split(") ")[1].split(" ")[19];
  const folder = `/tmp/tundra-test-${Deno.pid}-${started}`;
  const ready = join(folder, "connection.json");
  const failed = join(folder, "error.txt");
  if (await makeFolder(folder)) {
    new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-all",
        `--config=${CONFIG.pathname}`,
        WATCHER.pathname,
        folder,
        String(Deno.pid),
      ],
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
      detached: true,
    }).spawn().unref();
  }
  for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end;) {
    const text = await read(ready);
    if (text) return JSON.parse(text);
    const error = await read(failed);
    if (error) throw new Error(error);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the test database in ${folder} does not start`);
}

/** Whether this caller is the one that made it. */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    await Deno.mkdir(folder);
    await Deno.chmod(folder, 0o755);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function asAdministrator(
  cluster: ConnectionOptions,
  statement: string,
): Promise<void> {
  const { sql, close } = openDatabase({
    connection: { ...cluster, database: "postgres" },
    poolSize: 1,
  });
  try {
    await sql.unsafe(statement);
  } finally {
    await close();
  }
}
