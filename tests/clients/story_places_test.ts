/** The life of a site as its people see it, told by the official client: communities, people, lists. */
import {
  COMMENT_SORTS,
  COMMUNITY_SORTS,
  LISTING_TYPES,
  POST_SORTS,
} from "../../lib/domain/enums.ts";
import { test } from "../harness.ts";
import { codeOf, ok, startSite } from "./api_server.ts";

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
