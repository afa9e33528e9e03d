import { sql as raw } from "kysely";
import { test } from "../harness.ts";
import { withDatabase } from "../support/database.ts";
import { isoTime, openDatabase } from "../../lib/db/connection.ts";
import { parseConnectionUri } from "../../lib/db/connection_options.ts";

test("gives 64-bit counts as numbers and times as text to the microsecond", (t) =>
  withDatabase(async ({ sql }) => {
    const given = "2025-03-01T09:30:00.123456Z";
    const [row] = await sql`
      select count(*) as count, sum(x::int8) as sum, ${given}::timestamptz as at,
        array_agg(x::int8) as list
      from generate_series(1, 3) x where x = any(${[1, 2]}::int4[])`;
    t.equal({ ...row }, { count: 2, sum: 3, at: given, list: [1, 2] });
  }));

test("writes no fraction when it is zero, else three or six digits", (t) => {
  t.equal(isoTime("2025-03-01 09:30:00+00"), "2025-03-01T09:30:00Z");
  t.equal(isoTime("2025-03-01 09:30:00.1+00"), "2025-03-01T09:30:00.100Z");
  t.equal(
    isoTime("2025-03-01 09:30:00.1234+00"),
    "2025-03-01T09:30:00.123400Z",
  );
  t.equal(isoTime("2025-03-01"), "2025-03-01");
  t.equal(isoTime("infinity"), "infinity");
});

test("lower() and trigrams know letters outside ASCII", (t) =>
  withDatabase(async ({ sql }) => {
    const [row] = await sql`select lower('ПРИВЕТ') as text`;
    t.equal(row.text, "привет");
  }));

test("a test database's address leads to it", (t) =>
  withDatabase(async ({ sql, url, connection }) => {
    t.equal(parseConnectionUri(url), {
      ...parseConnectionUri(url),
      ...connection,
    });
    const other = openDatabase({ connection: parseConnectionUri(url) });
    const name = await other.sql`select current_database() as name`;
    await other.close();
    t.equal([...name], [...await sql`select current_database() as name`]);
  }));

test("nothing but its own statements runs in a transaction", (t) =>
  withDatabase(async ({ sql, kysely }) => {
    await sql`create table mark (n serial, xid xid8)`;
    const within = async () => {
      for (let i = 0; i < 60; i++) {
        await kysely.transaction().execute(async (db) => {
          const mark = async () => {
            const { rows: [{ xid }] } = await query.execute(db);
            return xid;
          };
          const query = raw<{ xid: string }>`
            insert into mark (xid) values (pg_current_xact_id()) returning xid::text`;
          t.equal(await mark(), await mark());
        });
      }
    };
    // Other texts each time: a statement is described when a connection sees it first.
    const beside = async (worker: number) => {
      for (let i = 0; i < 150; i++) {
        const [{ xid }] = await sql.unsafe(
          `insert into mark (xid) values (pg_current_xact_id())
           returning xid::text, $1::int + ${worker * 1000 + i} as n`,
          [i],
        );
        const rows = await sql`select from mark where xid = ${xid}::xid8`;
        t.equal(rows.length, 1);
      }
    };
    await Promise.all([
      within(),
      within(),
      within(),
      beside(1),
      beside(2),
      beside(3),
    ]);
  }));
