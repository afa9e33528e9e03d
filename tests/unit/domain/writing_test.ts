import { type Assertions, test } from "../../harness.ts";
import { makeCommunity } from "../../support/domain.ts";
import {
  filtered,
  makePost,
  onSite,
  outcome,
  sharedSite,
  sql,
} from "./support.ts";
import type { Ctx } from "../../../lib/domain/context.ts";
import { createComment } from "../../../lib/domain/comment/create.ts";
import {
  deleteComment,
  editComment,
} from "../../../lib/domain/comment/edit.ts";
import { createPost } from "../../../lib/domain/post/create.ts";
import { deletePost, editPost } from "../../../lib/domain/post/edit.ts";
import { getPost } from "../../../lib/domain/post/read.ts";
import { likePost } from "../../../lib/domain/vote/post.ts";
import type { JobContext } from "../../../lib/jobs/job.ts";
import { publishScheduledPosts } from "../../../lib/jobs/publish_scheduled.ts";

const shared = sharedSite();

/** A caller on a site that filters words and links and refuses NSFW. */
function strict(ctx: Ctx): Ctx {
  return filtered(onSite(ctx, { nsfw_content_disallowed: true }));
}

test("a new post fails with the first rule of the table that it breaks", async (t: Assertions) => {
  const site = await shared();
  const community_id = await makeCommunity(site.admin, "order");
  const ctx = strict(site.admin);
  // Each entry repairs one more mistake than the one before it.
  const worst = {
    community_id: 999_999,
    name: "badword",
    honeypot: "x",
    body: "see https://blocked.test/ " + "x".repeat(50_000),
    url: "nonsense",
    custom_thumbnail: "nonsense",
    nsfw: true,
    alt_text: "x".repeat(1501),
    language_id: 9999,
    tags: [1],
    scheduled_publish_time_at: 1,
  };
  const steps: [Partial<Parameters<typeof createPost>[1]>, string][] = [
    [{}, "honeypot_failed"],
    [{ honeypot: "" }, "slurs"],
    [{ name: "a" }, "blocked_url"],
    [{ body: "x".repeat(50_001) }, "invalid_url"],
    [{ url: "https://blocked.test/" }, "invalid_url"],
    [{ custom_thumbnail: "ftp://example.org/" }, "nsfw_not_allowed"],
    [{ nsfw: false }, "invalid_post_title"],
    [{ name: "A good title" }, "blocked_url"],
    [{ url: "ftp://example.org/" }, "invalid_url_scheme"],
    [
      { url: "https://example.org/" + "x".repeat(2000) },
      "url_length_overflow",
    ],
    [{ url: "https://example.org/" }, "invalid_url_scheme"],
    [
      { custom_thumbnail: "https://blocked.test/a.png" },
      "alt_text_length_overflow",
    ],
    [{ alt_text: "" }, "invalid_body_field"],
    [{ body: "" }, "not_found"],
    [{ community_id }, "post_schedule_time_must_be_in_future"],
    [{ scheduled_publish_time_at: 1e15 }, "invalid_unix_time"],
    [{ scheduled_publish_time_at: 4_000_000_000 }, "language_not_allowed"],
    [{ language_id: 37 }, "tag_not_in_community"],
  ];
  let input: Parameters<typeof createPost>[1] = worst;
  for (const [repair, code] of steps) {
    input = { ...input, ...repair };
    t.equal(
      await outcome(createPost(ctx, input)),
      code,
      JSON.stringify(repair),
    );
  }
  const view = await createPost(ctx, { ...input, tags: [] });
  t.equal(
    [view.post.body, view.post.alt_text, view.post.language_id],
    ["", "", 37],
    "empty texts are stored as such",
  );
});

test("titles, bodies and hostile texts", async (t: Assertions) => {
  const site = await shared();
  const community_id = await makeCommunity(site.admin, "texts");
  const create = (name: string, body?: string) =>
    outcome(createPost(site.admin, { name, body, community_id }));
  for (
    const bad of ["ab", "  ab  ", "two\nlines", "ends\n", "\u200b\u200b\u200ba"]
  ) {
    t.equal(await create(bad), "invalid_post_title", JSON.stringify(bad));
  }
  t.equal(await create("x".repeat(200)), "ok");
  t.equal(await create("x".repeat(201)), "invalid_post_title");
  t.equal(await create("Nul\0inside"), "invalid_post_title");
  t.equal(await create("Half \ud800 pair"), "invalid_post_title");
  t.equal(await create("Fine title", "nul \0"), "invalid_body_field");
  t.equal(await create("Fine title", "half \udc00"), "invalid_body_field");
  t.equal(await create("Fine title", "x".repeat(50_000)), "ok");
  t.equal(
    await create("Fine title", "x".repeat(1_000_000)),
    "invalid_body_field",
  );
  const masked = await createPost(strict(site.admin), {
    name: "Masks words",
    body: "a badword here",
    community_id,
  });
  t.equal(masked.post.body, "a *removed* here");
  const post_id = masked.post.id;
  const comment = (content: string) =>
    outcome(createComment(site.admin, { content, post_id }));
  t.equal(await comment(""), "ok");
  t.equal(await comment("x".repeat(10_001)), "invalid_body_field");
  t.equal(await comment("\0"), "invalid_body_field");
});

test("an edit changes what is given, erases by an empty text and keeps the rest", async (t: Assertions) => {
  const site = await shared();
  const una = await site.signUp("una");
  const community_id = await makeCommunity(site.admin, "edits", { nsfw: true });
  const [{ id: tag }] = await sql<{ id: number }>(
    site,
    `insert into community_tag (ap_id, name, community_id)
     values ('https://tundra.test/c/edits/tag/a', 'a', $1::int4) returning id`,
    community_id,
  );
  const { post } = await createPost(una, {
    name: "Before",
    url: "https://example.org/",
    body: "body",
    alt_text: "alt",
    custom_thumbnail: "https://example.org/a.png",
    community_id,
    tags: [tag, tag],
    nsfw: false,
  });
  t.equal(post.nsfw, true, "an NSFW community makes its posts so");
  const same = await editPost(una, { post_id: post.id });
  t.equal(
    [same.post.name, same.post.url, same.post.body, same.post.alt_text],
    ["Before", "https://example.org/", "body", "alt"],
  );
  t.equal(same.tags.map(({ id }) => id), [tag]);
  t.ok(same.post.updated_at);
  const edited = await editPost(una, {
    post_id: post.id,
    name: "  After ",
    url: "",
    body: "",
    alt_text: "",
    custom_thumbnail: "",
    nsfw: false,
    tags: [],
  });
  t.equal(
    [
      edited.post.name,
      edited.post.url,
      edited.post.body,
      edited.post.alt_text,
      edited.post.thumbnail_url,
      edited.post.nsfw,
      edited.tags.length,
    ],
    ["After", undefined, undefined, undefined, undefined, true, 0],
  );
  t.equal(
    await outcome(
      editPost(strict(una), {
        post_id: 999_999,
        name: "x",
        body: "https://blocked.test",
      }),
    ),
    "blocked_url",
    "texts come before the post",
  );
  t.equal(
    await outcome(
      editPost(una, { post_id: post.id, body: "x".repeat(50_001), name: "x" }),
    ),
    "invalid_post_title",
  );
  t.equal(
    await outcome(editPost(una, { post_id: post.id, language_id: 9999 })),
    "language_not_allowed",
  );
  const away = await makeCommunity(site.admin, "away");
  const [{ id: foreign }] = await sql<{ id: number }>(
    site,
    `insert into community_tag (ap_id, name, community_id)
     values ('https://tundra.test/c/away/tag/a', 'a', $1::int4) returning id`,
    away,
  );
  t.equal(
    await outcome(editPost(una, { post_id: post.id, tags: [foreign] })),
    "tag_not_in_community",
  );
  await sql(site, "update post set locked = true where id = $1::int4", post.id);
  t.equal(await outcome(editPost(una, { post_id: post.id })), "ok");
  await deletePost(una, { post_id: post.id, deleted: true });
  t.equal(
    await outcome(editPost(una, { post_id: post.id, body: "still mine" })),
    "ok",
    "authors edit their deleted posts",
  );
  t.equal(
    await outcome(deletePost(site.admin, { post_id: post.id, deleted: true })),
    "couldnt_update",
    "the state comes before the author",
  );
  t.equal(
    await outcome(deletePost(site.admin, { post_id: post.id, deleted: false })),
    "no_post_edit_allowed",
  );
});

test("only moderators post where posting is theirs, and anybody comments", async (t: Assertions) => {
  const site = await shared();
  const vic = await site.signUp("vic");
  const community_id = await makeCommunity(vic, "quiet", {
    posting_restricted_to_mods: true,
  });
  t.equal(await outcome(makePost(site.admin, community_id)), "not_a_moderator");
  const post_id = await makePost(vic, community_id);
  t.equal(
    await outcome(createComment(site.admin, { content: "c", post_id })),
    "ok",
  );
});

test("comments check post, parent, locks, depth and language in order", async (t: Assertions) => {
  const site = await shared();
  const wes = await site.signUp("wes");
  const community_id = await makeCommunity(site.admin, "below", {
    discussion_languages: [0, 37],
  });
  const post_id = await makePost(site.admin, community_id);
  const other = await makePost(site.admin, community_id);
  const comment = async (
    ctx: Ctx,
    input: Partial<Parameters<typeof createComment>[1]> = {},
  ) =>
    (await createComment(ctx, { content: "c", post_id, ...input })).comment.id;
  const root = await comment(site.admin);
  const leaf = await comment(wes, { parent_id: root });
  t.equal(await outcome(comment(wes, { post_id: 999_999 })), "not_found");
  t.equal(await outcome(comment(wes, { parent_id: 999_999 })), "not_found");
  t.equal(
    await outcome(comment(wes, { parent_id: root, post_id: other })),
    "couldnt_create",
  );
  t.equal(
    await outcome(comment(wes, { language_id: 32 })),
    "language_not_allowed",
  );
  t.equal(await outcome(comment(wes, { language_id: 37 })), "ok");
  await sql(site, "update comment set locked = true where id = $1::int4", root);
  t.equal(await outcome(comment(wes, { parent_id: leaf })), "locked");
  t.equal(await outcome(comment(site.admin, { parent_id: leaf })), "ok");
  t.equal(await outcome(editComment(wes, { comment_id: leaf })), "ok");
  await sql(site, "update comment set locked = false");
  await sql(site, "update post set locked = true where id = $1::int4", post_id);
  t.equal(await outcome(comment(wes)), "locked");
  t.equal(
    await outcome(likePost(wes, { post_id, is_upvote: true })),
    "ok",
    "locked posts can be voted on",
  );
  await sql(site, "update post set locked = false");
  let deep = leaf;
  for (let level = 3; level <= 51; level++) {
    deep = await comment(wes, { parent_id: deep });
  }
  t.equal(
    await outcome(comment(wes, { parent_id: deep })),
    "max_comment_depth_reached",
  );
  const { post_view } = await getPost(wes, { id: post_id });
  t.equal(
    post_view.post_actions?.read_comments_amount,
    post_view.post.comments,
  );
  await deleteComment(wes, { comment_id: leaf, deleted: true });
  t.equal(await outcome(comment(wes, { parent_id: leaf })), "deleted");
  t.equal(
    await outcome(
      deleteComment(site.admin, { comment_id: leaf, deleted: true }),
    ),
    "couldnt_update",
  );
  t.equal(
    await outcome(editComment(site.admin, { comment_id: leaf, content: "x" })),
    "no_comment_edit_allowed",
  );
  await deletePost(site.admin, { post_id, deleted: true });
  t.equal(await outcome(comment(wes)), "deleted");
});

test("disabled votes withdraw, bots may not vote, refused votes change nothing", async (t: Assertions) => {
  const site = await shared();
  const xia = await site.signUp("xia");
  const community = await makeCommunity(site.admin, "modes");
  const post_id = await makePost(site.admin, community);
  await likePost(xia, { post_id, is_upvote: true });
  const off = onSite(xia, { post_upvotes: "disable" });
  const view = await likePost(off, { post_id, is_upvote: true });
  t.equal([view.post.upvotes, view.post_actions?.vote_is_upvote], [
    1,
    undefined,
  ]);
  const local = onSite(xia, { post_downvotes: "local" });
  t.equal(
    (await likePost(local, { post_id, is_upvote: false })).post.downvotes,
    1,
  );
  const viewer = xia.viewer!;
  const bot = {
    ...xia,
    viewer: { ...viewer, person: { ...viewer.person, bot_account: true } },
  };
  t.equal(
    await outcome(likePost(bot, { post_id: 999_999, is_upvote: true })),
    "invalid_bot_action",
  );
  t.equal(
    (await makePost(onSite(site.admin, { post_upvotes: "disable" }), community)
      .then((id) => getPost(xia, { id }))).post_view.post.score,
    1,
    "the automatic vote does not depend on the mode",
  );
});

test("scheduled posts: limits, moves, publication by edit and by the job", async (t: Assertions) => {
  const site = await shared();
  const yan = await site.signUp("yan");
  const community_id = await makeCommunity(site.admin, "later");
  const soon = Math.floor(yan.now.getTime() / 1000) + 3600;
  const schedule = (ctx: Ctx, time = soon) =>
    makePost(ctx, community_id, { scheduled_publish_time_at: time });
  const events = async (id: number) =>
    (await sql(
      site,
      "select kind from event where post_id = $1::int4 order by id",
      id,
    ))
      .map((row) => row.kind);
  const waiting: number[] = [];
  for (let i = 0; i < 10; i++) waiting.push(await schedule(yan));
  t.equal(await outcome(schedule(yan)), "too_many_scheduled_posts");
  t.equal(
    await outcome(editPost(yan, {
      post_id: waiting[0],
      scheduled_publish_time_at: soon + 60,
    })),
    "too_many_scheduled_posts",
    "with ten waiting none can be moved",
  );
  t.equal(await outcome(schedule(site.admin)), "ok");
  for (const time of [253_402_300_800, 8_640_000_000_000, 1e300, 1.5]) {
    t.equal(await outcome(schedule(yan, time)), "invalid_unix_time");
  }
  await deletePost(yan, { post_id: waiting[9], deleted: true });
  const moved = await editPost(yan, {
    post_id: waiting[0],
    name: "Moved to later",
    scheduled_publish_time_at: soon + 60,
  });
  t.equal(
    Date.parse(moved.post.scheduled_publish_time_at!) / 1000,
    soon + 60,
  );
  t.equal(await events(waiting[0]), [], "nobody hears of a waiting post");

  const later = { ...yan, now: new Date(yan.now.getTime() + 9 * 86_400_000) };
  await sql(
    site,
    "update post set hot_rank = 0, hot_rank_active = 0, scaled_rank = 0 where id = $1::int4",
    waiting[0],
  );
  const out = await editPost(later, { post_id: waiting[0] });
  t.equal(
    [out.post.scheduled_publish_time_at, Date.parse(out.post.published_at)],
    [undefined, later.now.getTime()],
  );
  t.equal(await events(waiting[0]), ["post_created"]);
  const [ranks] = await sql<{ hot: number; active: number; scaled: number }>(
    site,
    `select hot_rank as hot, hot_rank_active as active, scaled_rank as scaled
     from post where id = $1::int4`,
    waiting[0],
  );
  t.ok(ranks.hot > 0.1 && ranks.active > 0.1 && ranks.scaled > 0.1);
  const ignored = await editPost(yan, {
    post_id: waiting[0],
    scheduled_publish_time_at: soon,
  });
  t.equal(ignored.post.scheduled_publish_time_at, undefined);
  t.equal(await events(waiting[0]), ["post_created", "post_updated"]);

  const [one, two, three] = waiting.slice(1);
  await sql(site, "update post set removed = true where id = $1::int4", two);
  // The job reads through `db` alone.
  await publishScheduledPosts(later as Ctx & Pick<JobContext, "sql">);
  const left = await sql<{ id: number }>(
    site,
    `select id from post where scheduled_publish_time_at is not null and creator_id = $1::int4 order by id`,
    yan.viewer!.person.id,
  );
  t.equal(left.map(({ id }) => id), [two, waiting[9]]);
  t.equal(await events(one), ["post_created"]);
  t.equal(
    Date.parse(
      (await getPost(site.admin, { id: three })).post_view.post.published_at,
    ),
    later.now.getTime(),
  );
});
