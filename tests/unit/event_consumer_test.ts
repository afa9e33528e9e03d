import { createLogger } from "../../lib/cli/log.ts";
import { loadConfig } from "../../lib/config/mod.ts";
import { query } from "../../lib/domain/context.ts";
import {
  EventConsumer,
  type StoredEvent,
} from "../../lib/jobs/event_consumer.ts";
import { deleteOldEvents } from "../../lib/jobs/expire.ts";
import { GuardedClient } from "../../lib/http/guarded_client.ts";
import { test } from "../harness.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { eventsDone } from "../support/events.ts";

const KINDS = ["post_created", "comment_created"];

/** A consumer that notes down in the database what it was given. */
async function setUp(
  database: TestDatabase,
  act: (event: StoredEvent) => void = () => {},
) {
  const { sql, kysely: db } = database;
  await sql`create table if not exists noted (n serial, post_id int4)`;
  let log = "";
  const config = await loadConfig({
    env: { LEMMY_HOSTNAME: "tundra.test" },
    cwd: "/",
  });
  const context = {
    db,
    sql,
    config,
    outgoing: GuardedClient.of(config),
    media: null,
    log: createLogger({ write: (line) => log += line }),
  };
  const make = () =>
    new EventConsumer(context, {
      name: "test",
      kinds: KINDS,
      async handle(ctx, events) {
        for (const event of events) {
          await query(ctx, "insert into noted (post_id) values ($1::int4)", [
            event.post_id,
          ]);
          act(event);
        }
      },
    });
  return {
    context,
    make,
    get log() {
      return log;
    },
    noted: async () =>
      (await sql<{ post_id: number }[]>`select post_id from noted order by n`)
        .map((row) => row.post_id),
  };
}

async function record(
  { sql }: Pick<TestDatabase, "sql">,
  ...postIds: number[]
): Promise<void> {
  for (const id of postIds) {
    await sql`insert into event (kind, post_id) values ('post_created', ${id})`;
  }
}

/** Waits until no transaction is older than the events there are. */
async function decided({ sql }: Pick<TestDatabase, "sql">): Promise<void> {
  for (let open = true; open;) {
    [{ open }] = await sql<{ open: boolean }[]>`
      select exists (select from event
        where xid >= pg_snapshot_xmin(pg_current_snapshot())) as open`;
  }
}

async function withDatabase(
  body: (database: TestDatabase) => Promise<void>,
): Promise<void> {
  const database = await testDatabase();
  try {
    await body(database);
  } finally {
    await database.close();
  }
}

test("a consumer begins at the present and goes on where it stopped", (t) =>
  withDatabase(async (database) => {
    await record(database, 1);
    // The present begins after every transaction of the whole server that may still be at work.
    await decided(database);
    const scene = await setUp(database);
    const first = scene.make();
    await first.start();
    await record(database, 2, 3);
    await database
      .sql`insert into event (kind, post_id) values ('post_voted', 9)`;
    first.wake();
    await eventsDone(database);
    await first.stop();
    t.equal(await scene.noted(), [2, 3]);
    await record(database, 4);
    const second = scene.make();
    await second.start();
    await eventsDone(database);
    await second.stop();
    t.equal(await scene.noted(), [2, 3, 4]);
  }));

test("several consumers of one name act once on each event", (t) =>
  withDatabase(async (database) => {
    const scene = await setUp(database);
    const consumers = [scene.make(), scene.make(), scene.make()];
    for (const consumer of consumers) await consumer.start();
    const ids = Array.from({ length: 500 }, (_, index) => index);
    for (const id of ids) {
      await record(database, id);
      consumers[id % 3].wake();
    }
    await eventsDone(database);
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    t.equal(await scene.noted(), ids);
  }));

test("events come in the order of their numbers, however many digits these have", (t) =>
  withDatabase(async (database) => {
    const scene = await setUp(database);
    const consumer = scene.make();
    await consumer.start();
    await database.sql`
      insert into event (kind, post_id, xid)
      select 'post_created', n, (100 - 3 + n)::text::xid8 from generate_series(1, 5) n`;
    await database.sql`update event_consumer set xid = '1', id = 0`;
    consumer.wake();
    await eventsDone(database);
    await consumer.stop();
    t.equal(await scene.noted(), [1, 2, 3, 4, 5]);
  }));

test("an event that commits late is waited for", (t) =>
  withDatabase(async (database) => {
    const scene = await setUp(database);
    const consumer = scene.make();
    await consumer.start();
    const committed = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const slow = database.sql.begin(async (sql) => {
      await sql`insert into event (kind, post_id) values ('post_created', 1)`;
      written.resolve();
      await committed.promise;
    });
    await written.promise;
    await record(database, 2);
    consumer.wake();
    await new Promise((resolve) => setTimeout(resolve, 300));
    t.equal(await scene.noted(), []);
    committed.resolve();
    await slow;
    await eventsDone(database);
    await consumer.stop();
    t.equal(await scene.noted(), [1, 2]);
  }));

test("an event that cannot be acted on is logged and holds up no other", (t) =>
  withDatabase(async (database) => {
    const scene = await setUp(database, (event) => {
      if (event.post_id === 3) throw new Error("three is too much");
    });
    const consumer = scene.make();
    await consumer.start();
    await record(database, 1, 2, 3, 4, 5);
    consumer.wake();
    await eventsDone(database);
    await consumer.stop();
    t.equal(await scene.noted(), [1, 2, 4, 5]);
    t.match(scene.log, "three is too much");
    t.equal(scene.log.split("an event cannot be acted on").length, 2);
  }));

test("old events are kept until all have acted on them", (t) =>
  withDatabase(async (database) => {
    const { sql } = database;
    const scene = await setUp(database);
    const consumer = scene.make();
    await consumer.start();
    await eventsDone(database);
    await consumer.stop();
    await record(database, 1);
    const left = async () => {
      const now = new Date(Date.now() + 2 * 24 * 3600_000);
      await deleteOldEvents({ ...scene.context, now });
      const [{ count }] = await sql<[{ count: number }]>`
        select count(*) as count from event`;
      return Number(count);
    };
    t.equal(await left(), 1);
    const again = scene.make();
    await again.start();
    await eventsDone(database);
    await again.stop();
    t.equal(await left(), 0);
  }));
