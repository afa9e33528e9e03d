/**
 * Events of local votes and comments made into rows of the log of sent activities, per second:
 * `deno run --allow-all tests/bench/outbox.ts`
 */
import { query } from "../../lib/domain/context.ts";
import { outbox } from "../../lib/federation/outbox/reaction.ts";
import { EventConsumer } from "../../lib/jobs/event_consumer.ts";
import { makeCommunity, testSite } from "../support/domain.ts";
import { eventsDone } from "../support/events.ts";
import { makePost } from "../unit/domain/support.ts";

const EVENTS = 10_000;

const site = await testSite();
const { db, sql, admin: { config, log, outgoing } } = site;
const job = { db, sql, config, log, outgoing, media: null };
const community = await makeCommunity(site.admin, "cats");
const post = await makePost(site.admin, community, { body: "Some *text*." });
const ann = (await site.signUp("ann")).viewer!.person.id;
await query(
  site,
  `insert into comment (ap_id, path, creator_id, post_id, community_id, content)
   select 'https://tundra.test/comment/' || n, '0.' || n, $1::int4, $2::int4, $3::int4,
     'Comment number ' || n
   from generate_series(1, ${EVENTS}) n`,
  [ann, post, community],
);

async function measure(kind: string, data: unknown): Promise<void> {
  const consumer = new EventConsumer(job, outbox(() => {}));
  await consumer.start();
  await eventsDone(site);
  await consumer.stop();
  const comment = kind === "comment_created" ? "m.id" : "null::int4";
  await query(
    site,
    `insert into event (kind, person_id, community_id, post_id, comment_id, data)
     select $1, $2::int4, $3::int4, $4::int4, ${comment}, $5::text::jsonb
     from (select id from comment order by id limit ${EVENTS}) m`,
    [kind, ann, community, post, JSON.stringify(data)],
  );
  const again = new EventConsumer(job, outbox(() => {}));
  const start = performance.now();
  await again.start();
  while ((await open()) > 0) await new Promise((done) => setTimeout(done, 50));
  const seconds = (performance.now() - start) / 1000;
  await again.stop();
  console.log(`${kind}: ${Math.round(EVENTS / seconds)} events/s`);
}

async function open(): Promise<number> {
  const [{ count }] = await query<{ count: number }>(
    site,
    `select count(*)::int4 as count from event e, event_consumer c
     where (e.xid, e.id) > (c.xid, c.id)`,
  );
  return count;
}

await measure("post_voted", { before: null, vote: true });
await measure("comment_created", null);
await outgoing.close();
await site.close();
