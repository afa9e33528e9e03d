import { join } from "node:path";
import { type Assertions, test } from "../harness.ts";
import { withDatabase } from "../support/database.ts";
import { createLogger } from "../../lib/cli/log.ts";
import {
  checkServer,
  isConnectionError,
  openDatabase,
  type Sql,
} from "../../lib/db/connection.ts";
import {
  migrate,
  pendingMigrations,
  readMigrations,
} from "../../lib/db/migrate.ts";

const log = createLogger({ filter: "off" });

/** An empty database beside the migrated one, and a folder with these migrations. */
async function withMigrations(
  files: Record<string, string>,
  body: (sql: Sql, directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "tundra-migrations-" });
  try {
    await write(directory, files);
    await withDatabase(async ({ sql }) => {
      await sql.unsafe("drop schema public cascade; create schema public");
      await body(sql, directory);
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function write(directory: string, files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(directory, name), text);
  }
}

const TWO = {
  "0001_first.sql": "create table a (id int);\ninsert into a values (1);",
  "0002_second.sql": "alter table a add column b text;",
};

test("applies migrations in order, once", (t: Assertions) =>
  withMigrations(TWO, async (sql, directory) => {
    const applied = await migrate(sql, { log, directory });
    t.equal(applied, ["0001_first.sql", "0002_second.sql"]);
    t.equal([...await sql`select * from a`], [{ id: 1, b: null }]);
    t.equal(await migrate(sql, { log, directory }), []);
    await write(directory, { "0003_third.sql": "drop table a" });
    const pending = await pendingMigrations(sql, directory);
    t.equal(pending.map(({ file }) => file), ["0003_third.sql"]);
  }));

test("applies a migration or nothing of it, and names file and line", (t: Assertions) =>
  withMigrations({
    ...TWO,
    "0003_bad.sql": "create table c (id int);\n-- ü\nselect nothing;",
  }, async (sql, directory) => {
    await t.throws(
      () => migrate(sql, { log, directory }),
      /^migrations\/0003_bad\.sql, line 3: .*nothing.* \(42703\)/,
    );
    const [{ c }] = await sql`select to_regclass('c') as c`;
    t.equal(c, null);
    await write(directory, { "0003_bad.sql": "create table c (id int)" });
    t.equal(await migrate(sql, { log, directory }), ["0003_bad.sql"]);
  }));

test("refuses an applied migration that changed, was removed or came late", (t: Assertions) =>
  withMigrations(TWO, async (sql, directory) => {
    await migrate(sql, { log, directory });
    const again = () => migrate(sql, { log, directory });
    // Line ends are a matter of the checkout.
    await write(directory, {
      "0001_first.sql": TWO["0001_first.sql"].replace("\n", "\r\n"),
    });
    t.equal(await again(), []);
    await write(directory, { "0001_first.sql": "select 1" });
    await t.throws(again, "migrations/0001_first.sql differs");
    await Deno.remove(join(directory, "0001_first.sql"));
    await t.throws(again, "migrations/0001_first.sql was applied");
    await write(directory, TWO);
    await Deno.remove(join(directory, "0002_second.sql"));
    const newer = await t.throws(again, "newer than this program");
    t.match(newer.message, "0002_second.sql");
    await write(directory, { ...TWO, "0000_late.sql": "select 1" });
    await t.throws(again, "migrations/0000_late.sql comes before");
  }));

test("processes that start together apply each migration once", (t: Assertions) =>
  withMigrations({
    ...TWO,
    "0003_slow.sql": "select pg_sleep(0.3); create table once (id int);",
  }, async (sql, directory) => {
    const results = await Promise.all(
      [1, 2, 3].map(() => migrate(sql, { log, directory })),
    );
    t.equal(results.flat().length, 3);
    const [{ count }] = await sql`select count(*) as count from pg_locks
      where locktype = 'advisory'`;
    t.equal(count, 0);
  }));

test("refuses file names without a number and numbers used twice", async (t: Assertions) => {
  const directory = await Deno.makeTempDir({ prefix: "tundra-migrations-" });
  await write(directory, { "0001_a.sql": "", "0001_b.sql": "" });
  await t.throws(() => readMigrations(directory), "share a number");
  await write(directory, { "first.sql": "" });
  await t.throws(() => readMigrations(directory), "0001_name.sql");
  await Deno.remove(directory, { recursive: true });
});

test("the program's own migrations are all applied to a fresh database", (t: Assertions) =>
  withDatabase(async ({ sql }) => {
    t.ok((await readMigrations()).length > 0);
    t.equal(await pendingMigrations(sql), []);
  }));

test("checks an external server and explains why it cannot be used", (t: Assertions) =>
  withDatabase(async ({ sql, connection }) => {
    const warnings: string[] = [];
    const warned = createLogger({
      filter: "warn",
      write: (line) => warnings.push(line),
    });
    await checkServer(sql, connection, warned);
    t.equal(warnings, []);
    const name = `ascii_${connection.database}`;
    await sql.unsafe(`create database ${name} template template0
      encoding SQL_ASCII locale_provider libc locale 'C'`);
    const refusal = async (change: Partial<typeof connection>) => {
      const other = { ...connection, ...change };
      const { sql, close } = openDatabase({ connection: other, poolSize: 1 });
      const error = await t.throws(() => checkServer(sql, other, log));
      await close(0);
      t.equal(error.name, "OperatorError", error.stack);
      return error;
    };
    const ascii = await refusal({ database: name });
    t.match(ascii.message, "the encoding is SQL_ASCII, but UTF8 is needed");
    await sql.unsafe(`drop database ${name}`);
    await sql.unsafe(`create database ${name} template template0
      encoding UTF8 locale_provider libc locale 'C'`);
    const plain = openDatabase({
      connection: { ...connection, database: name },
      poolSize: 1,
    });
    await checkServer(plain.sql, connection, warned);
    await plain.close(0);
    t.match(warnings.join(), "no letters outside ASCII");
    await sql.unsafe(`drop database ${name}`);
    t.match((await refusal({ database: "nix" })).message, "no such database");
    const down = await refusal({ host: "127.0.0.1", port: 1 });
    t.match(down.message, "nothing listens there; start PostgreSQL");
    t.ok(isConnectionError(down.cause));
    t.ok(isConnectionError((await refusal({ host: "/nowhere" })).cause));
  }));

test("tells errors of the connection from errors of the statement", (t: Assertions) =>
  withDatabase(async ({ sql }) => {
    const wrong = await t.throws(() => sql`select nothing`, "42703");
    t.ok(!isConnectionError(wrong));
    const ended = await t.throws(() =>
      sql`select pg_terminate_backend(pg_backend_pid())`
    );
    t.ok(isConnectionError(ended), String(ended));
    t.ok(!isConnectionError(null));
  }));
