import { type Ctx, inTransaction } from "../../lib/domain/context.ts";
import { openActivity } from "../../lib/federation/activities/receive.ts";
import { fetchCollections } from "../../lib/federation/discovery/collections.ts";
import { fillThread } from "../../lib/federation/discovery/thread.ts";
import { federationContext } from "../../lib/federation/context.ts";
import { resolveCommunity, resolvePost } from "../../lib/federation/resolve.ts";
import { test } from "../harness.ts";
import { noteOf, pageOf, Remote } from "../support/remote.ts";
import { sharedSite, type Site, sql } from "../unit/domain/support.ts";

/** What is fetched of communities and threads of other servers, beside what they send. */

const site = sharedSite();
let started: Remote | undefined;
Deno.test.afterAll(async () => await started?.close());

type Json = Record<string, unknown>;

async function stage(): Promise<{ ctx: Ctx; remote: Remote; of: Site }> {
  const of = await site();
  const ctx = await of.anonymous();
  const remote = started ??= new Remote();
  return { remote, of, ctx: { ...ctx, outgoing: remote.client } };
}

const collectionOf = (id: string, members: Json): Json => ({
  type: "OrderedCollection",
  id,
  ...members,
});

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

/** A community with all its collections, of which nothing is known here. */
function putCommunity(remote: Remote, name: string): {
  id: string;
  post(number: number): Json;
} {
  const host = `https://${name}.test`;
  const id = `${host}/c/birds`;
  for (const person of ["first", "second", "third"]) {
    remote.person(`${host}/u/${person}`);
  }
  remote.group(id, {
    featured: `${id}/featured`,
    attributedTo: `${id}/moderators`,
  });
  const post = (number: number) =>
    pageOf(`${host}/post/${number}`, `${host}/u/first`, id);
  return { id, post };
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

/** A post that was fetched, whose server lists its thread. */
async function thread(
  name: string,
  members: Json,
): Promise<{
  ctx: Ctx;
  of: Site;
  remote: Remote;
  postId: number;
  put(number: number, to?: number, members?: Json): void;
  fill(): Promise<void>;
  comments(): Promise<string>;
}> {
  const { remote, of, ctx } = await stage();
  const { post } = putCommunity(remote, name);
  const host = `https://${name}.test`;
  remote.put({ ...post(1), ...members });
  const { id: postId } = await resolvePost(
    federationContext(ctx),
    `${host}/post/1`,
  );
  const note = (number: number, to = 0) =>
    noteOf(
      `${host}/comment/${number}`,
      `${host}/u/second`,
      to === 0 ? `${host}/post/1` : `${host}/comment/${to}`,
    );
  return {
    ctx,
    of,
    remote,
    postId,
    put: (number, to, members = {}) =>
      remote.put({ ...note(number, to), ...members }),
    async fill() {
      const [wish] = await sql<Parameters<typeof fillThread>[1]>(
        of,
        `update thread_fetch set attempts = attempts + 1 where post_id = $1::int4
         returning post_id, collections, attempts`,
        postId,
      );
      await fillThread(ctx, wish, running());
    },
    async comments() {
      const rows = await sql<{ number: string }>(
        of,
        `select regexp_replace(ap_id, '^.*/', '') as number from comment
         where post_id = $1::int4 order by length(ap_id), ap_id`,
        postId,
      );
      return rows.map((row) => row.number).join(" ");
    },
  };
}

test("a fetched thread is completed by the conversation that its server lists", async (t) => {
  const host = "https://threads.test";
  const { put, fill, comments, of, remote, postId } = await thread(
    "threads",
    {
      context: `${host}/post/1/context`,
    },
  );
  put(10);
  put(11, 10);
  put(12, 11);
  remote.answers.set(
    `${host}/comment/13`,
    () => new Response(null, { status: 410 }),
  );
  remote.answers.set(
    `${host}/comment/14`,
    () => new Response(null, { status: 500 }),
  );
  remote.answers.set(`${host}/comment/15`, () => new Response("{"));
  // Another post, and an answer to it: no part of this thread.
  remote.page(`${host}/post/2`, `${host}/u/first`, `${host}/c/birds`);
  remote.put(
    noteOf(`${host}/comment/20`, `${host}/u/second`, `${host}/post/2`),
  );
  remote.put(collectionOf(`${host}/post/1/context`, {
    orderedItems: [
      `${host}/post/1`,
      `${host}/comment/12`,
      ...[13, 14, 15, 20].map((number) => `${host}/comment/${number}`),
      7,
      "mailto:x",
      `${host}/post/2`,
      `${host}/comment/10`,
      `https://tundra.test/comment/999999`,
    ],
  }));
  await fill();
  t.equal(await comments(), "10 11 12");
  const others = await sql(
    of,
    "select from post where ap_id = $1",
    `${host}/post/2`,
  );
  t.equal(others.length, 0, "nothing else is stored");
  const [told] = await sql(
    of,
    `select (select count(*) from comment_actions a join comment c on c.id = a.comment_id
         where c.post_id = $1::int4) as votes,
       (select count(*) from event e join comment c on c.id = e.comment_id
         where c.post_id = $1) as events`,
    postId,
  );
  t.equal(told, { votes: 0, events: 0 }, "nobody votes, nobody is told");
  const [left] = await sql(
    of,
    "select attempts from thread_fetch where post_id = $1::int4",
    postId,
  );
  t.equal(left, { attempts: 1 }, "one answered 500: it is tried again");
  put(14);
  await fill();
  t.equal(await comments(), "10 11 12 14");
  t.equal(
    await sql(of, "select from thread_fetch where post_id = $1::int4", postId),
    [],
  );
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
  const effect = await openActivity(federationContext(ctx), announce);
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

test("answers are found through the answers that comments list, page by page", async (t) => {
  const host = "https://pages.test";
  const { put, fill, comments, remote } = await thread("pages", {
    replies: { id: `${host}/post/1/replies`, type: "Collection" },
  });
  for (const number of [10, 12]) put(number);
  put(11, 0, { replies: `${host}/comment/11/replies` });
  put(30, 11);
  remote.put({
    type: "Collection",
    id: `${host}/post/1/replies`,
    first: {
      type: "CollectionPage",
      items: [`${host}/comment/10`],
      next: `${host}/post/1/replies?page=2`,
    },
  });
  remote.put({
    type: "CollectionPage",
    id: `${host}/post/1/replies?page=2`,
    first: `${host}/post/1/replies`,
    next: `${host}/post/1/replies?page=3`,
    items: [{ id: `${host}/comment/11`, type: "Note" }],
  });
  remote.put({
    type: "CollectionPage",
    id: `${host}/post/1/replies?page=3`,
    items: `${host}/comment/12`,
  });
  remote.put({
    type: "Collection",
    id: `${host}/comment/11/replies`,
    items: [`${host}/comment/30`],
  });
  await fill();
  t.equal(await comments(), "10 11 12 30");
});

test("cyclic, endless and foreign collections end within bounds", async (t) => {
  const host = "https://endless.test";
  const { fill, comments, remote, put, of, postId } = await thread(
    "endless",
    {
      context: `${host}/endless?page=0`,
      replies: `${host}/cycle?page=0`,
    },
  );
  put(10);
  remote.put({
    type: "OrderedCollection",
    id: `${host}/cycle?page=0`,
    next: `${host}/cycle?page=1`,
  });
  remote.put({
    type: "OrderedCollectionPage",
    id: `${host}/cycle?page=1`,
    next: `${host}/cycle?page=0`,
    first: `${host}/cycle?page=1`,
    orderedItems: [`${host}/comment/10`],
  });
  for (let page = 0; page < 200; page++) {
    remote.put({
      type: "OrderedCollectionPage",
      id: `${host}/endless?page=${page}`,
      next: `${host}/endless?page=${page + 1}`,
      orderedItems: Array.from(
        { length: 3 },
        (_, index) => `${host}/nothing/${page}-${index}`,
      ),
    });
  }
  const before = remote.asked.length;
  await fill();
  const asked = remote.asked.slice(before);
  t.ok(asked.length <= 100, `${asked.length} requests`);
  const pages = asked.filter((address) => address.includes("/endless?"));
  t.equal(pages.length, 20, "pages of one collection");
  const cycle = asked.filter((address) => address.includes("/cycle?"));
  t.equal(cycle.length, 2, "each page of a cycle once");
  t.equal(await comments(), "10");
  for (let attempt = 2; attempt <= 5; attempt++) {
    const [wish] = await sql(
      of,
      "select from thread_fetch where post_id = $1::int4",
      postId,
    );
    if (wish) await fill();
  }
  t.equal(
    await sql(of, "select from thread_fetch where post_id = $1::int4", postId),
    [],
    "it is not gone on with for ever",
  );

  const elsewhere = await thread("elsewhere", {
    context: "https://elsewhere.test/context",
  });
  remote.put({
    type: "OrderedCollection",
    id: "https://elsewhere.test/context",
    next: "https://victim.test/page",
  });
  await elsewhere.fill();
  t.ok(!remote.asked.some((address) => address.includes("victim.test")));
});
