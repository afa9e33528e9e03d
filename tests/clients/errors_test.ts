/** Every error code that the operations behind the API can be brought to give. */
import type { LemmyHttp, RequestState } from "lemmy-js-client";
import { test } from "../harness.ts";
import { codeOf, ok, PASSWORD, startApi, startSite } from "./api_server.ts";

type Call = () => Promise<RequestState<unknown>>;

/** A long text of `n` letters. */
const letters = (n: number) => "x".repeat(n);

interface Cast {
  admin: LemmyHttp;
  alice: LemmyHttp;
  bob: LemmyHttp;
  anonymous: LemmyHttp;
}

/** A site with a filter, a block list, one community of alice's, a post and a comment of bob's. */
async function stage() {
  const server = await startSite();
  const people: Cast = {
    admin: server.admin,
    alice: server.client(await server.signUp("alice")),
    bob: server.client(await server.signUp("bob")),
    anonymous: server.client(),
  };
  await ok(people.admin.editSite({
    slur_filter_regex: "darn",
    blocked_urls: ["spam.example"],
  }));
  const community = await ok(people.alice.createCommunity({ name: "stage" }));
  const community_id = community.community_view.community.id;
  const { post_view } = await ok(
    people.bob.createPost({ name: "On stage", community_id }),
  );
  const post_id = post_view.post.id;
  const { comment_view } = await ok(
    people.bob.createComment({ post_id, content: "hello" }),
  );
  return {
    server,
    ...people,
    community_id,
    post_id,
    comment_id: comment_view.comment.id,
  };
}

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
      ["not_found", () => bob.getCommunity({ name: "nobody@nowhere.example" })],
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

test("sign-up, sign-in and settings are refused with the code of the rule they break", async (t) => {
  const server = await startApi();
  const anonymous = server.client();
  const join = (fields: Partial<Parameters<LemmyHttp["register"]>[0]>) => () =>
    anonymous.register({
      username: "newcomer",
      password: PASSWORD,
      password_verify: PASSWORD,
      ...fields,
    });
  try {
    const admin = server.client(await server.signUp("admin"));
    const { sql } = server.database;
    const site = (fields: Parameters<LemmyHttp["editSite"]>[0]) => () =>
      admin.editSite(fields);
    const create: [string, Call][] = [
      ["site_name_required", () => admin.createSite({ name: "" })],
      [
        "site_name_length_overflow",
        () => admin.createSite({ name: letters(21) }),
      ],
      ["invalid_regex", site({ slur_filter_regex: "(" })],
      ["permissive_regex", site({ slur_filter_regex: "." })],
      ["site_description_length_overflow", site({ summary: letters(151) })],
      ["invalid_body_field", site({ sidebar: letters(10_001) })],
      [
        "invalid_default_post_listing_type",
        site({ default_post_listing_type: "subscribed" }),
      ],
      ["application_question_required", site({ application_question: "" })],
      ["invalid_fetch_limit", site({ default_items_per_page: 51 })],
      ["couldnt_update", site({ suggested_multi_community_id: 999_999 })],
      ["slurs", site({ slur_filter_regex: "darn", name: "darn" })],
      [
        "success",
        () =>
          admin.createSite({
            name: "Test",
            registration_mode: "open",
            slur_filter_regex: "darn",
          }),
      ],
      ["success", join({ username: "bob", email: "bob@example.org" })],
      [
        "not_an_admin",
        async () =>
          server.client(await tokenOf("bob")).editSite({ name: "Mine" }),
      ],
      [
        "invalid_password",
        join({ password: "short", password_verify: "short" }),
      ],
      [
        "invalid_password",
        join({ password: letters(61), password_verify: letters(61) }),
      ],
      ["passwords_do_not_match", join({ password_verify: `${PASSWORD}!` })],
      ["honeypot_failed", join({ honeypot: "yum" })],
      ["slurs", join({ username: "darn" })],
      ["username_already_taken", join({ username: "BOB" })],
      ["email_already_taken", join({ email: "BOB@example.org" })],
      ["invalid_name", join({ username: "no spaces" })],
      ["invalid_name", join({ username: "" })],
      [
        "incorrect_login",
        () => anonymous.login({ username_or_email: "bob", password: "wrong" }),
      ],
      [
        "incorrect_login",
        () =>
          anonymous.login({ username_or_email: "nobody", password: PASSWORD }),
      ],
      ["incorrect_login", () => anonymous.getMyUser()],
    ];
    const tokenOf = async (name: string) =>
      (await ok(
        anonymous.login({ username_or_email: name, password: PASSWORD }),
      )).jwt!;
    for (const [index, [code, call]] of create.entries()) {
      t.equal(await codeOf(call()), code, `row ${index}, ${code}`);
    }
    const bob = server.client(await tokenOf("bob"));
    const save = (fields: Parameters<LemmyHttp["saveUserSettings"]>[0]) => () =>
      bob.saveUserSettings(fields);
    await ok(admin.saveUserSettings({ email: "root@example.org" }));
    await ok(admin.editSite({ blocked_urls: ["spam.example"] }));
    const settings: [string, Call][] = [
      ["success", save({})],
      ["email_already_taken", save({ email: "Root@example.org" })],
      ["blocked_url", save({ bio: "https://spam.example" })],
      ["bio_length_overflow", save({ bio: letters(1001) })],
      ["invalid_display_name", save({ display_name: "ab" })],
      ["invalid_matrix_id", save({ matrix_user_id: "bob" })],
      ["invalid_fetch_limit", save({ default_items_per_page: 0 })],
      ["block_keyword_too_short", save({ blocking_keywords: ["ab"] })],
      ["block_keyword_too_long", save({ blocking_keywords: [letters(51)] })],
      [
        "too_many_items",
        save({ blocking_keywords: Array(10_000).fill("word") }),
      ],
      ["couldnt_update", save({ discussion_languages: [9999] })],
      ["couldnt_update", save({ interface_language: letters(21) })],
      [
        "invalid_password",
        () =>
          bob.changePassword({
            old_password: PASSWORD,
            new_password: "x",
            new_password_verify: "x",
          }),
      ],
      [
        "passwords_do_not_match",
        () =>
          bob.changePassword({
            old_password: PASSWORD,
            new_password: letters(20),
            new_password_verify: letters(21),
          }),
      ],
      [
        "incorrect_login",
        () =>
          bob.changePassword({
            old_password: "wrong",
            new_password: letters(20),
            new_password_verify: letters(20),
          }),
      ],
    ];
    for (const [index, [code, call]] of settings.entries()) {
      t.equal(await codeOf(call()), code, `settings ${index}, ${code}`);
    }
    await ok(
      admin.editSite({
        email_notifications_disabled: true,
        email_verification_required: true,
      }),
    );
    t.equal(
      await codeOf(save({ send_notifications_to_email: true })()),
      "email_notifications_disabled",
    );
    t.equal(await codeOf(save({ email: "" })()), "email_required");
    t.equal(await codeOf(join({})()), "email_required");
    t.equal(
      (await ok(
        anonymous.register({
          username: "mailer",
          password: PASSWORD,
          password_verify: PASSWORD,
          email: "m@example.org",
        }),
      )).verify_email_sent,
      true,
    );
    t.equal(
      await codeOf(
        anonymous.login({ username_or_email: "mailer", password: PASSWORD }),
      ),
      "email_not_verified",
    );
    await ok(
      admin.editSite({
        email_verification_required: false,
        registration_mode: "require_application",
      }),
    );
    t.equal(
      await codeOf(join({})()),
      "registration_application_answer_required",
    );
    const applied = await ok(
      anonymous.register({
        username: "applicant",
        password: PASSWORD,
        password_verify: PASSWORD,
        answer: "please",
      }),
    );
    t.equal([applied.registration_created, applied.jwt], [true, undefined]);
    const apply = () =>
      anonymous.login({ username_or_email: "applicant", password: PASSWORD });
    t.equal(await codeOf(apply()), "registration_application_is_pending");
    await sql`update registration_application set deny_reason = 'too brief',
      admin_id = (select person_id from local_user where admin)`;
    const denied = await apply();
    t.equal(
      denied.state === "failed" && [denied.err.name, denied.err.message],
      ["registration_denied", "too brief"],
    );
    await ok(admin.editSite({ registration_mode: "closed" }));
    t.equal(await codeOf(join({})()), "registration_closed");
    await ok(admin.editSite({ registration_mode: "require_invitation" }));
    t.equal(await codeOf(join({})()), "missing_invite_token");
    t.equal(
      await codeOf(join({ token: "nonsense" })()),
      "invalid_invite_token",
    );
    await sql`update person set deleted = true where name = 'bob'`;
    t.equal(
      await codeOf(
        anonymous.login({ username_or_email: "bob", password: PASSWORD }),
      ),
      "deleted",
    );
    t.equal(await codeOf(bob.validateAuth()), "deleted");
    t.equal(await codeOf(bob.getMyUser()), "incorrect_login");
    t.equal(server.failures, []);
  } finally {
    await server.close();
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
