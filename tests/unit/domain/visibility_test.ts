import { type Assertions, test } from "../../harness.ts";
import { makeCommunity } from "../../support/domain.ts";
import {
  ALL,
  banned,
  makePost,
  outcome,
  people,
  roles,
  sharedSite,
  type Site,
  sql,
} from "./support.ts";
import type { Ctx } from "../../../lib/domain/context.ts";
import type { CommunityVisibility } from "../../../lib/domain/views.ts";
import { createComment } from "../../../lib/domain/comment/create.ts";
import { deleteComment } from "../../../lib/domain/comment/edit.ts";
import { listComments } from "../../../lib/domain/comment/list.ts";
import { getComment } from "../../../lib/domain/comment/read.ts";
import { saveComment } from "../../../lib/domain/comment/state.ts";
import { readThread } from "../../../lib/domain/comment/thread.ts";
import { COMMUNITY_VISIBILITIES } from "../../../lib/domain/enums.ts";
import { followCommunity } from "../../../lib/domain/community/follow.ts";
import { listCommunities } from "../../../lib/domain/community/list.ts";
import { randomCommunity } from "../../../lib/domain/community/random.ts";
import { getCommunity } from "../../../lib/domain/community/view.ts";
import {
  listLiked,
  listPersonContent,
  listSaved,
} from "../../../lib/domain/person/content.ts";
import { listRead } from "../../../lib/domain/person/post_marks.ts";
import { getPerson } from "../../../lib/domain/person/view.ts";
import { deletePost } from "../../../lib/domain/post/edit.ts";
import { listPosts } from "../../../lib/domain/post/list.ts";
import { getPost } from "../../../lib/domain/post/read.ts";
import { savePost } from "../../../lib/domain/post/state.ts";
import { likeComment } from "../../../lib/domain/vote/comment.ts";
import { likePost } from "../../../lib/domain/vote/post.ts";

const shared = sharedSite();

async function listed(ctx: Ctx, id: number, filter = {}): Promise<boolean> {
  const { items } = await listPosts(ctx, {
    type_: "all",
    sort: "new",
    limit: 50,
    ...filter,
  });
  return items.some((item) => item.post.id === id);
}

test("posts in every state are seen by those of the table and nobody else", async (t: Assertions) => {
  const site = await shared();
  const cast = await people(site);
  const community_id = await makeCommunity(cast.moderator, "states");
  const post = await makePost(cast.author, community_id, { body: "marker" });
  const text = (ctx: Ctx) =>
    getPost(ctx, { id: post }).then(({ post_view }) =>
      post_view.post.body === "marker"
    );
  const set = async (table: "post" | "community", flags: string) => {
    const id = table === "post" ? post : community_id;
    await sql(site, `update ${table} set ${flags} where id = $1::int4`, id);
  };
  const check = async (
    message: string,
    direct: string,
    list: string,
    readable = direct,
  ) => {
    t.equal(
      await roles(cast, (ctx) => getPost(ctx, { id: post })),
      direct,
      `${message}: read`,
    );
    t.equal(
      await roles(cast, (ctx) => listed(ctx, post)),
      list,
      `${message}: list`,
    );
    t.equal(
      await roles(cast, (ctx) => listed(ctx, post, { community_id })),
      list,
      `${message}: list of the community`,
    );
    t.equal(await roles(cast, text), readable, `${message}: body`);
  };
  await check("plain", ALL, ALL);
  await set("post", "deleted = true");
  await check("deleted", "author moderator admin", "author");
  await createCommentBySql(site, post, community_id, cast.stranger);
  await check(
    "deleted with comments",
    ALL,
    "author",
    "author moderator admin",
  );
  await set("post", "deleted = false, removed = true");
  await check("removed", "author moderator admin", "admin");
  await set("post", "removed = false");
  await set("community", "deleted = true");
  await check("community deleted", "moderator admin", "");
  await set("community", "deleted = false, removed = true");
  await check("community removed", "moderator admin", "admin");
  await set("community", "removed = false, local_removed = true");
  await check("community removed here", "admin", "admin");
  await set("community", "local_removed = false");
  await set(
    "post",
    "scheduled_publish_time_at = now() + interval '1 day'",
  );
  await check("scheduled", "author", "author");
  await set(
    "post",
    "scheduled_publish_time_at = null, federation_pending = true",
  );
  await check("pending", ALL, "author");
  await set("post", "federation_pending = false");
  const exiled = banned(cast.moderator);
  await set("post", "removed = true");
  t.equal(await outcome(getPost(exiled, { id: post })), "not_found");
  t.equal(
    await outcome(getPost(banned(cast.admin), { id: post })),
    "not_found",
  );
  await set("post", "removed = false");
});

async function createCommentBySql(
  site: Site,
  post: number,
  community: number,
  author: Ctx,
): Promise<number> {
  const [{ id }] = await sql<{ id: number }>(
    site,
    `insert into comment (id, creator_id, post_id, community_id, content, ap_id, path)
     select n.id, $1::int4, $2::int4, $3::int4, 'marker', 'https://tundra.test/comment/' || n.id, '0.' || n.id
     from (select nextval(pg_get_serial_sequence('comment', 'id'))::int4 as id) n returning id`,
    author.viewer!.person.id,
    post,
    community,
  );
  return id;
}

test("each visibility opens a community's content to those of the matrix", async (t: Assertions) => {
  const site = await shared();
  const start = await people(site);
  const LOCAL = "stranger author moderator admin";
  const MEMBERS = "author moderator admin";
  const expected: Record<
    CommunityVisibility,
    { object: string; content: string; feed: string; list: string }
  > = {
    public: { object: ALL, content: ALL, feed: ALL, list: ALL },
    unlisted: {
      object: ALL,
      content: ALL,
      feed: "author moderator",
      list: MEMBERS,
    },
    local_only_public: { object: ALL, content: ALL, feed: ALL, list: ALL },
    local_only_private: {
      object: LOCAL,
      content: LOCAL,
      feed: LOCAL,
      list: LOCAL,
    },
    private: { object: ALL, content: MEMBERS, feed: MEMBERS, list: ALL },
  };
  for (const visibility of COMMUNITY_VISIBILITIES) {
    const name = `v_${visibility}`.slice(0, 20);
    const community_id = await makeCommunity(start.moderator, name, {
      visibility,
    });
    await followCommunity(start.author, { community_id, follow: true });
    await sql(
      site,
      "update community_actions set follow_state = 'accepted' where community_id = $1::int4",
      community_id,
    );
    const url = `https://example.org/${visibility}`;
    const post_id = await makePost(start.author, community_id, { url });
    const { comment } = await createComment(start.author, {
      content: "marker",
      post_id,
    });
    // Rows that one who may not read any more has left behind.
    await sql(
      site,
      `insert into post_actions (person_id, post_id, read_at, saved_at, voted_at, vote_is_upvote)
       values ($1::int4, $2::int4, now(), now(), now(), true)`,
      start.stranger.viewer!.person.id,
      post_id,
    );
    await sql(
      site,
      `insert into comment_actions (person_id, comment_id, saved_at, voted_at, vote_is_upvote)
       values ($1::int4, $2::int4, now(), now(), true)`,
      start.stranger.viewer!.person.id,
      comment.id,
    );
    const cast = await people(site);
    const { object, content, feed, list } = expected[visibility];
    const has = (
      { items }: { items: { comment?: { id: number } }[] },
    ) => items.some((item) => item.comment?.id === comment.id);
    const ways: [string, string, (ctx: Ctx) => Promise<unknown>][] = [
      ["community", object, (ctx) => getCommunity(ctx, { name })],
      ["post", content, (ctx) => getPost(ctx, { id: post_id })],
      ["comment", content, (ctx) => getComment(ctx, { id: comment.id })],
      ["feed", feed, (ctx) => listed(ctx, post_id)],
      [
        "community's feed",
        content,
        (ctx) => listed(ctx, post_id, { community_id }),
      ],
      [
        "comments of the post",
        content,
        async (ctx) => has(await listComments(ctx, { type_: "all", post_id })),
      ],
      [
        "tree of the comment",
        content,
        async (ctx) =>
          has(
            await listComments(ctx, { parent_id: comment.id, max_depth: 2 }),
          ),
      ],
      [
        "all comments",
        feed,
        async (ctx) =>
          has(await listComments(ctx, { type_: "all", sort: "new" })),
      ],
      [
        "thread",
        content,
        async (ctx) =>
          (await readThread(ctx, { post_id, sort: "new" })).roots.length > 0,
      ],
      [
        "branch",
        content,
        (ctx) => readThread(ctx, { post_id, sort: "new", root_id: comment.id }),
      ],
      [
        "profile",
        content,
        async (ctx) => {
          const { items } = await listPersonContent(ctx, {
            username: "author",
            community_id,
          });
          return items.length === 2;
        },
      ],
      [
        "list of communities",
        list,
        async (ctx) => {
          const { items } = await listCommunities(ctx, { limit: 50 });
          return items.some((item) => item.community.id === community_id);
        },
      ],
    ];
    for (const [way, who, action] of ways) {
      t.equal(await roles(cast, action), who, `${visibility}: ${way}`);
    }
    const isIn = (items: { community: { id: number } }[]) =>
      items.some((item) => item.community.id === community_id);
    const left = visibility !== "private";
    t.equal(
      [
        isIn((await listSaved(cast.stranger, {})).items),
        isIn((await listLiked(cast.stranger, {})).items),
        isIn((await listRead(cast.stranger, {})).items),
      ],
      [left, left, left],
      `${visibility}: own lists of a stranger`,
    );
    const twin = await makePost(
      cast.admin,
      await makeCommunity(cast.admin, `twin_${community_id}`),
      { url },
    );
    t.equal(
      (await getPost(cast.author, { id: twin })).cross_posts.map((view) =>
        view.post.id
      ),
      visibility === "public" || visibility === "local_only_public"
        ? [post_id]
        : [],
      `${visibility}: cross-posts`,
    );
  }
  const { stranger, anonymous } = await people(site);
  const moderates = async (ctx: Ctx) =>
    (await getPerson(ctx, { username: "moderator" })).moderates
      .map((row) => row.community.visibility)
      .includes("local_only_private");
  t.equal([await moderates(anonymous), await moderates(stranger)], [
    false,
    true,
  ]);
  for (let i = 0; i < 8; i++) {
    const { community } = await randomCommunity(anonymous, {});
    t.ok(!community.visibility.includes("private"), community.visibility);
  }
  t.equal(
    (await listCommunities(stranger, { search_term: "V_unlisted" })).items
      .map((item) => item.community.name),
    ["v_unlisted"],
    "who knows its name finds an unlisted community",
  );
  t.equal(
    (await listCommunities(stranger, { search_term: "v_unliste" })).items,
    [],
  );
});

test("texts of deleted and removed items stay with author and moderators everywhere", async (t: Assertions) => {
  const site = await shared();
  const cast = await people(site);
  const { author, stranger, moderator, anonymous } = cast;
  const community_id = await makeCommunity(moderator, "blanks");
  const post_id = await makePost(author, community_id, { body: "needle" });
  const { comment } = await createComment(author, {
    content: "needle",
    post_id,
  });
  const comment_id = comment.id;
  const answer = await createComment(stranger, {
    content: "fine",
    post_id,
    parent_id: comment_id,
  });
  await savePost(stranger, { post_id, save: true });
  await saveComment(stranger, { comment_id, save: true });
  await likePost(stranger, { post_id, is_upvote: true });
  await likeComment(stranger, { comment_id, is_upvote: true });
  const everything = async (ctx: Ctx) =>
    JSON.stringify([
      await getPost(ctx, { id: post_id }).catch(() => null),
      await getComment(ctx, { id: comment_id }),
      await getComment(ctx, { id: answer.comment.id }),
      await listComments(ctx, { type_: "all", post_id }),
      await readThread(ctx, { post_id, sort: "hot" }),
      await listPersonContent(ctx, { username: "author", community_id }),
      await listPosts(ctx, { type_: "all", community_id }),
      ...(ctx.viewer
        ? [
          await listSaved(ctx, {}),
          await listLiked(ctx, {}),
          await listRead(ctx, {}),
        ]
        : []),
    ]).includes("needle");
  const see = () => roles(cast, (ctx) => everything(ctx));
  t.equal(await see(), ALL);
  await deletePost(author, { post_id, deleted: true });
  await deleteComment(author, { comment_id, deleted: true });
  t.equal(await see(), "author moderator admin", "deleted");
  t.equal((await listSaved(stranger, { search_term: "needle" })).items, []);
  t.equal(
    (await listComments(anonymous, { type_: "all", search_term: "needle" }))
      .items.filter((item) => item.comment.id === comment_id),
    [],
  );
  await sql(
    site,
    "update post set deleted = false, removed = true where id = $1::int4",
    post_id,
  );
  await sql(
    site,
    "update comment set deleted = false, removed = true where id = $1::int4",
    comment_id,
  );
  t.equal(await see(), "author moderator admin", "removed");
  await sql(
    site,
    "update post set removed = false where id = $1::int4",
    post_id,
  );
  await sql(
    site,
    "update community set removed = true where id = $1::int4",
    community_id,
  );
  t.equal(await see(), "author moderator admin", "community removed");
  await sql(
    site,
    "update community set removed = false where id = $1::int4",
    community_id,
  );
});
