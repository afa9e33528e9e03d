/** Every error code that moderation can be brought to give. */
import { test } from "../harness.ts";
import { codeOf, ok } from "./api_server.ts";
import { type Call, letters, stage } from "./stage.ts";

const NOBODY = 999_999;
const reason = "";

test("moderation is refused with the code of the rule it breaks", async (t) => {
  const s = await stage();
  const { bob, alice, admin, post_id, comment_id, community_id } = s;
  const { sql } = s.server.database;
  try {
    const me = async (caller: typeof bob) =>
      (await ok(caller.getMyUser())).local_user_view.person.id;
    const [bobId, aliceId, adminId] = [
      await me(bob),
      await me(alice),
      await me(admin),
    ];
    const office = await ok(
      admin.createPost({ name: "By the admin", community_id }),
    );
    const adminPost = office.post_view.post.id;
    const { comment_view } = await ok(
      admin.createComment({ post_id: adminPost, content: "mine" }),
    );
    const away = await ok(bob.createPost({ name: "Removed", community_id }));
    const removedPost = away.post_view.post.id;
    await ok(
      alice.removePost({ post_id: removedPost, removed: true, reason }),
    );
    const said = await ok(bob.createComment({ post_id, content: "deleted" }));
    const deletedComment = said.comment_view.comment.id;
    await ok(bob.deleteComment({ comment_id: deletedComment, deleted: true }));
    const [remote] = await sql<[{ id: number }]>`
      with far as (insert into instance (domain) values ('far.example') returning id)
      insert into community (name, ap_id, local, public_key, inbox_url, instance_id)
      select 'far', 'https://far.example/c/far', false, 'key', 'https://far.example/inbox', id
      from far returning id`;
    const past = Math.floor(Date.now() / 1000) - 60;
    const ban = { community_id, person_id: bobId, ban: true, reason };
    const siteBan = { person_id: bobId, ban: true, reason };
    const table: [string, Call][] = [
      [
        "not_found",
        () => alice.removePost({ post_id: NOBODY, removed: true, reason }),
      ],
      [
        "not_higher_mod",
        () => alice.removePost({ post_id: adminPost, removed: true, reason }),
      ],
      [
        "not_found",
        () => alice.lockPost({ post_id: NOBODY, locked: true, reason }),
      ],
      [
        "not_found",
        () => alice.lockPost({ post_id: removedPost, locked: true, reason }),
      ],
      ["not_found", () => alice.warnPost({ post_id: removedPost, reason })],
      ["not_found", () => alice.modEditPost({ post_id: removedPost })],
      [
        "not_found",
        () =>
          alice.featurePost({
            post_id: NOBODY,
            featured: true,
            feature_type: "community",
          }),
      ],
      [
        "not_an_admin",
        () =>
          alice.featurePost({ post_id, featured: true, feature_type: "local" }),
      ],
      [
        "tag_not_in_community",
        () => alice.modEditPost({ post_id, tags: [NOBODY] }),
      ],
      [
        "too_many_items",
        () => alice.modEditPost({ post_id, tags: Array(10_000).fill(1) }),
      ],
      [
        "not_found",
        () =>
          alice.removeComment({ comment_id: NOBODY, removed: true, reason }),
      ],
      [
        "not_higher_mod",
        () =>
          alice.removeComment({
            comment_id: comment_view.comment.id,
            removed: true,
            reason,
          }),
      ],
      [
        "couldnt_update",
        () =>
          alice.removeComment({
            comment_id: deletedComment,
            removed: true,
            reason,
          }),
      ],
      [
        "deleted",
        () => alice.warnComment({ comment_id: deletedComment, reason }),
      ],
      ["not_found", () => alice.warnComment({ comment_id: NOBODY, reason })],
      [
        "not_found",
        () => alice.lockComment({ comment_id: NOBODY, locked: true, reason }),
      ],
      [
        "no_comment_edit_allowed",
        () => alice.distinguishComment({ comment_id, distinguished: true }),
      ],
      [
        "not_a_mod_or_admin",
        () => bob.distinguishComment({ comment_id, distinguished: true }),
      ],
      [
        "not_found",
        () =>
          admin.removeCommunity({
            community_id: NOBODY,
            removed: true,
            reason,
          }),
      ],
      [
        "not_found",
        () =>
          admin.hideCommunity({ community_id: NOBODY, hidden: true, reason }),
      ],
      [
        "unknown",
        () => alice.transferCommunity({ community_id, person_id: bobId }),
      ],
      [
        "cannot_leave_mod",
        () =>
          alice.addModToCommunity({
            community_id,
            person_id: aliceId,
            added: false,
          }),
      ],
      [
        "not_found",
        () =>
          alice.addModToCommunity({
            community_id,
            person_id: NOBODY,
            added: true,
          }),
      ],
      [
        "not_a_moderator",
        () =>
          admin.addModToCommunity({
            community_id: remote.id,
            person_id: bobId,
            added: true,
          }),
      ],
      [
        "not_higher_mod",
        () => alice.banFromCommunity({ ...ban, person_id: adminId }),
      ],
      [
        "ban_expiration_in_past",
        () => alice.banFromCommunity({ ...ban, expires_at: past }),
      ],
      [
        "ban_expiration_in_past",
        () => alice.banFromCommunity({ ...ban, ban: false, expires_at: past }),
      ],
      [
        "invalid_unix_time",
        () => alice.banFromCommunity({ ...ban, expires_at: 1e18 }),
      ],
      [
        "invalid_unix_time",
        () => alice.banFromCommunity({ ...ban, expires_at: 4e9 + 0.5 }),
      ],
      [
        "invalid_body_field",
        () => alice.banFromCommunity({ ...ban, reason: letters(10_001) }),
      ],
      ["unknown", () => alice.banFromCommunity({ ...ban, person_id: NOBODY })],
      [
        "couldnt_create",
        () => alice.banFromCommunity({ ...ban, ban: false, person_id: NOBODY }),
      ],
      [
        "ban_expiration_in_past",
        () => admin.banPerson({ ...siteBan, expires_at: past }),
      ],
      [
        "invalid_unix_time",
        () => admin.banPerson({ ...siteBan, expires_at: 1e18 }),
      ],
      [
        "invalid_body_field",
        () => admin.banPerson({ ...siteBan, reason: letters(10_001) }),
      ],
      ["unknown", () => admin.banPerson({ ...siteBan, person_id: NOBODY })],
      [
        "couldnt_create",
        () => admin.banPerson({ ...siteBan, ban: false, person_id: NOBODY }),
      ],
      [
        "cannot_leave_admin",
        () => admin.addAdmin({ person_id: bobId, added: false }),
      ],
      ["not_found", () => admin.addAdmin({ person_id: NOBODY, added: true })],
      ["invalid_fetch_limit", () => admin.adminListUsers({ limit: 0 })],
      ["invalid_fetch_limit", () => bob.getModlog({ limit: 51 })],
      ["invalid_fetch_limit", () => bob.listPersons({ limit: 0 })],
      ["unknown", () => bob.getModlog({ page_cursor: "%%" })],
    ];
    for (const [index, [code, call]] of table.entries()) {
      t.equal(await codeOf(call()), code, `row ${index}, ${code}`);
    }
    const modlog = await ok(admin.getModlog({ limit: 50 }));
    t.equal(
      modlog.items.map((item) => item.modlog.kind),
      ["mod_remove_post"],
      "what was refused is not logged",
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});

test("an empty person, place or site has an empty modlog, and a private site none", async (t) => {
  const s = await stage();
  try {
    t.equal((await ok(s.anonymous.getModlog({}))).items, []);
    for (
      const listing_type of [
        "all",
        "local",
        "subscribed",
        "moderator_view",
        "suggested",
      ] as const
    ) {
      t.equal((await ok(s.bob.getModlog({ listing_type }))).items, []);
    }
    await ok(s.admin.editSite({
      private_instance: true,
      registration_mode: "closed",
    }));
    t.equal(await codeOf(s.anonymous.getModlog({})), "instance_is_private");
    t.equal(await codeOf(s.anonymous.listPersons({})), "instance_is_private");
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});
