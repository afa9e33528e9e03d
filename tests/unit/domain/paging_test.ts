import { type Assertions, test } from "../../harness.ts";
import { makeCommunity } from "../../support/domain.ts";
import { makePost, outcome, sharedSite, sql } from "./support.ts";
import { followsWidely } from "../../../lib/domain/account/relations.ts";
import type { Ctx } from "../../../lib/domain/context.ts";
import { createComment } from "../../../lib/domain/comment/create.ts";
import { listComments } from "../../../lib/domain/comment/list.ts";
import { readThread } from "../../../lib/domain/comment/thread.ts";
import { COMMENT_SORTS, POST_SORTS } from "../../../lib/domain/enums.ts";
import { listRead } from "../../../lib/domain/person/post_marks.ts";
import { listPosts, type PostFilter } from "../../../lib/domain/post/list.ts";
import { markManyPostsAsRead } from "../../../lib/domain/post/state.ts";

const shared = sharedSite();

/** Ids of the first page, the newest first. */
async function ids(ctx: Ctx, filter: PostFilter = {}): Promise<number[]> {
  const { items } = await listPosts(ctx, {
    type_: "all",
    sort: "new",
    limit: 50,
    ...filter,
  });
  return items.map((item) => item.post.id);
}

test("pages lead back from both empty ends and past moved, hidden and vanished rows", async (t: Assertions) => {
  const site = await shared();
  const gia = await site.signUp("gia");
  const community_id = await makeCommunity(site.admin, "cursors");
  const made: number[] = [];
  for (let i = 0; i < 4; i++) made.push(await makePost(gia, community_id));
  const newest = made.toReversed();
  const page = (page_cursor?: string, limit = 2) =>
    listPosts(gia, { community_id, sort: "new", limit, page_cursor });
  const found = ({ items }: Awaited<ReturnType<typeof page>>) =>
    items.map((item) => item.post.id);

  const first = await page();
  t.equal([found(first), first.prev_page], [newest.slice(0, 2), undefined]);
  const second = await page(first.next_page);
  t.equal(found(second), newest.slice(2));
  t.ok(second.next_page, "a full last page still offers the next");
  const beyond = await page(second.next_page);
  t.equal([found(beyond), beyond.next_page], [[], undefined]);
  const back = await page(beyond.prev_page);
  t.equal(found(back), newest.slice(2), "the way back includes the anchor");
  const again = await page(back.prev_page);
  t.equal(found(again), newest.slice(0, 2));
  const before = await page(again.prev_page);
  t.equal([found(before), before.prev_page], [[], undefined]);
  const forth = await page(before.next_page);
  t.equal(found(forth), newest.slice(0, 2), "and so does the way forth");

  await sql(
    site,
    "update post set published_at = published_at - interval '1 day' where id = $1::int4",
    newest[1],
  );
  t.equal(
    found(await page(first.next_page)),
    [],
    "the position is where the anchor is now: behind all others",
  );
  await sql(
    site,
    "update post set published_at = published_at + interval '1 day' where id = $1::int4",
    newest[1],
  );
  await sql(
    site,
    "update post set removed = true where id = $1::int4",
    newest[1],
  );
  t.equal(
    found(await page(first.next_page)),
    newest.slice(2),
    "removed anchor",
  );
  await sql(site, "delete from post where id = $1::int4", newest[1]);
  t.equal(await outcome(page(first.next_page)), "not_found");

  for (
    const bad of ["", "x", "é", "!!!", btoa("p.f.1z141z4"), btoa("p.x.1")]
  ) {
    t.equal(await outcome(page(bad)), "unknown", bad);
  }
  for (const id of ["0", "1z141z3"]) {
    t.equal(await outcome(page(btoa(`p.f.${id}`))), "not_found", id);
  }
  t.equal(
    await outcome(page(btoa("c.f.1"))),
    "couldnt_parse_pagination_token",
  );
  for (const limit of [0, -1, 51, 1.5, NaN]) {
    t.equal(await outcome(page(undefined, limit)), "invalid_fetch_limit");
  }
  t.equal((await page(undefined, 50)).items.length, 3);
});

test("pinned posts lead every ranked sort, here by site and there by community", async (t: Assertions) => {
  const site = await shared();
  const hue = await site.signUp("hue");
  const community_id = await makeCommunity(hue, "pins");
  const made: number[] = [];
  for (let i = 0; i < 6; i++) made.push(await makePost(hue, community_id));
  const [local, own] = made;
  await sql(
    site,
    `update post set featured_local = id = $1::int4, featured_community = id = $2::int4,
       hot_rank = case when id % 2 = 0 then 0 else hot_rank end,
       hot_rank_active = 0, scaled_rank = 0, score = -id
     where community_id = $3::int4`,
    local,
    own,
    community_id,
  );
  for (const sort of POST_SORTS) {
    const [everywhere, here, subscribed] = [
      await ids(hue, { sort, creator_id: hue.viewer!.person.id }),
      await ids(hue, { sort, community_id }),
      await ids(hue, { sort, type_: "subscribed" }),
    ];
    t.equal([everywhere.length, here.length, subscribed.length], [6, 6, 6]);
    const dated = sort === "new" || sort === "old";
    t.equal(
      [everywhere[0] === local, here[0] === own, subscribed[0] === own],
      dated ? [sort === "old", false, false] : [true, true, true],
      sort,
    );
    const paged: number[] = [];
    let page_cursor: string | undefined;
    for (let guard = 0; guard < 8; guard++) {
      const page = await listPosts(hue, {
        sort,
        community_id,
        limit: 1,
        page_cursor,
      });
      paged.push(...page.items.map((item) => item.post.id));
      page_cursor = page.next_page;
      if (!page_cursor) break;
    }
    t.equal(paged, here, `${sort}: one by one`);
  }
});

test("a feed of followed communities is the same for who follows much and little of the site", async (t: Assertions) => {
  const site = await shared();
  const author = await site.signUp("ida");
  // One reader comes while the communities count for nothing, the other while they are the site.
  const little = await site.signUp("jil");
  const much = await site.signUp("kim");
  const readers = [little, much];
  const followedIds: number[] = [];
  for (const visibility of ["public", "unlisted", "private"] as const) {
    const id = await makeCommunity(site.admin, `feed_${visibility}`, {
      visibility,
    });
    followedIds.push(id);
    for (const reader of [author, ...readers]) {
      await sql(
        site,
        `insert into community_actions (person_id, community_id, followed_at, follow_state)
         values ($1::int4, $2::int4, now(), 'accepted')`,
        reader.viewer!.person.id,
        id,
      );
    }
  }
  const asked = await makeCommunity(site.admin, "feed_asked");
  await sql(
    site,
    `insert into community_actions (person_id, community_id, followed_at, follow_state)
     select unnest($1::int4[]), $2::int4, now(), 'pending'`,
    readers.map((reader) => reader.viewer!.person.id),
    asked,
  );
  const expected: number[] = [];
  for (let i = 0; i < 4; i++) {
    for (const id of followedIds) expected.push(await makePost(author, id));
    await makePost(author, asked);
  }
  await sql(
    site,
    `update post set featured_community = id = any($1::int4[]),
       hot_rank = case when id % 3 = 0 then 0 else hot_rank end, score = id % 5
     where id = any($2::int4[])`,
    [expected[3], expected[7]],
    expected,
  );
  const count = (posts: number) =>
    sql(
      site,
      "update community set posts = $1::int4 where id = any($2::int4[])",
      posts,
      followedIds,
    );
  await count(0);
  t.equal(await followsWidely(little), false);
  await count(1_000_000);
  t.equal(await followsWidely(much), true);
  for (const sort of POST_SORTS) {
    const [narrow, wide] = await Promise.all(readers.map(async (reader) => {
      const found: number[] = [];
      let page_cursor: string | undefined;
      do {
        const page = await listPosts(reader, {
          type_: "subscribed",
          sort,
          limit: 5,
          page_cursor,
        });
        found.push(...page.items.map((item) => item.post.id));
        page_cursor = page.next_page;
      } while (page_cursor);
      return found;
    }));
    t.equal(wide, narrow, sort);
    t.equal(wide.toSorted((a, b) => a - b), expected, sort);
  }
});

test("comment lists: trees, sorts within a post and over the site, limits", async (t: Assertions) => {
  const site = await shared();
  const jon = await site.signUp("jon");
  const community_id = await makeCommunity(site.admin, "talk", {
    visibility: "unlisted",
  });
  const post_id = await makePost(site.admin, community_id);
  const comment = async (parent_id?: number) =>
    (await createComment(jon, { content: "c", post_id, parent_id })).comment.id;
  const a = await comment();
  const b = await comment(a);
  const c = await comment(b);
  const d = await comment(c);
  const e = await comment();
  await sql(
    site,
    "update comment set distinguished = true, hot_rank = 0 where id = $1::int4",
    a,
  );
  const list = async (filter: Parameters<typeof listComments>[1]) =>
    (await listComments(jon, filter)).items.map((item) => item.comment.id);
  const sorted = (found: number[]) => found.toSorted((x, y) => x - y);
  t.equal(sorted(await list({ post_id, max_depth: 1 })), [a, e]);
  t.equal(sorted(await list({ post_id, max_depth: 2, limit: 1 })), [a, b, e]);
  t.equal(sorted(await list({ parent_id: b, max_depth: 1 })), [b, c]);
  t.equal(sorted(await list({ parent_id: b })), [b, c, d]);
  t.equal(await list({ post_id, max_depth: -5 }), []);
  t.equal(
    (await list({ post_id, max_depth: 2_147_483_647, limit: 999 })).length,
    5,
  );
  t.equal(await outcome(list({ parent_id: 999_999 })), "not_found");
  t.equal(await outcome(list({ post_id, limit: 51 })), "invalid_fetch_limit");
  t.equal((await list({ post_id, sort: "hot", limit: 1 }))[0], a);
  t.equal((await list({ post_id, sort: "new", limit: 1 }))[0], e);
  t.equal((await list({ post_id, sort: "old", limit: 1 }))[0], a);
  t.equal(
    await list({ type_: "all", creator_username: "jon" }),
    [],
    "unlisted ones stay out of lists over the site",
  );
  t.equal((await list({ community_id })).length, 5);
  for (const sort of COMMENT_SORTS) {
    const found: number[] = [];
    let page_cursor: string | undefined;
    for (let guard = 0; guard < 8; guard++) {
      const page = await listComments(jon, {
        community_id,
        sort,
        limit: 2,
        page_cursor,
      });
      found.push(...page.items.map((item) => item.comment.id));
      page_cursor = page.next_page;
      if (!page_cursor) break;
    }
    t.equal(sorted(found), [a, b, c, d, e], sort);
  }
  const thread = await readThread(jon, { post_id, sort: "hot" });
  t.equal(thread.roots.map((node) => node.view.comment.id), [a, e]);
  t.equal(
    await outcome(
      readThread(jon, { post_id: 999_999, sort: "hot", root_id: a }),
    ),
    "not_found",
  );
});

test("lists of one's own read posts page in the order of reading", async (t: Assertions) => {
  const site = await shared();
  const leo = await site.signUp("leo");
  const community_id = await makeCommunity(site.admin, "reading");
  const made: number[] = [];
  for (let i = 0; i < 5; i++) {
    made.push(await makePost(site.admin, community_id));
  }
  await markManyPostsAsRead(leo, { post_ids: made, read: true });
  const found: number[] = [];
  let page_cursor: string | undefined;
  do {
    const page = await listRead(leo, { limit: 2, page_cursor });
    found.push(...page.items.map((item) => item.post.id));
    t.ok(page.items.every((item) => item.creator.name === "admin"));
    page_cursor = page.next_page;
  } while (page_cursor);
  t.equal(found, made.toReversed());
  t.equal(
    await outcome(
      markManyPostsAsRead(leo, { post_ids: [made[0], 999_999], read: true }),
    ),
    "couldnt_update",
  );
  t.equal(
    await outcome(
      markManyPostsAsRead(leo, {
        post_ids: Array.from({ length: 10_000 }, (_, i) => i),
        read: true,
      }),
    ),
    "too_many_items",
  );
});
