/** Moderation as its people see it, told by the official client. */
import type { LemmyHttp, ModlogView } from "lemmy-js-client";
import { test } from "../harness.ts";
import { codeOf, eventually, idOf, ok } from "./api_server.ts";
import { modlogKinds, stage } from "./stage.ts";

test("a moderator removes and restores a post with its comments", async (t) => {
  const s = await stage();
  const { alice, bob, admin, anonymous, post_id, comment_id, community_id } = s;
  try {
    const { comment_view } = await ok(
      alice.createComment({ post_id, content: "an answer" }),
    );
    const gone = await ok(
      bob.createComment({ post_id, content: "soon deleted" }),
    );
    await ok(bob.deleteComment({
      comment_id: gone.comment_view.comment.id,
      deleted: true,
    }));
    const { post_view } = await ok(
      alice.removePost({
        post_id,
        removed: true,
        reason: "off topic",
        remove_children: true,
      }),
    );
    t.equal(post_view.post.removed, true);
    t.equal(post_view.post.comments, 0);
    t.equal(await codeOf(anonymous.getPost({ id: post_id })), "not_found");
    const own = await ok(bob.getPost({ id: post_id }));
    t.equal(own.post_view.post.removed, true, "its author sees it");
    const community = await ok(anonymous.getCommunity({ id: community_id }));
    t.equal(community.community_view.community.posts, 0);
    const removed = await ok(alice.getComment({ id: comment_id }));
    t.equal(removed.comment_view.comment.removed, true);

    const { items } = await ok(anonymous.getModlog({ post_id }));
    t.equal(
      items.map((item) => item.modlog.kind).sort(),
      ["mod_remove_comment", "mod_remove_comment", "mod_remove_post"],
      "the comment that its author deleted is not logged",
    );
    const entry = items.find((i) => i.modlog.kind === "mod_remove_post")!;
    t.equal(entry.modlog.reason, "off topic");
    t.equal(entry.modlog.expires_at as unknown, null);
    t.equal(entry.modlog.bulk_action_parent_id as unknown, null);
    t.equal(entry.target_person?.name, "bob");
    t.equal(entry.target_post?.id, post_id);
    t.equal(entry.target_community?.name, "stage");
    t.equal(entry.moderator, undefined, "strangers do not learn who it was");

    const restored = await ok(
      alice.removePost({
        post_id,
        removed: true,
        reason: "",
        remove_children: false,
      }),
    );
    t.equal(restored.post_view.post.removed, false, "remove_children decides");
    t.equal(restored.post_view.post.comments, 2);
    const answer = await ok(
      anonymous.getComment({ id: comment_view.comment.id }),
    );
    t.equal(answer.comment_view.comment.removed, false);

    const named = async (caller: LemmyHttp, filter: object) =>
      (await ok(caller.getModlog(filter))).items.map((item: ModlogView) =>
        item.moderator?.name
      )[0];
    t.equal(await named(admin, {}), "alice");
    t.equal(await named(alice, { community_id }), "alice");
    t.equal(await named(alice, {}), undefined, "only of the own community");
    t.equal(await named(bob, { community_id }), undefined);
    const mod_person_id = await idOf(bob);
    t.equal(await modlogKinds(admin, { mod_person_id }), [], "bob did nothing");
    t.equal(
      (await modlogKinds(anonymous, { mod_person_id })).length,
      6,
      "the filter is ignored where names are hidden",
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});

test("a moderator locks, pins, marks and warns", async (t) => {
  const s = await stage();
  const { alice, bob, admin, anonymous, post_id, comment_id, community_id } = s;
  try {
    const below = await ok(
      bob.createComment({ post_id, parent_id: comment_id, content: "below" }),
    );
    await ok(alice.lockPost({ post_id, locked: true, reason: "heated" }));
    const reply = { post_id, content: "but" };
    t.equal(await codeOf(bob.createComment(reply)), "locked");
    t.equal(await codeOf(alice.createComment(reply)), "success");
    await ok(alice.lockPost({ post_id, locked: false, reason: "cooled" }));
    const locked = await ok(
      alice.lockComment({ comment_id, locked: true, reason: "enough" }),
    );
    t.equal(locked.comment_view.comment.locked, true);
    const parent_id = below.comment_view.comment.id;
    t.equal(await codeOf(bob.createComment({ ...reply, parent_id })), "locked");
    const entry = (await ok(anonymous.getModlog({}))).items[0];
    t.equal(
      entry.target_comment?.id,
      comment_id,
      "the entry names the comment that was asked for",
    );
    await ok(alice.lockComment({ comment_id, locked: false, reason: "" }));

    const pinned = await ok(alice.featurePost({
      post_id,
      featured: true,
      feature_type: "community",
    }));
    t.equal(pinned.post_view.post.featured_community, true);
    t.equal(pinned.post_view.post.featured_local, false);
    const above = await ok(admin.featurePost({
      post_id,
      featured: true,
      feature_type: "local",
    }));
    t.equal(above.post_view.post.featured_local, true);

    const [tag] = await s.server.database.sql<[{ id: number }]>`
      insert into community_tag (ap_id, name, community_id)
      values ('http://x/tag', 'news', ${community_id}) returning id`;
    const edited = await ok(
      alice.modEditPost({ post_id, nsfw: true, tags: [tag.id] }),
    );
    t.equal(edited.post_view.post.nsfw, true);
    t.equal(edited.post_view.tags.map((one) => one.name), ["news"]);
    t.ok(edited.post_view.post.updated_at);

    await ok(alice.warnPost({ post_id, reason: "mind your words" }));
    const warned = await ok(
      alice.warnComment({ comment_id, reason: "yours too" }),
    );
    t.equal(
      warned.comment_view.can_mod,
      true,
      "the answer is the caller's view",
    );
    const mine = await ok(alice.createComment({ post_id, content: "Rules!" }));
    const spoken = await ok(alice.distinguishComment({
      comment_id: mine.comment_view.comment.id,
      distinguished: true,
    }));
    t.equal(spoken.comment_view.comment.distinguished, true);
    t.equal(await modlogKinds(anonymous), [
      "+mod_warn_comment",
      "+mod_warn_post",
      "+admin_feature_post_site",
      "+mod_feature_post_community",
      "-mod_lock_comment",
      "+mod_lock_comment",
      "-mod_lock_post",
      "+mod_lock_post",
    ]);
    t.equal(await modlogKinds(anonymous, { type_: "mod_warn_post" }), [
      "+mod_warn_post",
    ]);
    t.equal(
      (await modlogKinds(anonymous, { comment_id })).length,
      3,
      "those of the comment",
    );
    const first = await ok(anonymous.getModlog({ limit: 5 }));
    const second = await ok(
      anonymous.getModlog({ limit: 5, page_cursor: first.next_page }),
    );
    t.equal([first.items.length, second.items.length], [5, 3]);
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});

test("a whole subtree is removed, but never what its author deleted", async (t) => {
  const s = await stage();
  const { alice, bob, post_id, comment_id } = s;
  try {
    const child = await ok(
      bob.createComment({ post_id, parent_id: comment_id, content: "child" }),
    );
    const beside = await ok(bob.createComment({ post_id, content: "beside" }));
    await ok(alice.removeComment({
      comment_id,
      removed: true,
      reason: "rude",
      remove_children: true,
    }));
    const state = async (id: number) =>
      (await ok(alice.getComment({ id }))).comment_view.comment.removed;
    t.equal(await state(child.comment_view.comment.id), true);
    t.equal(await state(beside.comment_view.comment.id), false);
    const blank = await ok(s.anonymous.getComment({ id: comment_id }));
    t.equal(blank.comment_view.comment.content, "");
    const single = await ok(
      alice.removeComment({ comment_id, removed: false, reason: "" }),
    );
    t.equal(single.comment_view.comment.removed, false);
    t.equal(await state(child.comment_view.comment.id), true, "it alone");
    await ok(bob.deleteComment({ comment_id, deleted: true }));
    t.equal(
      await codeOf(
        alice.removeComment({ comment_id, removed: true, reason: "" }),
      ),
      "couldnt_update",
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});

test("a ban from a community takes the follow and, if asked, everything written there", async (t) => {
  const s = await stage();
  const { alice, bob, admin, anonymous, community_id, post_id } = s;
  const { sql } = s.server.database;
  try {
    const person_id = await idOf(bob);
    const { post_view } = await ok(
      alice.createPost({ name: "Voted on", community_id }),
    );
    await ok(bob.likePost({ post_id: post_view.post.id, is_upvote: true }));
    await ok(bob.followCommunity({ community_id, follow: true }));
    const elsewhere = await ok(
      admin.createCommunity({ name: "elsewhere" }),
    );
    await ok(bob.createPost({
      name: "Stays",
      community_id: elsewhere.community_view.community.id,
    }));
    const expires_at = Math.floor(Date.now() / 1000) + 3600;
    await ok(alice.banFromCommunity({
      community_id,
      person_id,
      ban: true,
      remove_or_restore_data: true,
      reason: "spam",
      expires_at,
    }));
    t.equal(
      await codeOf(bob.createPost({ name: "Again", community_id })),
      "person_is_banned_from_community",
    );
    const seen = await ok(bob.getCommunity({ id: community_id }));
    const actions = seen.community_view.community_actions;
    t.ok(actions?.received_ban_at);
    t.equal(
      new Date(actions!.ban_expires_at!).getTime(),
      expires_at * 1000,
    );
    t.equal(actions?.follow_state, undefined);
    await eventually(
      async () =>
        (await modlogKinds(anonymous, { show_bulk: true })).length === 3,
      "the entries of the removal",
    );
    t.equal(await codeOf(anonymous.getPost({ id: post_id })), "not_found");
    const liked = await ok(anonymous.getPost({ id: post_view.post.id }));
    t.equal(liked.post_view.post.score, 1, "bob's vote is withdrawn");
    t.equal(
      (await modlogKinds(anonymous)).length,
      1,
      "children are not listed",
    );
    const [ban] = (await ok(anonymous.getModlog({}))).items;
    t.equal([ban.modlog.kind, ban.modlog.child_count], [
      "mod_ban_from_community",
      2,
    ]);
    const children = await ok(
      anonymous.getModlog({ bulk_action_parent_id: ban.modlog.id }),
    );
    t.equal(
      children.items.map(({ modlog }) => [
        modlog.kind,
        modlog.reason,
        modlog.bulk_action_parent_id,
      ]),
      [
        ["mod_remove_comment", "spam", ban.modlog.id],
        ["mod_remove_post", "spam", ban.modlog.id],
      ],
    );
    t.equal(
      (await ok(anonymous.getPosts({ type_: "all" }))).items.map((v) =>
        v.post.name
      ),
      ["Stays", "Voted on"],
    );
    await ok(alice.banFromCommunity({
      community_id,
      person_id,
      ban: false,
      remove_or_restore_data: true,
      reason: "sorry",
    }));
    await eventually(
      async () => await codeOf(anonymous.getPost({ id: post_id })) === OK,
      "the restoration",
    );
    t.equal(
      (await ok(bob.getCommunity({ id: community_id }))).community_view
        .community_actions,
      undefined,
      "nothing is left of ban and follow",
    );
    await eventually(
      async () => (await sql`select from bulk_task`).length === 0,
      "the end of the work",
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});

const OK = "success";

test("a site ban ends what an account may do, and with it all it did", async (t) => {
  const s = await stage();
  const { bob, admin, alice, anonymous, post_id, community_id } = s;
  const { sql } = s.server.database;
  try {
    const person_id = await idOf(bob);
    await ok(bob.saveUserSettings({ bio: "I sell things" }));
    const led = await ok(bob.createCommunity({ name: "bobs" }));
    await ok(bob.createPost({
      name: "In another place",
      community_id: led.community_view.community.id,
    }));
    const theirs = await ok(
      alice.createPost({ name: "Alice's", community_id }),
    );
    await ok(
      bob.likePost({ post_id: theirs.post_view.post.id, is_upvote: true }),
    );
    const message = await ok(
      bob.createPrivateMessage({
        recipient_id: await idOf(alice),
        content: "buy!",
      }),
    );
    const { person_view } = await ok(admin.banPerson({
      person_id,
      ban: true,
      reason: "spam",
      remove_or_restore_data: true,
    }));
    t.equal([person_view.banned, person_view.ban_expires_at], [
      true,
      undefined,
    ]);
    t.equal(
      await codeOf(bob.createPost({ name: "More", community_id })),
      "site_ban",
    );
    t.equal(await codeOf(bob.getMyUser()), OK, "reading goes on");
    await eventually(
      async () => (await sql`select from bulk_task`).length === 0,
      "the end of the removal",
    );
    t.equal(await codeOf(anonymous.getPost({ id: post_id })), "not_found");
    const person = await ok(anonymous.getPersonDetails({ person_id }));
    t.equal(person.person_view.person.bio, undefined);
    t.equal(person.person_view.person.post_count, 0);
    t.equal(
      await codeOf(anonymous.getCommunity({ name: "bobs" })),
      "not_found",
    );
    t.equal(
      (await ok(anonymous.getPost({ id: theirs.post_view.post.id }))).post_view
        .post.score,
      1,
    );
    const [{ removed }] = await sql<[{ removed: boolean }]>`
      select removed from private_message
      where id = ${message.private_message_view.private_message.id}`;
    t.equal(removed, true);
    const users = await ok(admin.adminListUsers({ banned_only: true }));
    t.equal(
      users.items.map((view) => [view.person.name, view.banned]),
      [["bob", true]],
    );
    const expires_at = Math.floor(Date.now() / 1000) + 86_400;
    const ban = { person_id, ban: true, reason: "" };
    await ok(admin.banPerson({ ...ban, expires_at }));
    const far = Math.floor(Date.now() / 1000) + 4000 * 86_400;
    const forever = await ok(admin.banPerson({ ...ban, expires_at: far }));
    t.equal(
      forever.person_view.ban_expires_at,
      undefined,
      "beyond ten years is for ever, and replaces the earlier end",
    );
    await ok(admin.banPerson({
      person_id,
      ban: false,
      reason: "",
      remove_or_restore_data: true,
    }));
    await eventually(
      async () => await codeOf(anonymous.getPost({ id: post_id })) === OK,
      "the restoration",
    );
    t.equal(
      await codeOf(bob.createPost({ name: "Back again", community_id })),
      OK,
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});
