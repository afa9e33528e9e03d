/** Every error code that communities and people can be brought to give. */
import type { LemmyHttp } from "lemmy-js-client";
import { test } from "../harness.ts";
import { codeOf, ok, PASSWORD } from "./api_server.ts";
import { type Call, letters, stage } from "./stage.ts";

test("communities and people are refused with the code of the rule they break", async (t) => {
  const s = await stage();
  const { bob, alice, admin, community_id } = s;
  const found =
    (fields: Partial<Parameters<LemmyHttp["createCommunity"]>[0]>) => () =>
      bob.createCommunity({ name: "founded", ...fields });
  try {
    const me = await ok(bob.getMyUser());
    const own = me.local_user_view.person.id;
    const adminId = (await ok(admin.getMyUser())).local_user_view.person.id;
    const aliceId = (await ok(alice.getMyUser())).local_user_view.person.id;
    const instance = me.local_user_view.person.instance_id;
    const table: [string, Call][] = [
      ["already_exists", found({ name: "STAGE" })],
      ["invalid_name", found({ name: "a" })],
      ["invalid_name", found({ name: "with-dash" })],
      ["invalid_name", found({ name: letters(21) })],
      ["slurs", found({ name: "darn" })],
      ["slurs", found({ title: "darn it" })],
      ["slurs", found({ summary: "darn it" })],
      ["invalid_display_name", found({ title: "@at" })],
      ["invalid_display_name", found({ title: letters(51) })],
      ["site_description_length_overflow", found({ summary: letters(151) })],
      ["invalid_body_field", found({ sidebar: letters(10_001) })],
      ["blocked_url", found({ sidebar: "https://spam.example" })],
      ["language_not_allowed", found({ discussion_languages: [9999] })],
      [
        "too_many_items",
        found({ discussion_languages: Array(10_000).fill(0) }),
      ],
      [
        "not_a_mod_or_admin",
        () => bob.editCommunity({ community_id, title: "Mine" }),
      ],
      [
        "site_description_length_overflow",
        () => alice.editCommunity({ community_id, summary: letters(151) }),
      ],
      ["not_found", () => alice.editCommunity({ community_id: 999_999 })],
      [
        "not_a_mod_or_admin",
        () => bob.deleteCommunity({ community_id, deleted: true }),
      ],
      [
        "not_top_mod",
        () => admin.deleteCommunity({ community_id, deleted: true }),
      ],
      [
        "not_found",
        () => bob.followCommunity({ community_id: 999_999, follow: true }),
      ],
      [
        "not_found",
        () => bob.blockCommunity({ community_id: 999_999, block: true }),
      ],
      [
        "not_found",
        () =>
          bob.editCommunityNotifications({
            community_id: 999_999,
            mode: "mute",
          }),
      ],
      ["no_id_given", () => bob.getCommunity({})],
      ["unknown", () => bob.getCommunity({ name: "nobody@nowhere.example" })],
      ["no_id_given", () => bob.getPersonDetails({})],
      ["not_found", () => bob.getPersonDetails({ username: "nobody" })],
      ["no_id_given", () => bob.listPersonContent({})],
      [
        "cant_block_yourself",
        () => bob.blockPerson({ person_id: own, block: true }),
      ],
      [
        "cant_block_admin",
        () => bob.blockPerson({ person_id: adminId, block: true }),
      ],
      ["not_found", () => bob.blockPerson({ person_id: 999_999, block: true })],
      [
        "cant_note_yourself",
        () => bob.notePerson({ person_id: own, note: "me" }),
      ],
      ["slurs", () => bob.notePerson({ person_id: aliceId, note: "darn" })],
      [
        "invalid_body_field",
        () => bob.notePerson({ person_id: aliceId, note: letters(10_001) }),
      ],
      ["not_found", () => bob.notePerson({ person_id: 999_999, note: "who" })],
      [
        "cant_block_local_instance",
        () =>
          bob.userBlockInstancePersons({ instance_id: instance, block: true }),
      ],
      [
        "not_found",
        () =>
          bob.userBlockInstanceCommunities({
            instance_id: 999_999,
            block: true,
          }),
      ],
      [
        "cannot_combine_community_id_and_multi_community_id",
        () => bob.getPosts({ community_id, multi_community_id: 1 }),
      ],
      ["not_found", () => bob.getPosts({ community_name: "nobody" })],
      [
        "unknown",
        () => bob.getPosts({ search_term: "no url", search_url_only: true }),
      ],
    ];
    for (const [index, [code, call]] of table.entries()) {
      t.equal(await codeOf(call()), code, `row ${index}, ${code}`);
    }
    for (const limit of [0, -1, 51, 2 ** 53]) {
      const lists: Call[] = [
        () => bob.getPosts({ limit }),
        () => bob.getComments({ limit }),
        () => bob.getCommentsSlim({ limit }),
        () => bob.listCommunities({ limit }),
        () => bob.listPersonContent({ person_id: own, limit }),
        () => bob.listPersonSaved({ limit }),
        () => bob.listPersonLiked({ limit }),
        () => bob.listPersonRead({ limit }),
        () => bob.listPersonHidden({ limit }),
        () => alice.listPostLikes({ post_id: s.post_id, limit }),
        () => alice.listCommentLikes({ comment_id: s.comment_id, limit }),
      ];
      for (const call of lists) {
        t.equal(await codeOf(call()), "invalid_fetch_limit", `limit ${limit}`);
      }
    }
    await ok(admin.editSite({ community_creation_admin_only: true }));
    t.equal(await codeOf(found({})()), "only_admins_can_create_communities");
    await ok(admin.editSite({ nsfw_content_disallowed: true }));
    t.equal(
      await codeOf(alice.editCommunity({ community_id, nsfw: true })),
      "nsfw_not_allowed",
    );
    await ok(alice.deleteCommunity({ community_id, deleted: true }));
    t.equal(
      await codeOf(bob.followCommunity({ community_id, follow: true })),
      "deleted",
    );
    t.equal(
      await codeOf(alice.editCommunity({ community_id, title: "Back" })),
      "deleted",
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});

test("a private instance is closed to visitors but for what leads in", async (t) => {
  const s = await stage();
  const { anonymous } = s;
  try {
    await ok(s.admin.editSite({ private_instance: true }));
    const closed: Call[] = [
      () => anonymous.getPosts({}),
      () => anonymous.getPost({ id: s.post_id }),
      () => anonymous.getComments({}),
      () => anonymous.getCommentsSlim({}),
      () => anonymous.getComment({ id: s.comment_id }),
      () => anonymous.getCommunity({ id: s.community_id }),
      () => anonymous.listCommunities({}),
      () => anonymous.getRandomCommunity({}),
      () => anonymous.getPersonDetails({ username: "bob" }),
      () => anonymous.listPersonContent({ username: "bob" }),
    ];
    for (const call of closed) {
      t.equal(await codeOf(call()), "instance_is_private");
    }
    await ok(anonymous.getSite());
    await ok(anonymous.getCaptcha());
    await ok(anonymous.login({ username_or_email: "bob", password: PASSWORD }));
    await ok(s.bob.getPosts({}));
  } finally {
    await s.server.close();
  }
});
