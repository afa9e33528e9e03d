/** What is found on other servers in the background: what members import, and what a new site begins with. */
import { importSettings } from "../../lib/domain/account/import.ts";
import type { Ctx } from "../../lib/domain/context.ts";
import {
  bootstrap,
  type BootstrapFetch,
} from "../../lib/federation/discovery/bootstrap.ts";
import {
  fetchImported,
  type ImportFetch,
} from "../../lib/federation/discovery/imported.ts";
import { welcome } from "../../lib/domain/site/welcome.ts";
import { EventConsumer } from "../../lib/jobs/event_consumer.ts";
import { FETCH_IMPORTS } from "../../lib/jobs/imports.ts";
import type { JobContext } from "../../lib/jobs/job.ts";
import { test } from "../harness.ts";
import { noteOf } from "../support/remote.ts";
import { sharedStage } from "../support/remote_stage.ts";
import { until } from "../support/until.ts";
import { type Site, sql } from "../unit/domain/support.ts";

const { stage } = sharedStage();

/** What the site's tasks work with. */
function jobOf(of: Site, { config, log, outgoing }: Ctx): JobContext {
  const { db, sql } = of;
  return { db, sql, config, log, outgoing, media: null, now: new Date() };
}

test("what a member imports is fetched, followed, saved and blocked in the background", async (t) => {
  const { of, remote, ctx } = await stage();
  const host = "https://import.test";
  for (const name of ["ann", "troll"]) remote.person(`${host}/u/${name}`);
  for (const name of ["Tea", "spam"]) remote.group(`${host}/c/${name}`);
  remote.page(`${host}/post/1`, `${host}/u/ann`, `${host}/c/Tea`);
  remote.put(noteOf(`${host}/comment/2`, `${host}/u/ann`, `${host}/post/1`));
  remote.put({
    type: "Application",
    id: "https://dull.test/",
    name: "Dull",
    inbox: "https://dull.test/inbox",
    outbox: "https://dull.test/outbox",
    publicKey: {
      id: "https://dull.test/#main-key",
      owner: "https://dull.test/",
      publicKeyPem: "-----BEGIN PUBLIC KEY-----\n",
    },
  });
  let ill = true;
  remote.answers.set(
    `${host}/c/later`,
    () =>
      ill
        ? new Response(null, { status: 503 })
        : new Response(null, { status: 404 }),
  );
  const ina = await of.signUp("ina");
  const consumer = new EventConsumer(jobOf(of, ctx), FETCH_IMPORTS);
  await consumer.start();
  await importSettings(ina, {
    followed_communities: [`${host}/c/Tea`, `${host}/c/later`],
    saved_posts: [`${host}/post/1`, `${host}/post/none`],
    saved_comments: [`${host}/comment/2`],
    blocked_communities: [`${host}/c/spam`],
    blocked_users: [`${host}/u/troll`],
    blocked_instances_communities: ["dull.test"],
  });
  consumer.wake();
  const waiting = () =>
    sql<ImportFetch>(
      of,
      "select id, person_id, list, entry, attempts from import_fetch order by id",
    );
  const wishes = await until(waiting, (rows) => rows.length === 8);
  await consumer.stop();
  const work = async (wishes: ImportFetch[]) => {
    for (const wish of wishes) {
      await sql(
        of,
        "update import_fetch set attempts = attempts + 1 where id = $1::int4",
        wish.id,
      );
      await fetchImported(
        ctx,
        { ...wish, attempts: wish.attempts + 1 },
        new AbortController().signal,
      );
    }
  };
  await work(wishes);
  const [done] = await sql(
    of,
    `select
       (select string_agg(c.name || ' ' || a.follow_state, ',') from community_actions a
         join community c on c.id = a.community_id where a.person_id = $1::int4
           and followed_at is not null) as followed,
       (select string_agg(c.name, ',') from community_actions a
         join community c on c.id = a.community_id where a.person_id = $1
           and blocked_at is not null) as blocked,
       (select string_agg(p.ap_id, ',') from post_actions a join post p on p.id = a.post_id
         where a.person_id = $1 and saved_at is not null) as posts,
       (select string_agg(c.ap_id, ',') from comment_actions a
         join comment c on c.id = a.comment_id
         where a.person_id = $1 and saved_at is not null) as comments,
       (select string_agg(p.name, ',') from person_actions a join person p on p.id = a.target_id
         where a.person_id = $1 and blocked_at is not null) as people,
       (select string_agg(i.domain, ',') from instance_actions a
         join instance i on i.id = a.instance_id
         where a.person_id = $1 and blocked_communities_at is not null) as instances,
       (select count(*) from event where kind = 'community_followed' and person_id = $1
         and data->>'follow' = 'true') as sent`,
    ina.viewer!.person.id,
  );
  t.equal(done, {
    followed: "Tea pending",
    blocked: "spam",
    posts: `${host}/post/1`,
    comments: `${host}/comment/2`,
    people: "troll",
    instances: "dull.test",
    sent: 1,
  });
  const left = await waiting();
  t.equal(left.map((row) => row.entry), [`${host}/c/later`], "tried again");
  ill = false;
  await work(left);
  t.equal(await waiting(), [], "and forgotten when it is not there");
});

test("a new site begins with a community of its admin's and a pinned word of welcome", async (t) => {
  const { of, ctx } = await stage();
  const read = () =>
    sql(
      of,
      `select c.title, m.name as moderator, p.name as post, u.id = l.system_account as by_system,
         p.featured_local, p.featured_community, p.upvotes, p.comments
       from community c join community_actions a on a.community_id = c.id
         and a.became_moderator_at is not null
       join person m on m.id = a.person_id join post p on p.community_id = c.id
       join person u on u.id = p.creator_id, local_site l
       where c.name = 'main' and c.local`,
    );
  await sql(
    of,
    "update local_user set interface_language = 'de' where admin",
  );
  await welcome(ctx);
  const expected = [{
    title: "Main",
    moderator: "admin",
    post: "Willkommen auf deiner neuen Seite",
    by_system: true,
    featured_local: true,
    featured_community: false,
    upvotes: 1,
    comments: 0,
  }];
  t.equal(await read(), expected);
  await t.throws(() => welcome(ctx), "already_exists");
  t.equal(await read(), expected, "once");
});

test("a new site gets to know the busiest communities of the first site that names them", async (t) => {
  const { of, remote, ctx: visitor } = await stage();
  const wishes = () =>
    sql<BootstrapFetch>(
      of,
      "select id, address, attempts + 1 as attempts from bootstrap_fetch order by due_at",
    );
  const [first, ...others] = await wishes();
  t.equal([first.address, others.length], [null, 0], "wanted by its admin");
  const setup = {
    ...visitor.config.setup,
    bootstrapInstances: ["silent.test", "odd.test", "busy.test", "late.test"],
  };
  const ctx = { ...visitor, config: { ...visitor.config, setup } };
  const path = "/api/v4/community/list?type_=all&sort=active_monthly&limit=50";
  const named = (ap_id: string, nsfw = false) => ({
    community: { ap_id, nsfw, name: "x" },
  });
  remote.answers.set(`https://odd.test${path}`, { communities: [] });
  remote.answers.set(`https://busy.test${path}`, {
    items: [
      named("https://busy.test/c/one"),
      named("https://busy.test/c/adult", true),
      named("https://far.test/c/two"),
    ],
  });
  const step = async () => {
    const [wish] = await wishes();
    await sql(
      of,
      "update bootstrap_fetch set attempts = attempts + 1 where id = $1::int4",
      wish.id,
    );
    await bootstrap(ctx, wish, new AbortController().signal);
  };
  await sql(of, "delete from community where name = 'main'");
  await step();
  t.equal(
    (await sql(of, "select from community where name = 'main'")).length,
    1,
    "and has one of its own",
  );
  t.equal((await wishes()).map((wish) => wish.address), [
    "https://lemmy.ml/c/lemmy",
    "https://lemmy.ml/c/announcements",
    "https://busy.test/c/one",
    "https://far.test/c/two",
  ]);
  t.ok(!remote.asked.some((address) => address.includes("late.test")));
  remote.group("https://busy.test/c/one");
  for (let i = 0; i < 4; i++) await step();
  t.equal(await wishes(), [], "what cannot be had is forgotten");
  const known = await sql<{ ap_id: string }>(
    of,
    "select ap_id from community where ap_id like 'https://busy.test/%'",
  );
  t.equal(known, [{ ap_id: "https://busy.test/c/one" }]);
});
