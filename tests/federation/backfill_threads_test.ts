/** How threads of other servers are completed by what their collections list. */
import type { Ctx } from "../../lib/domain/context.ts";
import { federationContext } from "../../lib/federation/context.ts";
import { fillThread } from "../../lib/federation/discovery/thread.ts";
import { resolvePost } from "../../lib/federation/resolve.ts";
import { test } from "../harness.ts";
import { noteOf, type Remote } from "../support/remote.ts";
import {
  collectionOf,
  putCommunity,
  sharedStage,
} from "../support/remote_stage.ts";
import { type Site, sql } from "../unit/domain/support.ts";

const { stage } = sharedStage();

type Json = Record<string, unknown>;

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
      await fillThread(ctx, wish, new AbortController().signal);
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
