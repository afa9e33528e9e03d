/** The life of a site as its people see it, told by the official client. */
import type { LemmyHttp } from "lemmy-js-client";
import {
  COMMENT_SORTS,
  COMMUNITY_SORTS,
  LISTING_TYPES,
  POST_SORTS,
} from "../../lib/domain/enums.ts";
import { type Assertions, test } from "../harness.ts";
import {
  codeOf,
  ok,
  PASSWORD,
  send,
  startApi,
  startSite,
} from "./api_server.ts";

test("the first visitor becomes admin, sets the site up and opens it", async (t) => {
  const server = await startApi();
  try {
    const before = await ok(server.client().getSite());
    t.equal(before.site_view.local_site.site_setup, false);
    t.equal(before.admins, []);
    t.equal(before.captcha_enabled, false);
    t.equal(await ok(server.client().getCaptcha()), {});
    const admin = server.client(await server.signUp("Root"));
    const created = await ok(admin.createSite({
      name: "Tundra test",
      summary: "cold",
      registration_mode: "open",
      rate_limit_post_max_requests: 999,
    }));
    t.equal(created.site_view.site.name, "Tundra test");
    t.equal(created.site_view.local_site.site_setup, true);
    t.equal(created.site_view.local_site_rate_limit.post_max_requests, 999);
    t.equal(
      await codeOf(admin.createSite({ name: "Twice" })),
      "already_exists",
    );
    const edited = await ok(admin.editSite({
      summary: "",
      sidebar: "be *kind*",
      slur_filter_regex: "darn",
      blocked_urls: ["https://spam.example/"],
      default_items_per_page: 5,
    }));
    t.equal(edited.site_view.site.summary, undefined);
    t.equal(edited.site_view.site.sidebar, "be *kind*");
    const after = await ok(server.client().getSite());
    t.equal(after.admins.map((view) => view.person.name), ["Root"]);
    t.equal(after.blocked_urls.map((row) => row.url), ["spam.example"]);
    t.equal(after.all_languages.length, 184);
    t.equal(after.discussion_languages.length, 184);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("an account signs in, changes its settings and password, and signs out", async (t) => {
  const server = await startSite();
  try {
    const first = await server.signUp("alice");
    const { jwt } = await ok(
      server.client().login({
        username_or_email: "ALICE",
        password: PASSWORD,
      }),
    );
    const alice = server.client(jwt);
    t.equal(await ok(alice.validateAuth()), { success: true });
    t.equal(
      await codeOf(server.client("nonsense").validateAuth()),
      "not_logged_in",
    );
    t.equal(await codeOf(server.client().validateAuth()), "not_logged_in");
    const { logins } = await ok(alice.listLogins());
    t.equal(logins.length, 2);
    t.equal(Object.keys(logins[0]).sort(), [
      "ip",
      "published_at",
      "user_agent",
      "user_id",
    ]);
    await ok(alice.saveUserSettings({
      display_name: "Alice L.",
      bio: "hello",
      email: "Alice@Example.org",
      show_nsfw: true,
      default_post_sort_type: "new",
      blocking_keywords: [" spoilers ", "spoilers"],
      discussion_languages: [0, 37],
    }));
    const me = await ok(alice.getMyUser());
    t.equal(me.local_user_view.person.display_name, "Alice L.");
    t.equal(me.local_user_view.local_user.email, "alice@example.org");
    t.equal(me.local_user_view.local_user.default_post_sort_type, "new");
    t.equal(me.local_user_view.ban_expires_at as unknown, null);
    t.equal(me.keyword_blocks, ["spoilers"]);
    t.equal(me.discussion_languages, [0, 37]);
    await ok(alice.saveUserSettings({ display_name: "", bio: "" }));
    const bare = await ok(alice.getMyUser());
    t.equal(bare.local_user_view.person.display_name, undefined);
    const changed = await ok(alice.changePassword({
      old_password: PASSWORD,
      new_password: "another long word",
      new_password_verify: "another long word",
    }));
    t.equal(await codeOf(alice.getMyUser()), "incorrect_login");
    t.equal(await codeOf(server.client(first).getMyUser()), "incorrect_login");
    const fresh = server.client(changed.jwt);
    t.equal((await ok(fresh.listLogins())).logins.length, 1);
    const out = await send(server, "POST", "/account/auth/logout", {
      jwt: changed.jwt,
    });
    t.equal(out.json, { success: true });
    t.match(out.headers.get("set-cookie") ?? "", /^jwt=; Path=\/; Max-Age=0/);
    t.equal(await codeOf(fresh.logout()), "incorrect_login");
    const login = await send(server, "POST", "/account/auth/login", {
      body: JSON.stringify({
        username_or_email: "alice@example.org",
        password: "another long word",
      }),
    });
    t.equal(login.status, 200);
    t.equal(login.headers.get("set-cookie"), null);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("a post lives: made, read, voted on, edited, saved, hidden, deleted, restored", async (t) => {
  const server = await startSite();
  const { admin } = server;
  try {
    const { community_view, discussion_languages } = await ok(
      admin.createCommunity({ name: "cats", title: "All cats" }),
    );
    t.equal(discussion_languages.length, 184);
    const community_id = community_view.community.id;
    const bob = server.client(await server.signUp("bob"));
    const { post_view } = await ok(bob.createPost({
      name: " My cat ",
      community_id,
      url: "https://example.org/cat?utm_source=mail&id=1",
      body: "purrs",
      language_id: 37,
    }));
    const post_id = post_view.post.id;
    t.equal(post_view.post.name, "My cat");
    t.equal(post_view.post.url, "https://example.org/cat?id=1");
    t.equal([post_view.post.score, post_view.post_actions?.vote_is_upvote], [
      1,
      true,
    ]);

    const read = await ok(admin.getPost({ id: post_id }));
    t.equal(read.community_view.community.posts, 1);
    t.equal(read.moderators.map((m) => m.moderator.name), ["admin"]);
    t.equal(read.cross_posts, []);
    t.equal(read.post_view.can_mod, true);
    const cross = await ok(admin.createPost({
      name: "The same cat",
      community_id,
      url: "https://example.org/cat?id=1",
    }));
    t.equal(
      (await ok(server.client().getPost({ id: post_id }))).cross_posts.map((
        v,
      ) => v.post.id),
      [cross.post_view.post.id],
    );

    await voteOn(t, server.admin, post_id);

    const edited = await ok(
      bob.editPost({ post_id, body: "", name: "My *dog*" }),
    );
    t.equal(edited.post_view.post.body, undefined);
    t.ok(edited.post_view.post.updated_at);

    await ok(bob.savePost({ post_id, save: true }));
    t.equal((await ok(bob.listPersonSaved({}))).items.length, 1);
    await ok(bob.savePost({ post_id, save: false }));
    t.equal((await ok(bob.listPersonSaved({}))).items, []);
    await ok(bob.hidePost({ post_id, hide: true }));
    const list = (form = {}) => bob.getPosts({ type_: "all", ...form });
    t.equal((await ok(list())).items.length, 1);
    t.equal((await ok(list({ show_hidden: true }))).items.length, 2);
    t.equal(
      (await ok(bob.listPersonHidden({}))).items.map((v) => v.creator.name),
      ["bob"],
    );
    await ok(bob.hidePost({ post_id, hide: false }));
    await ok(bob.markPostAsRead({ post_id, read: false }));
    t.equal((await ok(list({ show_read: false }))).items.length, 2);
    await ok(bob.markManyPostsAsRead({ post_ids: [post_id], read: true }));
    t.equal((await ok(list({ show_read: false }))).items.length, 1);
    t.equal((await ok(bob.listPersonRead({}))).items.length, 1);
    t.equal(
      await ok(bob.editPostNotifications({ post_id, mode: "mute" })),
      { success: true },
    );

    const gone = await ok(bob.deletePost({ post_id, deleted: true }));
    t.equal(gone.post_view.post.deleted, true);
    t.equal(
      await codeOf(server.client().getPost({ id: post_id })),
      "not_found",
    );
    t.equal(
      await codeOf(bob.deletePost({ post_id, deleted: true })),
      "couldnt_update",
    );
    const back = await ok(bob.deletePost({ post_id, deleted: false }));
    t.equal(back.post_view.post.deleted, false);
    const content = await ok(
      server.client().listPersonContent({ username: "bob" }),
    );
    t.equal(content.items.map((item) => item.type_), ["post"]);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

async function voteOn(t: Assertions, voter: LemmyHttp, post_id: number) {
  const counts = async (is_upvote?: boolean) => {
    const { post_view } = await ok(voter.likePost({ post_id, is_upvote }));
    const { score, upvotes, downvotes } = post_view.post;
    return [score, upvotes, downvotes, post_view.post_actions?.vote_is_upvote];
  };
  t.equal(await counts(true), [2, 2, 0, true]);
  t.equal(await counts(false), [0, 1, 1, false]);
  t.equal(await counts(false), [0, 1, 1, false]);
  const votes = await ok(voter.listPostLikes({ post_id }));
  t.equal(votes.items.map((v) => [v.creator.name, v.is_upvote]), [
    ["admin", false],
    ["bob", true],
  ]);
  t.equal(await counts(), [1, 1, 0, undefined]);
  for (const mode of ["local", "disable"] as const) {
    await ok(voter.editSite({ post_downvotes: mode }));
    const expected = mode === "local" ? [0, 1, 1, false] : [1, 1, 0, undefined];
    t.equal(await counts(false), expected, `downvotes ${mode}`);
    t.equal(await counts(true), [2, 2, 0, true], `upvotes beside ${mode}`);
  }
  await ok(voter.editSite({ post_upvotes: "disable" }));
  t.equal(await counts(true), [1, 1, 0, undefined]);
  await ok(voter.editSite({ post_upvotes: "all", post_downvotes: "all" }));
  t.equal(
    (await ok(voter.listPersonLiked({ like_type: "liked_only" }))).items.length,
    1,
  );
}

test("a thread grows, is voted on, edited, deleted and listed as a tree", async (t) => {
  const server = await startSite();
  const { admin } = server;
  try {
    const community_id =
      (await ok(admin.createCommunity({ name: "talk" }))).community_view
        .community.id;
    const post_id =
      (await ok(admin.createPost({ name: "Talk here", community_id })))
        .post_view.post.id;
    const bob = server.client(await server.signUp("bob"));
    const say = async (content: string, parent_id?: number) =>
      (await ok(bob.createComment({ content, post_id, parent_id })))
        .comment_view
        .comment;
    const top = await say("top");
    const child = await say("child", top.id);
    const grandchild = await say("grandchild", child.id);
    t.equal(grandchild.path, `0.${top.id}.${child.id}.${grandchild.id}`);
    const tree = await ok(
      bob.getComments({ post_id, max_depth: 2, type_: "all" }),
    );
    t.equal(tree.items.map((v) => v.comment.id).sort(), [top.id, child.id]);
    t.equal(
      tree.items.find((v) => v.comment.id === top.id)?.comment.child_count,
      2,
    );
    const below = await ok(
      bob.getComments({ parent_id: child.id, max_depth: 2147483647 }),
    );
    t.equal(below.items.length, 2);
    const slim = await ok(server.client().getCommentsSlim({ post_id }));
    t.equal(slim.items.length, 3);
    t.equal("post" in slim.items[0], false);
    const liked = await ok(
      admin.likeComment({ comment_id: top.id, is_upvote: false }),
    );
    t.equal([
      liked.comment_view.comment.score,
      liked.comment_view.comment_actions?.vote_is_upvote,
    ], [0, false]);
    await ok(admin.editSite({ comment_downvotes: "disable" }));
    const cleared = await ok(
      admin.likeComment({ comment_id: top.id, is_upvote: false }),
    );
    t.equal(cleared.comment_view.comment.score, 1);
    t.equal(
      (await ok(admin.listCommentLikes({ comment_id: top.id }))).items.length,
      1,
    );
    const edited = await ok(
      bob.editComment({ comment_id: child.id, content: "better" }),
    );
    t.equal(edited.comment_view.comment.content, "better");
    await ok(bob.saveComment({ comment_id: child.id, save: true }));
    t.equal(
      (await ok(bob.listPersonSaved({ search_term: "better" }))).items.length,
      1,
    );
    await ok(bob.deleteComment({ comment_id: child.id, deleted: true }));
    const placeholder = await ok(server.client().getComment({ id: child.id }));
    t.equal(placeholder.comment_view.comment.content, "");
    t.equal(
      (await ok(server.client().getComments({ post_id }))).items.length,
      3,
    );
    await ok(bob.deleteComment({ comment_id: child.id, deleted: false }));
    const again = await ok(server.client().getComment({ id: child.id }));
    t.equal(again.comment_view.comment.content, "better");
    t.equal(
      (await ok(bob.getPost({ comment_id: child.id }))).post_view.post.id,
      post_id,
    );
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("communities are found, followed, blocked, edited and deleted", async (t) => {
  const server = await startSite();
  try {
    const alice = server.client(await server.signUp("alice"));
    const bob = server.client(await server.signUp("bob"));
    const made = await ok(
      alice.createCommunity({ name: "Birds", nsfw: false }),
    );
    const community_id = made.community_view.community.id;
    t.equal(made.community_view.community_actions?.follow_state, "accepted");
    const followed = await ok(
      bob.followCommunity({ community_id, follow: true }),
    );
    t.equal(followed.community_view.community.subscribers, 2);
    const left = await ok(bob.followCommunity({ community_id, follow: false }));
    t.equal(left.community_view.community_actions, undefined);
    const found = await ok(server.client().getCommunity({ name: "birds" }));
    t.equal(found.community_view.community.id, community_id);
    t.equal(found.site?.name, "Test site");
    t.equal(
      (await ok(server.client().getRandomCommunity({ type_: "local" })))
        .community_view.community.id,
      community_id,
    );
    await ok(bob.blockCommunity({ community_id, block: true }));
    t.equal((await ok(bob.listCommunities({}))).items, []);
    t.equal((await ok(bob.getMyUser())).community_blocks.length, 1);
    await ok(bob.blockCommunity({ community_id, block: false }));
    t.equal(
      await ok(
        bob.editCommunityNotifications({ community_id, mode: "all_posts" }),
      ),
      { success: true },
    );
    const edited = await ok(alice.editCommunity({
      community_id,
      title: "Birds!",
      visibility: "private",
      discussion_languages: [37],
    }));
    t.equal(edited.discussion_languages, [37]);
    const asked = await ok(bob.followCommunity({ community_id, follow: true }));
    t.equal(
      asked.community_view.community_actions?.follow_state,
      "approval_required",
    );
    t.equal(await codeOf(server.client().getRandomCommunity({})), "not_found");
    for (const sort of COMMUNITY_SORTS) {
      for (const type_ of LISTING_TYPES) {
        await ok(alice.listCommunities({ sort, type_, limit: 1 }));
      }
    }
    await ok(alice.deleteCommunity({ community_id, deleted: true }));
    t.equal(await codeOf(bob.getCommunity({ id: community_id })), "not_found");
    await ok(alice.deleteCommunity({ community_id, deleted: false }));
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("people are looked up, noted and blocked", async (t) => {
  const server = await startSite();
  try {
    const alice = server.client(await server.signUp("alice"));
    const bob = server.client(await server.signUp("bob"));
    const { person_view } = await ok(
      alice.getPersonDetails({ username: "BOB" }),
    );
    const person_id = person_view.person.id;
    // The client's package declares a SuccessResponse; the server sends the person.
    const noted = await ok(
      alice.notePerson({ person_id, note: "met at a fair" }),
    ) as unknown as {
      person_view: { person_actions?: { note?: string } };
    };
    t.equal(noted.person_view.person_actions?.note, "met at a fair");
    await ok(alice.notePerson({ person_id, note: "" }));
    t.equal(
      (await ok(alice.getPersonDetails({ person_id }))).person_view
        .person_actions,
      undefined,
    );
    const community_id =
      (await ok(bob.createCommunity({ name: "bobs" }))).community_view.community
        .id;
    await ok(bob.createPost({ name: "By bob", community_id }));
    t.equal((await ok(alice.getPosts({ type_: "all" }))).items.length, 1);
    const blocked = await ok(alice.blockPerson({ person_id, block: true }));
    t.ok(blocked.person_view.person_actions?.blocked_at);
    t.equal((await ok(alice.getPosts({ type_: "all" }))).items.length, 0);
    t.equal((await ok(alice.getMyUser())).person_blocks.length, 1);
    await ok(alice.blockPerson({ person_id, block: false }));
    t.equal((await ok(alice.getPosts({ type_: "all" }))).items.length, 1);
    const details = await ok(alice.getPersonDetails({ person_id }));
    t.equal(details.moderates.map((m) => m.community.name), ["bobs"]);
    await server.database
      .sql`insert into instance (domain) values ('far.example')`;
    const [{ id }] = await server.database.sql<[{ id: number }]>`
      select id from instance where domain = 'far.example'`;
    t.equal(
      await ok(
        alice.userBlockInstanceCommunities({ instance_id: id, block: true }),
      ),
      { success: true },
    );
    t.equal(
      await ok(
        alice.userBlockInstancePersons({ instance_id: id, block: true }),
      ),
      { success: true },
    );
    const me = await ok(alice.getMyUser());
    t.equal([
      me.instance_communities_blocks.length,
      me.instance_persons_blocks.length,
    ], [1, 1]);
    await ok(alice.userBlockInstancePersons({ instance_id: id, block: false }));
    t.equal((await ok(alice.getMyUser())).instance_persons_blocks, []);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("every sort of every listing pages forward and back while posts arrive", async (t) => {
  const server = await startSite();
  const { admin } = server;
  try {
    const community_id =
      (await ok(admin.createCommunity({ name: "pages" }))).community_view
        .community.id;
    const post = (n: number) =>
      admin.createPost({ name: `Post number ${n}`, community_id });
    for (let n = 0; n < 7; n++) await ok(post(n));
    const post_id = (await ok(post(7))).post_view.post.id;
    for (let n = 0; n < 5; n++) {
      await ok(admin.createComment({ content: `comment ${n}`, post_id }));
    }
    let extra = 8;
    for (const sort of POST_SORTS) {
      for (const type_ of LISTING_TYPES) {
        const form = { sort, type_, limit: 3 };
        const first = await ok(admin.getPosts(form));
        if (type_ === "suggested") {
          t.equal(first.items, [], "nothing is suggested");
          continue;
        }
        t.equal(
          [first.items.length, first.prev_page],
          [3, undefined],
          `${sort} ${type_}`,
        );
        if (type_ === "all") await ok(post(extra++));
        const second = await ok(
          admin.getPosts({ ...form, page_cursor: first.next_page }),
        );
        t.equal(second.items.length, 3, `${sort} ${type_} second`);
        const ids = (page: typeof first) => page.items.map((v) => v.post.id);
        t.equal(
          ids(second).filter((id) => ids(first).includes(id)),
          [],
          "no post twice",
        );
        const back = await ok(
          admin.getPosts({ ...form, page_cursor: second.prev_page }),
        );
        // A post that arrived meanwhile may lie before the anchor; nothing else may differ.
        t.equal(ids(back).at(-1), ids(first).at(-1), `${sort} ${type_} back`);
        if (type_ !== "all") t.equal(ids(back), ids(first));
      }
    }
    for (const sort of COMMENT_SORTS) {
      for (const type_ of LISTING_TYPES) {
        const form = { sort, type_, limit: 2 };
        const first = await ok(admin.getComments(form));
        if (type_ === "suggested") continue;
        const second = await ok(
          admin.getComments({ ...form, page_cursor: first.next_page }),
        );
        const third = await ok(
          admin.getComments({ ...form, page_cursor: second.next_page }),
        );
        t.equal([first, second, third].map((page) => page.items.length), [
          2,
          2,
          1,
        ], `${sort} ${type_}`);
        t.equal(third.next_page, undefined);
        const back = await ok(
          admin.getComments({ ...form, page_cursor: third.prev_page }),
        );
        t.equal(
          back.items.map((v) => v.comment.id),
          second.items.map((v) => v.comment.id),
        );
      }
    }
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});
