/** Every error code that posts, comments and lists can be brought to give. */
import type { LemmyHttp } from "lemmy-js-client";
import { test } from "../harness.ts";
import { codeOf, ok } from "./api_server.ts";
import { type Call, letters, stage } from "./stage.ts";

test("posts are refused with the code of the rule they break", async (t) => {
  const s = await stage();
  const { bob, community_id, post_id } = s;
  const post =
    (fields: Partial<Parameters<LemmyHttp["createPost"]>[0]>) => () =>
      bob.createPost({ name: "A fine title", community_id, ...fields });
  const edit = (fields: Partial<Parameters<LemmyHttp["editPost"]>[0]>) => () =>
    bob.editPost({ post_id, ...fields });
  const hour = Math.floor(Date.now() / 1000) + 3600;
  const table: [string, Call][] = [
    ["honeypot_failed", post({ honeypot: "yum" })],
    ["slurs", post({ name: "darn it all" })],
    ["blocked_url", post({ body: "see https://spam.example/x" })],
    ["blocked_url", post({ url: "https://spam.example/x" })],
    ["invalid_url", post({ url: "not a link" })],
    ["invalid_url", post({ url: "" })],
    ["invalid_url_scheme", post({ url: "javascript:alert(1)" })],
    ["invalid_url_scheme", post({ custom_thumbnail: "data:image/png,x" })],
    ["url_length_overflow", post({ url: `https://e.org/${letters(2001)}` })],
    ["invalid_post_title", post({ name: "" })],
    ["invalid_post_title", post({ name: " x " })],
    ["invalid_post_title", post({ name: "two\nlines" })],
    ["invalid_post_title", post({ name: letters(201) })],
    ["invalid_post_title", post({ name: "\u200b\u200b\u200b\u200b" })],
    ["alt_text_length_overflow", post({ alt_text: letters(1501) })],
    ["invalid_body_field", post({ body: letters(50_001) })],
    ["not_found", post({ community_id: 999_999 })],
    ["language_not_allowed", post({ language_id: 9999 })],
    ["tag_not_in_community", post({ tags: [1] })],
    ["too_many_items", post({ tags: Array(10_000).fill(1) })],
    ["invalid_unix_time", post({ scheduled_publish_time_at: 1e15 })],
    [
      "post_schedule_time_must_be_in_future",
      post({ scheduled_publish_time_at: 1 }),
    ],
    ["success", post({ name: letters(200), body: letters(50_000) })],
    ["success", post({ url: "magnet:?xt=urn:btih:abc", body: "" })],
    ["invalid_post_title", edit({ name: "" })],
    ["slurs", edit({ name: "darn it all" })],
    ["invalid_url", edit({ url: "nope" })],
    ["invalid_url_scheme", edit({ url: "file:///etc/passwd" })],
    ["language_not_allowed", edit({ language_id: 9999 })],
    ["not_found", () => bob.editPost({ post_id: 999_999, name: "Nowhere" })],
    [
      "no_post_edit_allowed",
      () => s.admin.editPost({ post_id, name: "Mine now" }),
    ],
    [
      "no_post_edit_allowed",
      () => s.alice.deletePost({ post_id, deleted: true }),
    ],
    ["couldnt_update", () => bob.deletePost({ post_id, deleted: false })],
    ["not_found", () => bob.deletePost({ post_id: 999_999, deleted: true })],
    ["not_found", () => bob.likePost({ post_id: 999_999, is_upvote: true })],
    ["not_found", () => bob.savePost({ post_id: 999_999, save: true })],
    ["not_found", () => bob.hidePost({ post_id: 999_999, hide: true })],
    ["not_found", () => bob.markPostAsRead({ post_id: 999_999, read: true })],
    [
      "not_found",
      () => bob.editPostNotifications({ post_id: 999_999, mode: "mute" }),
    ],
    [
      "couldnt_update",
      () =>
        bob.markManyPostsAsRead({ post_ids: [post_id, 999_999], read: true }),
    ],
    [
      "too_many_items",
      () =>
        bob.markManyPostsAsRead({
          post_ids: Array(10_000).fill(post_id),
          read: true,
        }),
    ],
    ["not_found", () => bob.getPost({})],
    ["not_found", () => bob.getPost({ comment_id: 999_999 })],
    ["not_a_mod_or_admin", () => bob.listPostLikes({ post_id })],
    ["incorrect_login", () => s.anonymous.listPostLikes({ post_id })],
  ];
  try {
    for (const [index, [code, call]] of table.entries()) {
      t.equal(await codeOf(call()), code, `row ${index}, ${code}`);
    }
    for (let n = 0; n < 10; n++) {
      await ok(bob.createPost({
        name: `Later ${n}`,
        community_id,
        scheduled_publish_time_at: hour,
      }));
    }
    t.equal(
      await codeOf(post({ scheduled_publish_time_at: hour })()),
      "too_many_scheduled_posts",
    );
    await ok(s.admin.editSite({ nsfw_content_disallowed: true }));
    t.equal(await codeOf(post({ nsfw: true })()), "nsfw_not_allowed");
    await ok(bob.saveUserSettings({ bot_account: true }));
    t.equal(await codeOf(bob.likePost({ post_id })), "invalid_bot_action");
    await ok(
      s.alice.editCommunity({ community_id, posting_restricted_to_mods: true }),
    );
    t.equal(await codeOf(post({})()), "not_a_moderator");
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});

test("comments are refused with the code of the rule they break", async (t) => {
  const s = await stage();
  const { bob, admin, alice, post_id, comment_id, community_id } = s;
  const { sql } = s.server.database;
  const say =
    (fields: Partial<Parameters<LemmyHttp["createComment"]>[0]>) => () =>
      bob.createComment({ content: "text", post_id, ...fields });
  try {
    const other = await ok(
      alice.createPost({ name: "Another one", community_id }),
    );
    const far = other.post_view.post.id;
    const table: [string, Call][] = [
      ["success", say({ content: "" })],
      ["success", say({ content: "darn" })],
      ["blocked_url", say({ content: "https://spam.example" })],
      ["invalid_body_field", say({ content: letters(10_001) })],
      ["not_found", say({ post_id: 999_999 })],
      ["not_found", say({ parent_id: 999_999 })],
      ["couldnt_create", say({ post_id: far, parent_id: comment_id })],
      ["language_not_allowed", say({ language_id: 9999 })],
      [
        "no_comment_edit_allowed",
        () => admin.editComment({ comment_id, content: "mine" }),
      ],
      [
        "no_comment_edit_allowed",
        () => alice.deleteComment({ comment_id, deleted: true }),
      ],
      [
        "couldnt_update",
        () => bob.deleteComment({ comment_id, deleted: false }),
      ],
      ["not_found", () => bob.editComment({ comment_id: 999_999 })],
      [
        "not_found",
        () => bob.likeComment({ comment_id: 999_999, is_upvote: true }),
      ],
      ["not_found", () => bob.saveComment({ comment_id: 999_999, save: true })],
      ["not_found", () => bob.getComment({ id: 999_999 })],
      ["not_found", () => bob.getComments({ parent_id: 999_999 })],
      ["not_a_mod_or_admin", () => bob.listCommentLikes({ comment_id })],
    ];
    for (const [index, [code, call]] of table.entries()) {
      t.equal(await codeOf(call()), code, `row ${index}, ${code}`);
    }
    await sql`update comment set locked = true where id = ${comment_id}`;
    t.equal(await codeOf(say({ parent_id: comment_id })()), "locked");
    await ok(
      admin.createComment({ content: "I may", post_id, parent_id: comment_id }),
    );
    await sql`update comment set locked = false, removed = true where id = ${comment_id}`;
    t.equal(await codeOf(say({ parent_id: comment_id })()), "deleted");
    await sql`update post set locked = true where id = ${post_id}`;
    t.equal(await codeOf(say({})()), "locked");
    await ok(alice.createComment({ content: "I moderate", post_id }));
    await sql`update post set locked = false, removed = true where id = ${post_id}`;
    t.equal(await codeOf(say({})()), "deleted");
    let parent_id: number | undefined;
    for (let level = 1; level <= 51; level++) {
      const made = await ok(
        alice.createComment({ content: `${level}`, post_id: far, parent_id }),
      );
      parent_id = made.comment_view.comment.id;
    }
    t.equal(
      await codeOf(
        alice.createComment({ content: "52", post_id: far, parent_id }),
      ),
      "max_comment_depth_reached",
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});
