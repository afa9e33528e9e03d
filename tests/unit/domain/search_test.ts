import { type Assertions, test } from "../../harness.ts";
import { makeCommunity } from "../../support/domain.ts";
import { listCommunities } from "../../../lib/domain/community/list.ts";
import { listComments } from "../../../lib/domain/comment/list.ts";
import { query } from "../../../lib/domain/context.ts";
import { listPosts } from "../../../lib/domain/post/list.ts";
import { makePost, sharedSite } from "./support.ts";

const shared = sharedSite();

/** More than a search walks through before it asks its index. */
const MANY = 31_000;

test("terms of every rarity are found completely and in order, among more rows than are walked", async (t: Assertions) => {
  const site = await shared();
  const ctx = site.admin;
  const community_id = await makeCommunity(ctx, "haystack");
  const post_id = await makePost(ctx, community_id);
  // Every row says "hay"; fewer and fewer say the other words.
  const words = `'hay' || case when n % 20 = 0 then ' often' else '' end
    || case when n % 700 = 0 then ' seldom' else '' end
    || case when n % 9000 = 0 then ' needle' else '' end || ' x' || n`;
  await query(
    ctx,
    `insert into comment (creator_id, post_id, community_id, content, ap_id, path, published_at)
     select $1::int4, $2::int4, $3::int4, ${words}, 'http://test/c/' || n, '0.' || n,
       now() - n * interval '1 minute'
     from generate_series(1, ${MANY}) n`,
    [ctx.viewer!.person.id, post_id, community_id],
  );
  await query(
    ctx,
    `insert into post (creator_id, community_id, name, ap_id, published_at, hot_rank)
     select $1::int4, $2::int4, ${words}, 'http://test/p/' || n, now() - n * interval '1 minute',
       case when n < 9000 then 1.0 / n else 0 end
     from generate_series(1, ${MANY}) n`,
    [ctx.viewer!.person.id, community_id],
  );
  await query(ctx, "analyze comment, post, comment_search, post_search");

  for (
    const [term, step] of [
      ["hay", 1],
      ["often", 20],
      ["seldom", 700],
      [
        "needle",
        9000,
      ],
      ["ay SELDOM", 700],
      ["hay often needle x", 9000],
    ] as const
  ) {
    const expected = Array.from(
      { length: Math.min(60, Math.floor(MANY / step)) },
      (_, i) => `x${(i + 1) * step}`,
    );
    for (const kind of ["comments", "posts"] as const) {
      const found: string[] = [];
      let page_cursor: string | undefined;
      for (let page = 0; page < 3; page++) {
        const filter = {
          type_: "all",
          search_term: term,
          limit: 20,
          page_cursor,
        };
        const { items, next_page } = kind === "comments"
          ? await listComments(ctx, { ...filter, type_: "all", sort: "new" })
          : await listPosts(ctx, { ...filter, type_: "all", sort: "hot" });
        for (const item of items) {
          const text = "comment" in item
            ? item.comment.content
            : item.post.name;
          found.push(text.slice(text.lastIndexOf("x")));
        }
        page_cursor = next_page;
        if (!next_page) break;
      }
      t.equal(found, expected, `${term} in ${kind}`);
    }
  }
  const { items } = await listComments(ctx, {
    type_: "all",
    sort: "new",
    search_term: "needle hay",
  });
  t.equal(items, [], "nothing contains both in this order");
});

test("what is searched follows its row: written, changed, deleted", async (t: Assertions) => {
  const site = await shared();
  const ctx = site.admin;
  const texts = async (table: string, key: string, id: number) =>
    await query<Record<string, unknown>>(
      ctx,
      `select * from ${table} where ${key} = $1::int4`,
      [id],
    );
  const me = ctx.viewer!.person.id;
  await query(
    ctx,
    "update person set display_name = 'The BOSS' where id = $1",
    [
      me,
    ],
  );
  const [person] = await texts("person_search", "person_id", me);
  t.equal(person.display_name, "the boss");
  const community_id = await makeCommunity(ctx, "followed");
  const communities = async (search_term: string) => {
    const { items } = await listCommunities(ctx, { type_: "all", search_term });
    return items.map(({ community }) => community.id);
  };
  t.equal(await communities("oLLow"), [community_id]);
  await query(
    ctx,
    "update community set sidebar = 'All about Ärger' where id = $1",
    [community_id],
  );
  t.equal(await communities("about äRG"), [community_id]);
  t.equal(await communities("fo"), [community_id]);
  t.equal(await communities("är"), [], "short terms are for names only");
  const post = await makePost(ctx, community_id);
  t.equal((await texts("post_search", "post_id", post)).length, 1);
  const [{ published_at }] = await query<{ published_at: string }>(
    ctx,
    "update post set published_at = now() - interval '1 day' where id = $1 returning published_at",
    [post],
  );
  const [moved] = await texts("post_search", "post_id", post);
  t.equal(moved.published_at, published_at);
  await query(ctx, "delete from post where id = $1", [post]);
  t.equal(await texts("post_search", "post_id", post), []);
});
