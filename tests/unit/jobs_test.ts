import { loadConfig } from "../../lib/config/mod.ts";
import { createLogger } from "../../lib/cli/log.ts";
import { query } from "../../lib/domain/context.ts";
import { firstStart } from "../../lib/domain/site/first_start.ts";
import {
  updateActivity,
  updateDailyActivity,
} from "../../lib/jobs/activity_counts.ts";
import {
  countLanguages,
  deleteDeniedAccounts,
  deleteExpiredInvites,
  deleteExpiredSessions,
  deleteOldEvents,
  liftExpiredBans,
  overwriteDeleted,
} from "../../lib/jobs/expire.ts";
import { OVERWRITTEN } from "../../lib/domain/text/overwritten.ts";
import { foldDeltas, HAS_DELTAS } from "../../lib/jobs/fold_deltas.ts";
import { updateHotRanks } from "../../lib/jobs/hot_ranks.ts";
import {
  isTrue,
  type JobContext,
  runExclusively,
  Turns,
} from "../../lib/jobs/job.ts";
import { publishScheduledPosts } from "../../lib/jobs/publish_scheduled.ts";
import { GuardedClient } from "../../lib/http/guarded_client.ts";
import { type Assertions, test } from "../harness.ts";
import { type TestDatabase, withDatabase } from "../support/database.ts";

type Values = Record<string, unknown>;

/** A site with one community, and shorthands for rows. */
class Fixture {
  constructor(readonly database: TestDatabase, readonly ctx: JobContext) {}

  async insert(table: string, values: Values): Promise<number> {
    const { sql } = this.database;
    const [row] = await sql`insert into ${sql(table)} ${
      sql(values as Record<string, string>)
    } returning *`;
    return row.id;
  }

  async row(table: string, id: number): Promise<Values> {
    const { sql } = this.database;
    const [row] = await sql`select * from ${sql(table)} where id = ${id}`;
    return row;
  }

  person(name: string, values: Values = {}): Promise<number> {
    return this.insert("person", {
      name,
      ap_id: `https://tundra.test/u/${name}`,
      inbox_url: "https://tundra.test/inbox",
      public_key: "key",
      instance_id: 1,
      ...values,
    });
  }

  community(name: string, values: Values = {}): Promise<number> {
    return this.insert("community", {
      name,
      ap_id: `https://tundra.test/c/${name}`,
      inbox_url: "https://tundra.test/inbox",
      public_key: "key",
      instance_id: 1,
      ...values,
    });
  }

  post(creator: number, community: number, values: Values = {}) {
    return this.insert("post", {
      name: "A post",
      ap_id: `https://tundra.test/post/${crypto.randomUUID()}`,
      creator_id: creator,
      community_id: community,
      ...values,
    });
  }

  async comment(creator: number, post: number, values: Values = {}) {
    const { sql } = this.database;
    const [{ id, community }] = await sql`
      select nextval(pg_get_serial_sequence('comment', 'id'))::int4 as id,
        (select community_id from post where id = ${post}) as community`;
    return await this.insert("comment", {
      id,
      content: "A comment",
      ap_id: `https://tundra.test/comment/${crypto.randomUUID()}`,
      creator_id: creator,
      post_id: post,
      community_id: community,
      path: `0.${id}`,
      ...values,
    });
  }

  /** ISO time so many hours before the task's instant. */
  ago(hours: number): string {
    return new Date(this.ctx.now.getTime() - hours * 3600_000).toISOString();
  }
}

function jobTest(
  name: string,
  body: (t: Assertions, f: Fixture) => Promise<void>,
): void {
  test(name, (t) =>
    withDatabase(async (database) => {
      const config = await loadConfig({
        env: { LEMMY_HOSTNAME: "tundra.test" },
        cwd: "/",
      });
      await firstStart(database.kysely, config);
      await body(
        t,
        new Fixture(database, {
          db: database.kysely,
          sql: database.sql,
          config,
          outgoing: GuardedClient.of(config),
          media: null,
          log: createLogger({ filter: "off" }),
          now: new Date(),
        }),
      );
    }));
}

jobTest("hot ranks follow the formulas of the specification", async (t, f) => {
  const ann = await f.person("ann");
  const community = await f.community("main", {
    interactions_month: 98,
    subscribers: 1,
    published_at: f.ago(24),
  });
  const post = (hours: number, values: Values = {}) =>
    f.post(ann, community, { score: 1, published_at: f.ago(hours), ...values });
  const fresh = await post(0.0001);
  const day = await post(24);
  const old = await post(200);
  const revived = await post(100, { newest_comment_time_necro_at: f.ago(24) });
  const settled = await post(24, { hot_rank: 0, hot_rank_active: 0 });
  const comment = await f.comment(ann, day, {
    score: 1,
    published_at: f.ago(24),
  });
  await updateHotRanks(f.ctx);

  const near = (value: unknown, expected: number) =>
    t.ok(
      Math.abs(Number(value) - expected) < expected * 0.005,
      `${value} is not about ${expected}`,
    );
  near((await f.row("post", fresh)).hot_rank, 0.1370);
  const dayOld = await f.row("post", day);
  near(dayOld.hot_rank, 0.00135);
  near(dayOld.hot_rank_active, 0.00135);
  // log10(2 + 98) = 2
  near(dayOld.scaled_rank, 0.00135 / 2);
  near((await f.row("comment", comment)).hot_rank, 0.00135);
  near((await f.row("community", community)).hot_rank, 0.00135);
  t.equal((await f.row("post", old)).hot_rank, 0);
  near((await f.row("post", revived)).hot_rank_active, 0.00135);
  t.equal((await f.row("post", settled)).hot_rank, 0);
});

jobTest("hot ranks pass over rows that are being written to", async (t, f) => {
  const ann = await f.person("ann");
  const community = await f.community("main");
  const busy = await f.post(ann, community, { published_at: f.ago(24) });
  const idle = await f.post(ann, community, { published_at: f.ago(24) });
  const { sql } = f.database;
  await sql.begin(async (sql) => {
    await sql`select from post where id = ${busy} for no key update`;
    await updateHotRanks(f.ctx);
  });
  t.ok(Math.abs((await f.row("post", busy)).hot_rank as number - 1e-4) < 1e-9);
  t.ok((await f.row("post", idle)).hot_rank as number > 2e-4);
});

jobTest("folding moves the deltas into the totals once", async (t, f) => {
  const ann = await f.person("ann");
  const one = await f.community("one");
  const two = await f.community("two");
  await f.post(ann, one);
  const post = await f.post(ann, two);
  await f.comment(ann, post);
  await f.comment(ann, post);
  const { sql } = f.database;
  t.equal(await isTrue(f.ctx, HAS_DELTAS), true);
  const { db } = f.ctx;
  const results = await Promise.all([foldDeltas(db), foldDeltas(db)]);
  t.ok(results.includes(true));
  t.equal(await foldDeltas(db), false);
  t.equal(await isTrue(f.ctx, HAS_DELTAS), false);
  const { posts, comments } = await f.row("community", two);
  t.equal([posts, comments], [1, 2]);
  t.equal((await f.row("community", one)).posts, 1);
  const [site] = await sql`select posts, comments, communities from local_site`;
  t.equal({ ...site }, { posts: 2, comments: 2, communities: 2 });
});

jobTest("scheduled posts come out when their time has come", async (t, f) => {
  const ann = await f.person("ann");
  const banned = await f.person("banned");
  const community = await f.community("main");
  const { sql } = f.database;
  await sql`insert into community_actions (person_id, community_id, received_ban_at)
    values (${banned}, ${community}, now())`;
  const scheduled = (creator: number, hours: number, values: Values = {}) =>
    f.post(creator, community, {
      published_at: f.ago(48),
      scheduled_publish_time_at: f.ago(hours),
      ...values,
    });
  const due = await scheduled(ann, 1);
  const later = await scheduled(ann, -1);
  const deleted = await scheduled(ann, 1, { deleted: true });
  const refused = await scheduled(banned, 1);
  await publishScheduledPosts(f.ctx);
  await publishScheduledPosts(f.ctx);

  const published = await f.row("post", due);
  t.equal(published.scheduled_publish_time_at, null);
  t.equal(published.published_at, f.ctx.now.toISOString());
  t.ok(published.hot_rank as number > 0.08);
  for (const id of [later, deleted, refused]) {
    t.notEqual((await f.row("post", id)).scheduled_publish_time_at, null);
  }
  const events = await sql`
    select kind, person_id, community_id, post_id from event`;
  t.equal(events.map((event) => ({ ...event })), [{
    kind: "post_created",
    person_id: ann,
    community_id: community,
    post_id: due,
  }]);
});

jobTest("active people are counted by window, without bots", async (t, f) => {
  const ann = await f.person("ann");
  const bob = await f.person("bob", { local: false });
  const bot = await f.person("bot", { bot_account: true });
  const lurker = await f.person("lurker");
  const community = await f.community("main");
  const quiet = await f.community("quiet", { users_active_day: 7 });
  const post = await f.post(ann, community, { published_at: f.ago(24 * 3) });
  await f.post(bot, community, { published_at: f.ago(1) });
  await f.comment(bob, post, { published_at: f.ago(1) });
  const { sql } = f.database;
  await sql`insert into post_actions (person_id, post_id, voted_at, vote_is_upvote)
    values (${lurker}, ${post}, ${f.ago(24 * 20)}, true)`;
  await updateDailyActivity(f.ctx);
  t.equal((await f.row("community", community)).users_active_day, 1);
  t.equal((await f.row("community", quiet)).users_active_day, 0);
  await updateActivity(f.ctx);
  const row = await f.row("community", community);
  t.equal([
    row.users_active_day,
    row.users_active_week,
    row.users_active_month,
    row.users_active_half_year,
  ], [1, 2, 3, 3]);
  // One comment and one upvote.
  t.equal(row.interactions_month, 2);
  const [site] = await sql`select users_active_day, users_active_week,
    users_active_month, users from local_site`;
  t.equal({ ...site }, {
    users_active_day: 0,
    users_active_week: 1,
    users_active_month: 2,
    users: 0,
  });
});

jobTest("bans end when their time is over", async (t, f) => {
  const ann = await f.person("ann");
  const bob = await f.person("bob");
  const community = await f.community("main");
  const { sql } = f.database;
  for (const [person, hours] of [[ann, 1], [bob, -1]]) {
    const times = [f.ago(5), f.ago(hours)];
    await sql`insert into community_actions (person_id, community_id, received_ban_at, ban_expires_at)
      values (${person}, ${community}, ${times[0]}, ${times[1]})`;
    await sql`insert into instance_actions (person_id, instance_id, received_ban_at, ban_expires_at)
      values (${person}, 1, ${times[0]}, ${times[1]})`;
  }
  const far = await f.insert("instance", { domain: "far.example" });
  const near = await f.insert("instance", { domain: "near.example" });
  await sql`insert into federation_blocklist (instance_id, expires_at)
    values (${far}, ${f.ago(1)}), (${near}, ${f.ago(-1)})`;
  await liftExpiredBans(f.ctx);
  for (const table of ["community_actions", "instance_actions"]) {
    const rows = await sql`select person_id from ${sql(table)}`;
    t.equal(rows.map((row) => row.person_id), [bob], "no empty row is left");
  }
  const blocked = await sql`select instance_id from federation_blocklist`;
  t.equal(blocked.map((row) => row.instance_id), [near]);
});

jobTest("text is overwritten a month after its deletion", async (t, f) => {
  const ann = await f.person("ann");
  const community = await f.community("main");
  const deleted = (hours: number) => ({
    deleted: true,
    deleted_at: f.ago(hours),
  });
  const old = await f.post(ann, community, deleted(24 * 32));
  const recent = await f.post(ann, community, deleted(24 * 20));
  const removed = await f.post(ann, community, { removed: true });
  const comment = await f.comment(ann, removed, deleted(24 * 32));
  await overwriteDeleted(f.ctx);
  const { name, body } = await f.row("post", old);
  t.equal([name, body], [OVERWRITTEN, OVERWRITTEN]);
  t.equal((await f.row("post", recent)).name, "A post");
  t.equal((await f.row("post", removed)).name, "A post");
  t.equal((await f.row("comment", comment)).content, OVERWRITTEN);
});

jobTest("old events and ended sessions are removed", async (t, f) => {
  const { sql } = f.database;
  const ann = await f.person("ann");
  const user = await f.insert("local_user", { person_id: ann });
  await sql`insert into event (kind, published_at) values
    ('old', ${f.ago(25)}), ('new', ${f.ago(23)})`;
  await sql`insert into login_token (token_hash, user_id, expires_at) values
    ('\\x01', ${user}, ${f.ago(1)}), ('\\x02', ${user}, ${f.ago(-1)}),
    ('\\x03', ${user}, null)`;
  await deleteOldEvents(f.ctx);
  await deleteExpiredSessions(f.ctx);
  const events = await sql`select kind from event`;
  t.equal(events.map(({ kind }) => kind), ["new"]);
  const [{ count }] = await sql`select count(*) as count from login_token`;
  t.equal(count, 2);
});

jobTest(
  "invitations, captchas and links of e-mails end with their time",
  async (t, f) => {
    const { sql } = f.database;
    const ann = await f.person("ann");
    const user = await f.insert("local_user", { person_id: ann });
    await sql`insert into local_user_invite (token, local_user_id, expires_at) values
    ('over', ${user}, ${f.ago(1)}), ('open', ${user}, ${f.ago(-1)}),
    ('for ever', ${user}, null)`;
    await sql`insert into captcha (uuid, answer, published_at) values
    ('old', 'A', ${f.ago(2)}), ('new', 'A', ${f.ago(0)})`;
    await sql`insert into email_verification (token_hash, local_user_id, email, published_at)
    values ('\\x01', ${user}, 'old', ${f.ago(9 * 24)}),
      ('\\x02', ${user}, 'new', ${f.ago(6 * 24)})`;
    await deleteExpiredInvites(f.ctx);
    await deleteExpiredSessions(f.ctx);
    const column = async (table: string, name: string) =>
      (await sql`select ${sql(name)} as value from ${sql(table)} order by 1`)
        .map((row) => row.value);
    t.equal(await column("local_user_invite", "token"), ["for ever", "open"]);
    t.equal(await column("captcha", "uuid"), ["new"]);
    t.equal(await column("email_verification", "email"), ["new"]);
  },
);

jobTest("who was denied is forgotten a week after applying", async (t, f) => {
  const { sql } = f.database;
  const admin = await f.person("admin");
  const community = await f.community("main", { subscribers: 0 });
  const apply = async (
    name: string,
    days: number,
    values: { accepted?: boolean; decided?: boolean } = {},
  ) => {
    const person_id = await f.person(name);
    const local_user_id = await f.insert("local_user", {
      person_id,
      accepted_application: values.accepted ?? false,
    });
    await f.insert("registration_application", {
      local_user_id,
      answer: "please",
      admin_id: values.decided ?? true ? admin : null,
      published_at: f.ago(days * 24),
    });
    await sql`insert into community_actions (person_id, community_id, followed_at, follow_state)
      values (${person_id}, ${community}, now(), 'accepted')`;
  };
  await apply("denied", 8);
  await apply("lately", 6);
  await apply("accepted", 8, { accepted: true });
  await apply("waiting", 8, { decided: false });
  await deleteDeniedAccounts(f.ctx);
  await foldDeltas(f.ctx.db);
  const names = await sql`select name from person
    where name in ('denied', 'lately', 'accepted', 'waiting') order by id`;
  t.equal(names.map((row) => row.name), ["lately", "accepted", "waiting"]);
  const row = await f.row("community", community);
  t.equal([row.subscribers, row.subscribers_local], [3, 3]);
});

jobTest("languages are counted by their posts", async (t, f) => {
  const ann = await f.person("ann");
  const community = await f.community("main");
  await f.post(ann, community, { language_id: 37 });
  await f.post(ann, community, { language_id: 37 });
  await f.post(ann, community, { language_id: 32, removed: true });
  await countLanguages(f.ctx);
  const { sql } = f.database;
  const rows = await sql`select language_id, posts from language_use
    where posts > 0`;
  t.equal(rows.map((row) => [row.language_id, row.posts]), [[37, 2]]);
});

jobTest("a task runs in one process at a time", async (t, f) => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const first = runExclusively(f.ctx, 99, () => {
    begun.resolve();
    return gate;
  });
  await begun.promise;
  t.equal(await runExclusively(f.ctx, 99, () => Promise.resolve()), false);
  open();
  t.equal(await first, true);
  t.equal(await runExclusively(f.ctx, 99, () => Promise.resolve()), true);
  await t.throws(
    () => runExclusively(f.ctx, 99, () => Promise.reject(new Error("no"))),
    "no",
  );
  t.equal(await runExclusively(f.ctx, 99, () => Promise.resolve()), true);
});

jobTest(
  "tasks that are due together do not take each other's connections",
  async (t, f) => {
    const turns = new Turns();
    let most = 0;
    let now = 0;
    // More than the pool has connections; each holds one and works on another.
    const done = await Promise.all(
      Array.from(
        { length: 8 },
        (_, n) =>
          turns.run(() =>
            runExclusively(f.ctx, 200 + n, async (ctx) => {
              most = Math.max(most, ++now);
              await query(ctx, "select pg_sleep(0.01)");
              now--;
            })
          ),
      ),
    );
    t.equal(done, Array(8).fill(true));
    t.equal(most, 1);
    await t.throws(
      () => turns.run(() => Promise.reject(new Error("failed"))),
      "failed",
    );
    t.equal(await turns.run(() => Promise.resolve("next")), "next");
  },
);
