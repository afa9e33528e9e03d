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
