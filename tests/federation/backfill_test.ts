import { type Ctx, inTransaction } from "../../lib/domain/context.ts";
import { openActivity } from "../../lib/federation/activities/receive.ts";
import { fetchCollections } from "../../lib/federation/discovery/collections.ts";
import { federationContext } from "../../lib/federation/context.ts";
import { resolveCommunity } from "../../lib/federation/resolve.ts";
import { test } from "../harness.ts";
import { pageOf } from "../support/remote.ts";
import {
  collectionOf,
  putCommunity,
  sharedStage,
} from "../support/remote_stage.ts";
import { type Site, sql } from "../unit/domain/support.ts";

/** What is fetched of communities of other servers, beside what they send. */

const { stage } = sharedStage();

type Json = Record<string, unknown>;

/** The Announce of a post's Create, as outboxes list it. */
function announced(community: string, post: Json): Json {
  const author = String(post.attributedTo);
  const { origin } = new URL(author);
  const name = new URL(String(post.id)).pathname.slice(1).replaceAll("/", "-");
  return {
    type: "Announce",
    id: `${new URL(community).origin}/activities/announce/create/${name}`,
    actor: community,
    to: [community, "https://www.w3.org/ns/activitystreams#Public"],
    object: {
      type: "Create",
      id: `${origin}/activities/create/${name}`,
      actor: author,
      to: post.to,
      cc: [],
      object: post,
    },
  };
}

const running = () => new AbortController().signal;

async function fetchAll(ctx: Ctx, of: Site, apId: string): Promise<number> {
  const { id } = await resolveCommunity(federationContext(ctx), apId);
  const [wish] = await sql<Parameters<typeof fetchCollections>[1]>(
    of,
    `update community_fetch set attempts = attempts + 1 where community_id = $1::int4
     returning community_id, outbox_url, moderators, attempts`,
    id,
  );
  await fetchCollections(ctx, wish, running());
  return id;
}

async function moderatorsOf(of: Site, community: number): Promise<string> {
  const rows = await sql<{ name: string }>(
    of,
    `select p.name from community_actions a join person p on p.id = a.person_id
     where a.community_id = $1::int4 and became_moderator_at is not null
     order by became_moderator_at`,
    community,
  );
  return rows.map((row) => row.name).join(" ");
}

async function postsOf(of: Site, community: number, where = "true") {
  const rows = await sql<{ number: string }>(
    of,
    `select regexp_replace(ap_id, '^.*/', '') as number from post
     where community_id = $1::int4 and ${where} order by number`,
    community,
  );
  return rows.map((row) => row.number).join(" ");
}

/** The site is no longer new, so that it takes everything. */
async function grownUp(of: Site, ctx: Ctx): Promise<Ctx> {
  await sql(of, "update site set published_at = now() - interval '2 days'");
  const { site } = await of.anonymous();
  return { ...ctx, site };
}

test("a community met for the first time comes with posts, pinned posts, moderators and the count of its followers", async (t) => {
  const { remote, of, ctx: young } = await stage();
  const ctx = await grownUp(of, young);
  const { id, post } = putCommunity(remote, "birds");
  const hidden = pageOf(
    "https://birds.test/post/9",
    "https://foreign.test/u/x",
    id,
  );
  remote.put(collectionOf(`${id}/outbox`, {
    totalItems: 4,
    orderedItems: [
      announced(id, post(3)),
      // Refused one by one: another server's author, rubbish, a vote.
      announced(id, hidden),
      "rubbish",
      { type: "Announce", object: { type: "Like" } },
      announced(id, post(2)),
    ],
  }));
  remote.put(post(1));
  remote.put(
    collectionOf(`${id}/featured`, {
      orderedItems: [post(1), "https://birds.test/post/2", {
        id: "https://birds.test/gone",
      }],
    }),
  );
  remote.put({ ...collectionOf(`${id}/followers`, {}), totalItems: 1234 });
  remote.put(
    collectionOf(`${id}/moderators`, {
      orderedItems: [
        "https://birds.test/u/second",
        "https://birds.test/u/nobody",
        "https://birds.test/u/first",
      ],
    }),
  );
  const community = await fetchAll(ctx, of, id);
  t.equal(await postsOf(of, community), "1 2 3");
  t.equal(await postsOf(of, community, "featured_community"), "1 2");
  t.equal(await postsOf(of, community, "score = 1"), "2 3", "own votes");
  t.equal(await moderatorsOf(of, community), "second first");
  const [{ subscribers }] = await sql<{ subscribers: number }>(
    of,
    "select subscribers from community where id = $1::int4",
    community,
  );
  t.equal(subscribers, 1234);
  const left = await sql(
    of,
    "select from community_fetch where community_id = $1::int4",
    community,
  );
  t.equal(left.length, 0, "it is done");
  const log = await sql(
    of,
    "select from modlog where target_community_id = $1::int4",
    community,
  );
  t.equal(log.length, 0, "no entries of the modlog");

  // Later the lists have changed: what is not on them any more loses its place.
  remote.put(
    collectionOf(`${id}/featured`, {
      orderedItems: ["https://birds.test/post/3"],
    }),
  );
  remote.put(
    collectionOf(`${id}/moderators`, {
      orderedItems: [
        "https://birds.test/u/third",
        "https://birds.test/u/second",
      ],
    }),
  );
  await sql(
    of,
    "insert into community_fetch (community_id) values ($1::int4)",
    community,
  );
  await fetchAll(ctx, of, id);
  t.equal(await postsOf(of, community, "featured_community"), "3");
  t.equal(await moderatorsOf(of, community), "third second");
});

test("a site of the first day takes ten posts, one moderator and nothing pinned", async (t) => {
  const { remote, of, ctx } = await stage();
  await sql(of, "update site set published_at = now()");
  const { site } = await of.anonymous();
  const { id, post } = putCommunity(remote, "young");
  remote.put(collectionOf(`${id}/outbox`, {
    orderedItems: Array.from(
      { length: 14 },
      (_, index) => announced(id, post(34 - index)),
    ),
  }));
  remote.put(collectionOf(`${id}/featured`, { orderedItems: [post(34)] }));
  remote.put(
    collectionOf(`${id}/moderators`, {
      orderedItems: [
        "https://young.test/u/second",
        "https://young.test/u/first",
      ],
    }),
  );
  const community = await fetchAll({ ...ctx, site }, of, id);
  t.equal(
    await postsOf(of, community),
    "25 26 27 28 29 30 31 32 33 34",
    "the newest",
  );
  t.equal(await postsOf(of, community, "featured_community"), "");
  t.equal(await moderatorsOf(of, community), "second");
});

test("a community whose server fails for now is tried again later, some times", async (t) => {
  const { remote, of, ctx } = await stage();
  const { id } = putCommunity(remote, "ill");
  remote.answers.set(`${id}/outbox`, () => new Response(null, { status: 502 }));
  const community = await fetchAll(ctx, of, id);
  const wish = async () =>
    (await sql<{ attempts: number; later: boolean }>(
      of,
      `select attempts, due_at > now() + interval '30 seconds' as later
       from community_fetch where community_id = $1::int4`,
      community,
    ))[0];
  t.equal(await wish(), { attempts: 1, later: true });
  for (let attempt = 2; attempt <= 5; attempt++) await fetchAll(ctx, of, id);
  t.equal(await wish(), undefined, "given up");
});

test("what the end of the process cuts short is taken up by the next one", async (t) => {
  const { remote, of, ctx } = await stage();
  const { id } = putCommunity(remote, "short");
  const { id: community } = await resolveCommunity(federationContext(ctx), id);
  await sql(of, "update community_fetch set attempts = 1");
  await fetchCollections(ctx, {
    community_id: community,
    outbox_url: `${id}/outbox`,
    moderators: null,
    attempts: 1,
  }, AbortSignal.abort());
  const left = await sql<{ attempts: number; due: boolean }>(
    of,
    `select attempts, due_at <= now() as due from community_fetch where community_id = $1::int4`,
    community,
  );
  t.equal(left, [{ attempts: 0, due: true }]);
  t.ok(!remote.asked.includes(`${id}/outbox`), "nothing is fetched");
});

test("what has just been published is not asked for its thread", async (t) => {
  const { remote, of, ctx } = await stage();
  const { id, post } = putCommunity(remote, "fresh");
  const { id: community } = await resolveCommunity(federationContext(ctx), id);
  await sql(
    of,
    `insert into community_actions (person_id, community_id, followed_at, follow_state)
     values ($1::int4, $2::int4, now(), 'accepted')`,
    of.admin.viewer!.person.id,
    community,
  );
  const page = { ...post(1), context: "https://fresh.test/post/1/context" };
  const announce = announced(id, page);
  const { effect } = await openActivity(federationContext(ctx), announce);
  await inTransaction(federationContext(ctx), effect);
  t.equal(await postsOf(of, community), "1");
  t.equal(
    await sql(
      of,
      `select from thread_fetch join post on post.id = post_id where community_id = $1::int4`,
      community,
    ),
    [],
  );
});
