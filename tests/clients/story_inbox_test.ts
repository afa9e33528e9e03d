/** The inbox as its owner sees it: answers, mentions, subscriptions, private messages. */
import type { LemmyHttp } from "lemmy-js-client";
import { type Assertions, test } from "../harness.ts";
import { eventsDone } from "../support/events.ts";
import { idOf, ok } from "./api_server.ts";
import { stage, unread } from "./stage.ts";

type Stage = Awaited<ReturnType<typeof stage>>;

/** Kinds of what a person was told, the latest first. */
async function kinds(scene: Stage, person: LemmyHttp): Promise<string[]> {
  await eventsDone(scene.server.database);
  const { items } = await ok(person.listNotifications({}));
  return items.map((item) => item.notification.kind);
}

async function say(
  person: LemmyHttp,
  post_id: number,
  content: string,
  parent_id?: number,
): Promise<number> {
  const made = await ok(person.createComment({ post_id, content, parent_id }));
  return made.comment_view.comment.id;
}

test("an answer is told to its parent's author within a second, and once", async (t) => {
  const scene = await stage();
  const { server, alice, bob, post_id, comment_id } = scene;
  try {
    const start = performance.now();
    const answer = await say(alice, post_id, "welcome", comment_id);
    let found = 0;
    while (found === 0 && performance.now() - start < 1000) {
      found = (await ok(bob.getUnreadCounts())).notification_count;
    }
    t.equal(found, 1, "told within a second");
    const { items: [{ notification, data }] } = await ok(
      bob.listNotifications({}),
    );
    t.equal(
      [
        notification.kind,
        notification.comment_id,
        notification.post_id,
        notification.read,
        notification.creator_id,
        data.type_,
      ],
      ["reply", answer, post_id, false, await idOf(alice), "comment"],
    );
    t.ok(data.type_ === "comment" && data.comment.content === "welcome");
    // The author's own self-answer and a change tell nobody again.
    await say(bob, post_id, "to myself", comment_id);
    await ok(alice.editComment({ comment_id: answer, content: "welcome!" }));
    t.equal(await kinds(scene, bob), ["reply"]);
    // A top-level comment answers the post.
    await say(alice, post_id, "first");
    t.equal(await kinds(scene, bob), ["reply", "reply"]);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("a mention is told to whom it names, be it written at once or added later", async (t) => {
  const scene = await stage();
  const { server, admin, alice, bob, community_id, post_id } = scene;
  const host = new URL(server.url).host;
  try {
    const said = await say(
      bob,
      post_id,
      `see @ADMIN@${host}, @bob@${host} and @alice@elsewhere.example`,
    );
    t.equal(await kinds(scene, admin), ["mention"]);
    t.equal(await kinds(scene, alice), []);
    t.equal(await kinds(scene, bob), []);
    await ok(
      bob.editComment({ comment_id: said, content: `(@alice@${host}).` }),
    );
    t.equal(await kinds(scene, alice), ["mention"]);
    t.equal(await kinds(scene, admin), ["mention"]);
    const { post_view } = await ok(bob.createPost({
      name: `Not @admin@${host} in a title`,
      body: `but \`@alice@${host}\` in the text`,
      community_id,
    }));
    t.equal(await kinds(scene, alice), ["mention", "mention"]);
    t.equal(await kinds(scene, admin), ["mention"]);
    const { items: [{ data }] } = await ok(alice.listNotifications({}));
    t.ok(data.type_ === "post" && data.post.id === post_view.post.id);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("whoever subscribed hears of posts and comments; whoever muted hears of nothing", async (t) => {
  const scene = await stage();
  const { server, admin, alice, bob, community_id, post_id } = scene;
  const carol = server.client(await server.signUp("carol"));
  const dora = server.client(await server.signUp("dora"));
  try {
    await ok(alice.editPostNotifications({ post_id, mode: "all_comments" }));
    await ok(
      carol.editCommunityNotifications({ community_id, mode: "all_posts" }),
    );
    await ok(dora.editCommunityNotifications({
      community_id,
      mode: "all_posts_and_comments",
    }));
    await say(admin, post_id, "one comment");
    t.equal(await kinds(scene, alice), ["subscribed"]);
    t.equal(await kinds(scene, carol), []);
    t.equal(await kinds(scene, dora), ["subscribed"]);
    t.equal(await kinds(scene, bob), ["reply"]);
    const made = await ok(
      admin.createPost({ name: "Something new", community_id }),
    );
    t.equal(await kinds(scene, alice), ["subscribed"]);
    t.equal(await kinds(scene, carol), ["subscribed"]);
    t.equal(await kinds(scene, dora), ["subscribed", "subscribed"]);
    // Muting silences answers and mentions as well.
    await ok(bob.editPostNotifications({ post_id, mode: "mute" }));
    await ok(dora.editCommunityNotifications({ community_id, mode: "mute" }));
    const host = new URL(server.url).host;
    await say(admin, post_id, `another, @bob@${host} @dora@${host}`);
    await say(carol, made.post_view.post.id, "to the admin");
    t.equal(await kinds(scene, bob), ["reply"]);
    t.equal(await kinds(scene, dora), ["subscribed", "subscribed"]);
    t.equal(await kinds(scene, alice), ["subscribed", "subscribed"]);
    t.equal(await kinds(scene, admin), ["reply"]);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("a scheduled post is told when it appears, and nothing of a closed community to outsiders", async (t) => {
  const scene = await stage();
  const { server, alice, bob, community_id } = scene;
  const { sql } = server.database;
  const host = new URL(server.url).host;
  try {
    await ok(
      bob.editCommunityNotifications({ community_id, mode: "all_posts" }),
    );
    const scheduled_publish_time_at = Math.floor(Date.now() / 1000) + 3600;
    const { post_view } = await ok(alice.createPost({
      name: "Later",
      community_id,
      scheduled_publish_time_at,
    }));
    const post_id = post_view.post.id;
    await ok(
      alice.editPost({ post_id, body: "Soon", scheduled_publish_time_at }),
    );
    t.equal(await kinds(scene, bob), []);
    // Without a time it comes out at once.
    await ok(alice.editPost({ post_id, body: "Now" }));
    t.equal(await kinds(scene, bob), ["subscribed"]);
    await ok(
      bob.editCommunityNotifications({
        community_id,
        mode: "replies_and_mentions",
      }),
    );
    await ok(bob.likePost({ post_id, is_upvote: true }));
    const made = await ok(
      alice.createCommunity({ name: "closed", visibility: "private" }),
    );
    const closed = made.community_view.community.id;
    const inside = await ok(alice.createPost({
      name: "Inside",
      body: `@bob@${host} @admin@${host}`,
      community_id: closed,
    }));
    t.equal(await kinds(scene, bob), ["subscribed"]);
    t.equal(await kinds(scene, scene.admin), ["mention"]);
    // Who joins is told, and loses sight of it when leaving.
    await ok(bob.followCommunity({ community_id: closed, follow: true }));
    await sql`update community_actions set follow_state = 'accepted'
      where follow_state = 'approval_required'`;
    await say(alice, inside.post_view.post.id, `and @bob@${host}`);
    t.equal(await kinds(scene, bob), ["mention", "subscribed"]);
    t.equal(await unread(scene, bob), 1);
    await ok(bob.followCommunity({ community_id: closed, follow: false }));
    t.equal(await kinds(scene, bob), ["subscribed"]);
    t.equal(await unread(scene, bob), 0);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("blocks keep notifications from being made and hide those that are there", async (t) => {
  const scene = await stage();
  const { server, admin, alice, bob, community_id, post_id } = scene;
  const carol = server.client(await server.signUp("carol"));
  try {
    const told = await say(carol, post_id, "before the block");
    await say(alice, post_id, "from alice");
    t.equal(await unread(scene, bob), 2);
    await ok(bob.blockPerson({ person_id: await idOf(carol), block: true }));
    t.equal(await unread(scene, bob), 1);
    await say(carol, post_id, "after the block");
    t.equal(await unread(scene, bob), 1);
    await ok(bob.blockPerson({ person_id: await idOf(carol), block: false }));
    t.equal(await unread(scene, bob), 2, "what came during the block is gone");
    await ok(bob.blockCommunity({ community_id, block: true }));
    await say(admin, post_id, "in a blocked community");
    t.equal(await unread(scene, bob), 0);
    await ok(bob.blockCommunity({ community_id, block: false }));
    t.equal(await unread(scene, bob), 2);
    await ok(carol.deleteComment({ comment_id: told, deleted: true }));
    t.equal(await unread(scene, bob), 1, "deleted by its author");
    await ok(carol.deleteComment({ comment_id: told, deleted: false }));
    await ok(carol.saveUserSettings({ bot_account: true }));
    await ok(bob.saveUserSettings({ show_bot_accounts: false }));
    t.equal(await unread(scene, bob), 1, "bots are left out");
    await ok(bob.saveUserSettings({ show_bot_accounts: true }));
    t.equal(await unread(scene, bob), 2, "and come back");
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("notifications are marked by hand, all at once, and by answering or voting", async (t) => {
  const scene = await stage();
  const { server, alice, bob, post_id, comment_id } = scene;
  try {
    const one = await say(alice, post_id, "one", comment_id);
    const two = await say(alice, post_id, "two", comment_id);
    await say(alice, post_id, "three");
    await eventsDone(server.database);
    const { items } = await ok(bob.listNotifications({ unread_only: true }));
    t.equal(items.length, 3);
    const notification_id = items[0].notification.id;
    const mark = (person: LemmyHttp, read: boolean) =>
      ok(person.markNotificationAsRead({ notification_id, read }));
    t.equal(await mark(alice, true), { success: true });
    t.equal(await unread(scene, bob), 3, "others mark nothing");
    await mark(bob, true);
    t.equal(await unread(scene, bob), 2);
    await mark(bob, false);
    t.equal(await unread(scene, bob), 3);
    await say(bob, post_id, "thanks", one);
    t.equal(await unread(scene, bob), 2, "answering marks the parent");
    await ok(bob.likeComment({ comment_id: two, is_upvote: true }));
    t.equal(await unread(scene, bob), 1, "voting marks the comment");
    await ok(bob.likePost({ post_id, is_upvote: true }));
    t.equal(await unread(scene, bob), 0, "a vote on the post marks all in it");
    await say(alice, post_id, "four");
    t.equal(await unread(scene, bob), 1);
    t.equal(await ok(bob.markAllNotificationsAsRead()), { success: true });
    t.equal(await unread(scene, bob), 0);
    t.equal(
      (await ok(bob.listNotifications({ unread_only: true }))).items,
      [],
    );
    await pages(t, bob, 4);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

/** The list comes in pages that neither lose nor repeat anything. */
async function pages(t: Assertions, person: LemmyHttp, count: number) {
  const all = (await ok(person.listNotifications({}))).items;
  t.equal(all.length, count);
  const seen: number[] = [];
  let page_cursor: string | undefined;
  do {
    const page = await ok(person.listNotifications({ limit: 2, page_cursor }));
    seen.push(...page.items.map((item) => item.notification.id));
    page_cursor = page.next_page;
  } while (page_cursor);
  t.equal(seen, all.map((item) => item.notification.id));
}

test("what moderators do is told to whom it is done to, without their names", async (t) => {
  const scene = await stage();
  const { server, admin, alice, bob, community_id, post_id, comment_id } =
    scene;
  try {
    await ok(bob.blockCommunity({ community_id, block: true }));
    await ok(alice.removePost({ post_id, removed: true, reason: "off topic" }));
    t.equal(await kinds(scene, bob), ["mod_action"]);
    const { items: [{ notification, data }] } = await ok(
      bob.listNotifications({ type_: "mod_action" }),
    );
    t.equal(
      [notification.creator_id, notification.post_id, data.type_],
      [0, post_id, "mod_action"],
    );
    t.ok(
      data.type_ === "mod_action" && data.modlog.reason === "off topic" &&
        data.moderator === undefined && data.target_post?.id === post_id,
    );
    t.equal(
      (await ok(bob.listNotifications({ creator_id: await idOf(alice) })))
        .items,
      [],
      "nor can they be guessed",
    );
    await ok(alice.removePost({ post_id, removed: false, reason: "sorry" }));
    await ok(alice.featurePost({
      post_id,
      featured: true,
      feature_type: "community",
    }));
    await ok(alice.lockComment({ comment_id, locked: true, reason: "calm" }));
    t.equal(await unread(scene, bob), 3, "pinning is told to nobody");
    const person_id = await idOf(bob);
    await ok(admin.addModToCommunity({ community_id, person_id, added: true }));
    await ok(admin.addAdmin({ person_id, added: true }));
    await ok(admin.addAdmin({ person_id: await idOf(alice), added: true }));
    t.equal(await unread(scene, bob), 5);
    const seen = await ok(alice.listNotifications({ type_: "mod_action" }));
    const [appointed] = seen.items;
    t.equal(appointed.notification.creator_id, await idOf(admin));
    t.ok(
      appointed.data.type_ === "mod_action" &&
        appointed.data.moderator?.name === "admin",
      "admins are told who it was",
    );
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("counts of what waits are given to whoever is to settle it", async (t) => {
  const scene = await stage();
  const { server, admin, alice, bob, post_id } = scene;
  try {
    const made = await ok(
      alice.createCommunity({ name: "closed", visibility: "private" }),
    );
    await ok(bob.followCommunity({
      community_id: made.community_view.community.id,
      follow: true,
    }));
    await ok(bob.createPostReport({ post_id, reason: "spam" }));
    t.equal(await ok(alice.getUnreadCounts()), {
      notification_count: 0,
      report_count: 1,
      pending_follow_count: 1,
    });
    t.equal(await ok(bob.getUnreadCounts()), { notification_count: 0 });
    t.equal(await ok(admin.getUnreadCounts()), {
      notification_count: 0,
      report_count: 0,
      pending_follow_count: 0,
      registration_application_count: 0,
    });
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});
