/** Private communities, who joins them, and tags: told by the official client. */
import type { LemmyHttp } from "lemmy-js-client";
import { test } from "../harness.ts";
import { codeOf, idOf, ok } from "./api_server.ts";
import { letters, stage } from "./stage.ts";

test("a community turns private, lets people in and opens again", async (t) => {
  const s = await stage();
  const { alice, bob, admin, anonymous, community_id, post_id } = s;
  try {
    const carol = s.server.client(await s.server.signUp("carol"));
    await ok(bob.followCommunity({ community_id, follow: true }));
    await ok(alice.editCommunity({ community_id, visibility: "private" }));
    t.equal(await codeOf(anonymous.getPost({ id: post_id })), "not_found");
    t.equal((await ok(anonymous.getPosts({ type_: "all" }))).items, []);
    t.equal(
      await codeOf(bob.getPost({ id: post_id })),
      "success",
      "who followed before is a member",
    );
    const asked = await ok(
      carol.followCommunity({ community_id, follow: true }),
    );
    t.equal(
      asked.community_view.community_actions?.follow_state,
      "approval_required",
    );
    t.equal(await codeOf(carol.getPost({ id: post_id })), "not_found");
    t.equal((await ok(alice.getUnreadCounts())).pending_follow_count, 1);
    const pending = await ok(
      alice.listCommunityPendingFollows({ unread_only: true }),
    );
    t.equal(
      pending.items.map((view) => [
        view.person.name,
        view.community.name,
        view.is_new_instance,
        view.follow_state,
      ]),
      [["carol", "stage", false, "approval_required"]],
    );
    const all = await ok(alice.listCommunityPendingFollows({}));
    t.equal(
      all.items.map((view) => view.person.name),
      ["bob", "carol"],
      "the moderator herself is left out",
    );
    t.equal((await ok(admin.listCommunityPendingFollows({}))).items, []);
    t.equal(
      (await ok(
        admin.listCommunityPendingFollows({ all_communities: true }),
      )).items.length,
      2,
    );
    const follower_id = await idOf(carol);
    const answer = (approve: boolean, caller = alice) =>
      caller.approveCommunityPendingFollow({
        community_id,
        follower_id,
        approve,
      });
    t.equal(await codeOf(answer(true, bob)), "not_a_mod_or_admin");
    t.equal(await ok(answer(false)), { success: true });
    t.equal(await codeOf(answer(true)), "couldnt_update", "answered already");
    t.equal(await codeOf(carol.getPost({ id: post_id })), "not_found");
    await ok(carol.followCommunity({ community_id, follow: true }));
    await ok(answer(true));
    t.equal(await codeOf(carol.getPost({ id: post_id })), "success");
    t.equal(
      await codeOf(carol.createComment({ post_id, content: "thanks" })),
      "success",
    );
    t.equal((await ok(alice.getUnreadCounts())).pending_follow_count, 0);
    const first = await ok(alice.listCommunityPendingFollows({ limit: 1 }));
    const second = await ok(
      alice.listCommunityPendingFollows({
        limit: 1,
        page_cursor: first.next_page,
      }),
    );
    const back = await ok(
      alice.listCommunityPendingFollows({
        limit: 1,
        page_cursor: second.prev_page,
      }),
    );
    t.equal(
      [first, second, back].map((page) => page.items[0].person.name),
      ["bob", "carol", "bob"],
    );
    const end = await ok(
      alice.listCommunityPendingFollows({
        limit: 1,
        page_cursor: second.next_page,
      }),
    );
    t.equal(end.items, []);
    const returned = await ok(
      alice.listCommunityPendingFollows({
        limit: 1,
        page_cursor: end.prev_page,
      }),
    );
    t.equal(returned.items[0].person.name, "carol");
    t.equal(
      await codeOf(carol.listCommunityPendingFollows({})),
      "not_a_mod_or_admin",
    );
    t.equal(
      await codeOf(alice.approveCommunityPendingFollow({
        community_id: 999_999,
        follower_id,
        approve: true,
      })),
      "not_found",
    );
    t.equal(
      await codeOf(alice.approveCommunityPendingFollow({
        community_id,
        follower_id: 999_999,
        approve: true,
      })),
      "not_found",
    );
    t.equal(
      await codeOf(
        alice.listCommunityPendingFollows({ page_cursor: "nonsense" }),
      ),
      "unknown",
    );
    for (
      const [visibility, reader, verdict] of [
        ["local_only_private", anonymous, "not_found"],
        ["local_only_private", carol, "success"],
        ["unlisted", anonymous, "success"],
        ["public", anonymous, "success"],
      ] as const
    ) {
      await ok(alice.editCommunity({ community_id, visibility }));
      t.equal(await codeOf(reader.getPost({ id: post_id })), verdict);
    }
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});

test("tags are made, worn by posts, changed, deleted and restored", async (t) => {
  const s = await stage();
  const { alice, bob, anonymous, admin, community_id, post_id } = s;
  try {
    const tag = await ok(alice.createCommunityTag({
      community_id,
      name: "news",
      display_name: "News",
      summary: "What is new",
      color: "color03",
    }));
    t.equal(
      [tag.name, tag.display_name, tag.summary, tag.color, tag.deleted],
      ["news", "News", "What is new", "color03", false],
    );
    t.equal(tag.ap_id, `${s.server.url}/c/stage/tag/news`);
    const plain = await ok(
      alice.createCommunityTag({ community_id, name: "plain" }),
    );
    t.equal([plain.color, plain.display_name], ["color01", undefined]);
    const tagged = await ok(
      bob.editPost({ post_id, tags: [tag.id, plain.id] }),
    );
    t.equal(tagged.post_view.tags.map((one) => one.name), ["news", "plain"]);
    const tag_id = tag.id;
    const edited = await ok(alice.editCommunityTag({
      tag_id,
      display_name: "",
      summary: "",
      color: "color10",
    }));
    t.equal(
      [edited.display_name, edited.summary, edited.color],
      [undefined, undefined, "color10"],
    );
    t.ok(edited.updated_at);
    const gone = await ok(alice.deleteCommunityTag({ tag_id, delete: true }));
    t.equal(gone.deleted, true);
    const shown = async (caller: LemmyHttp) => {
      const { community_view } = await ok(
        caller.getCommunity({ id: community_id }),
      );
      return community_view.tags.map((one) => one.name);
    };
    t.equal(await shown(anonymous), ["plain"]);
    t.equal(await shown(alice), ["news", "plain"], "moderators still see it");
    t.equal(
      (await ok(anonymous.getPost({ id: post_id }))).post_view.tags.map((one) =>
        one.name
      ),
      ["plain"],
    );
    t.equal(
      (await ok(anonymous.getPosts({ tag_id, type_: "all" }))).items.length,
      1,
      "the filter still finds it",
    );
    t.equal(
      await codeOf(
        bob.createPost({ name: "New", community_id, tags: [tag_id] }),
      ),
      "tag_not_in_community",
    );
    await ok(alice.deleteCommunityTag({ tag_id, delete: false }));
    t.equal(
      (await ok(anonymous.getPost({ id: post_id }))).post_view.tags.length,
      2,
      "posts have kept it",
    );
    const make = (fields: object, name = "fresh") =>
      codeOf(alice.createCommunityTag({ community_id, name, ...fields }));
    t.equal(await make({}, "NEWS2"), "success");
    t.equal(await make({}, "news"), "couldnt_create");
    t.equal(await make({}, "with-dash"), "invalid_name");
    t.equal(await make({}, "darn"), "slurs");
    t.equal(await make({ summary: "darn" }), "slurs");
    t.equal(
      await make({ summary: letters(151) }),
      "site_description_length_overflow",
    );
    t.equal(
      await make({ display_name: letters(256) }),
      "invalid_display_name",
    );
    t.equal(await make({ community_id: 999_999 }), "not_found");
    t.equal(
      await codeOf(
        bob.createCommunityTag({ community_id, name: "mine" }),
      ),
      "not_a_mod_or_admin",
    );
    t.equal(
      await codeOf(alice.editCommunityTag({ tag_id: 999_999 })),
      "not_found",
    );
    t.equal(
      await codeOf(
        admin.deleteCommunityTag({ tag_id: 999_999, delete: true }),
      ),
      "not_found",
    );
    t.equal(
      await codeOf(alice.editCommunityTag({ tag_id, display_name: "darn" })),
      "slurs",
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});
