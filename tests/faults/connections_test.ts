/** Connections that the server closes at any moment: nobody waits for ever. */
import { isConnectionError, openDatabase } from "../../lib/db/connection.ts";
import { test } from "../harness.ts";
import { testDatabase } from "../support/database.ts";
import { until } from "../support/until.ts";

test("whoever is at work when the database closes all connections is told, and can go on", async (t) => {
  const database = await testDatabase();
  const { kysely, sql, close } = openDatabase({
    connection: database.connection,
    poolSize: 4,
  });
  let stopped = false;
  const errors: unknown[] = [];
  let done = 0;
  const loop = async (work: () => Promise<unknown>) => {
    while (!stopped) {
      try {
        await work();
        done++;
      } catch (error) {
        errors.push(error);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  };
  const loops = [1, 2, 3].flatMap(() => [
    loop(() =>
      kysely.transaction().execute(async (db) => {
        await db.selectFrom("person").select("id").execute();
        await db.selectFrom("post").select("id").execute();
      })
    ),
    loop(() => sql`select 1`),
  ]);
  try {
    for (let i = 0; i < 8; i++) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      await database
        .sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`;
    }
    const before = done;
    await until(() => done, (done) => done > before);
    stopped = true;
    // The longest that anybody waits for a connection, and what a busy machine adds.
    const ended = await Promise.race([
      Promise.all(loops).then(() => true),
      new Promise<boolean>((resolve) => setTimeout(resolve, 20_000, false)),
    ]);
    t.ok(ended, "somebody waits for ever");
    t.ok(errors.length > 0);
    t.equal(errors.filter((error) => !isConnectionError(error)), []);
  } finally {
    stopped = true;
    await close(1);
    await database.close();
  }
});
