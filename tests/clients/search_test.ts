/** Search and resolve (content §6.7, §9), told by the official client. */
import type { LemmyHttp, Search } from "lemmy-js-client";
import { type Assertions, test } from "../harness.ts";
import { codeOf, ok, startSite } from "./api_server.ts";

type Site = Awaited<ReturnType<typeof startSite>>;

/** A site with a community of alice's and some things to find in it. */
async function scene(server: Site) {
  const alice = server.client(await server.signUp("alice"));
  const bob = server.client(await server.signUp("robert"));
  const { community_view } = await ok(alice.createCommunity({
    name: "birdwatching",
    title: "Watching Birds",
    sidebar: "feathers welcome",
  }));
  const community_id = community_view.community.id;
  const post = async (by: LemmyHttp, name: string, more = {}) =>
    (await ok(by.createPost({ name, community_id, ...more }))).post_view.post;
  const comment = async (by: LemmyHttp, post_id: number, content: string) =>
    (await ok(by.createComment({ post_id, content }))).comment_view.comment;
  return { alice, bob, community_id, community_view, post, comment };
}

/** What a search finds, by name. */
async function find(client: LemmyHttp, form: Search) {
  const found = await ok(client.search(form));
  return {
    posts: found.posts.map((view) => view.post.name),
    comments: found.comments.map((view) => view.comment.content),
    persons: found.persons.map((view) => view.person.name),
    communities: found.communities.map((view) => view.community.name),
    lists: found.multi_communities.map((view) => view.multi.name),
  };
}

const NOTHING = {
  posts: [],
  comments: [],
  persons: [],
  communities: [],
  lists: [],
};

async function onSite(body: (server: Site) => Promise<void>, t: Assertions) {
  const server = await startSite();
  try {
    await body(server);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
}

test("a search finds posts, comments, people and communities by parts of their texts", (t) =>
  onSite(async (server) => {
    const { alice, bob, community_id, post, comment } = await scene(server);
    const kite = await post(alice, "A Kite over the harbour", {
      body: "Seen near the Lighthouse",
      url: "https://example.org/kite?utm_source=x",
    });
    await post(bob, "Unrelated");
    await comment(bob, kite.id, "It was a RED kite, 100% sure");
    const anonymous = server.client();

    t.equal(await find(anonymous, { search_term: "kite" }), {
      ...NOTHING,
      posts: ["A Kite over the harbour"],
      comments: ["It was a RED kite, 100% sure"],
    });
    t.equal((await find(anonymous, { search_term: "LIGHTHOUSE" })).posts, [
      "A Kite over the harbour",
    ]);
    t.equal(
      (await find(anonymous, { search_term: "lighthouse", title_only: true }))
        .posts,
      [],
    );
    t.equal(
      (await find(anonymous, { search_term: "kite harbour" })).posts.length,
      1,
      "a space matches whatever lies between",
    );
    t.equal(
      (await find(anonymous, { search_term: "harbour kite" })).posts,
      [],
      "in that order",
    );
    t.equal(
      (await find(anonymous, { search_term: "100%" })).comments.length,
      1,
    );
    t.equal(
      await find(anonymous, { search_term: "1_0%" }),
      NOTHING,
      "wildcards are letters",
    );
    t.equal(await find(anonymous, { search_term: "birdw" }), {
      ...NOTHING,
      communities: ["birdwatching"],
    });
    t.equal(
      (await find(anonymous, { search_term: "feathers" })).communities,
      ["birdwatching"],
    );
    t.equal(await find(anonymous, { search_term: "robert" }), {
      ...NOTHING,
      persons: ["robert"],
    });
    t.equal(
      (await find(anonymous, { search_term: "ro" })).persons,
      ["robert"],
      "two letters match a beginning",
    );
    t.equal((await find(anonymous, { search_term: "rt" })).persons, []);
    t.equal(
      (await find(anonymous, {
        search_term: "https://example.org/kite",
        post_url_only: true,
        type_: "posts",
      })).posts,
      ["A Kite over the harbour"],
    );
    t.equal(
      await find(anonymous, {
        search_term: "https:",
        post_url_only: true,
        type_: "posts",
      }),
      NOTHING,
      "an address that is not finished yet is no error",
    );
    t.equal(
      await find(anonymous, { search_term: "kite", type_: "comments" }),
      { ...NOTHING, comments: ["It was a RED kite, 100% sure"] },
    );
    t.equal(
      await find(anonymous, { search_term: "r", community_id }),
      NOTHING,
      "a narrowed search leaves out people and communities",
    );
    t.equal(
      await find(anonymous, { search_term: "kite", creator_username: "alice" }),
      { ...NOTHING, posts: ["A Kite over the harbour"] },
    );
    t.equal(await find(anonymous, { search_term: "   " }), NOTHING);
    await ok(bob.createMultiCommunity({ name: "waders", title: "Wet feet" }));
    t.equal(await find(anonymous, { search_term: "wet feet" }), {
      ...NOTHING,
      lists: ["waders"],
    });

    await ok(alice.editPost({ post_id: kite.id, name: "A buzzard after all" }));
    t.equal((await find(anonymous, { search_term: "kite" })).posts, []);
    t.equal(
      (await find(anonymous, { search_term: "buzzard" })).posts,
      ["A buzzard after all"],
    );
  }, t));

test("a search finds nothing that its reader may not see", (t) =>
  onSite(async (server) => {
    const { alice, bob, community_id, post, comment } = await scene(server);
    const gone = await post(alice, "Secret plover");
    const open = await post(alice, "Open field");
    const said = await comment(bob, open.id, "Secret whisper");
    await ok(alice.deletePost({ post_id: gone.id, deleted: true }));
    await ok(bob.deleteComment({ comment_id: said.id, deleted: true }));
    const anonymous = server.client();
    t.equal(await find(anonymous, { search_term: "secret" }), NOTHING);
    t.equal((await find(bob, { search_term: "secret" })).comments, []);

    await ok(alice.editCommunity({ community_id, visibility: "private" }));
    await ok(alice.createPost({ name: "Members know", community_id }));
    t.equal(await find(anonymous, { search_term: "members" }), NOTHING);
    t.equal(await find(bob, { search_term: "members" }), NOTHING);
    t.equal(
      (await find(alice, { search_term: "members" })).posts,
      ["Members know"],
    );
    await ok(
      server.admin.editSite({
        private_instance: true,
        registration_mode: "closed",
      }),
    );
    t.equal(
      await codeOf(anonymous.search({ search_term: "anything" })),
      "instance_is_private",
    );
    t.equal(
      await codeOf(anonymous.resolveObject({ q: open.ap_id })),
      "instance_is_private",
    );
  }, t));

test("pages of a search lead through everything once, each kind by itself", (t) =>
  onSite(async (server) => {
    const { alice, post, comment } = await scene(server);
    const first = await post(alice, "Swift number 0");
    for (let i = 1; i < 7; i++) await post(alice, `Swift number ${i}`);
    for (let i = 0; i < 3; i++) {
      await comment(alice, first.id, `Swift word ${i}`);
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 6; page++) {
      const found = await ok(
        server.client().search({
          search_term: "swift",
          limit: 2,
          page_cursor: cursor,
        }),
      );
      t.ok(found.next_page && found.prev_page, "both are always there");
      seen.push(
        ...found.posts.map((view) => view.post.name),
        ...found.comments.map((view) => view.comment.content),
      );
      cursor = found.next_page;
    }
    t.equal(seen.length, 10);
    t.equal(new Set(seen).size, 10);

    const posts = await ok(
      server.client().search({
        search_term: "swift",
        type_: "posts",
        limit: 5,
      }),
    );
    t.equal([posts.posts.length, posts.prev_page], [5, null] as unknown[]);
    const rest = await ok(
      server.client().search({
        search_term: "swift",
        type_: "posts",
        limit: 5,
        page_cursor: posts.next_page!,
      }),
    );
    t.equal([rest.posts.length, rest.next_page], [2, null] as unknown[]);
    const broken = await ok(
      server.client().search({
        search_term: "swift",
        page_cursor: "a.b",
      }),
    );
    t.equal(broken.posts, [], "a composite of two parts leads nowhere");
    t.equal(
      await codeOf(server.client().search({ search_term: "x", limit: 51 })),
      "invalid_fetch_limit",
    );
    t.equal(
      await codeOf(
        server.client().search({
          search_term: "swift",
          type_: "comments",
          page_cursor: posts.next_page!,
        }),
      ),
      "couldnt_parse_pagination_token",
    );
  }, t));

test("addresses and names resolve to what they stand for", (t) =>
  onSite(async (server) => {
    const { alice, bob, community_view, post, comment } = await scene(server);
    const made = await post(alice, "Resolve me");
    const said = await comment(bob, made.id, "and me");
    const anonymous = server.client();
    const host = new URL(server.url).host;
    const kindOf = async (client: LemmyHttp, q: string) =>
      (await ok(client.resolveObject({ q }))).type_;

    t.equal(await kindOf(anonymous, made.ap_id), "post");
    t.equal(await kindOf(anonymous, said.ap_id), "comment");
    t.equal(
      await kindOf(
        anonymous,
        community_view.community.ap_id.toUpperCase()
          .replace("HTTP:", "http:"),
      ),
      "community",
      "ids of actors compare without case",
    );
    t.equal(await kindOf(alice, `${server.url}/u/robert`), "person");
    await ok(bob.createMultiCommunity({ name: "waders" }));
    t.equal(
      await kindOf(anonymous, `${server.url}/m/waders`),
      "multi_community",
    );
    t.equal(await kindOf(alice, `!birdwatching@${host}`), "community");
    t.equal(await kindOf(alice, `@robert@${host}`), "person");
    t.equal(await kindOf(alice, `robert@${host}`), "person");
    const fails = "resolve_object_failed";
    t.equal(
      await codeOf(anonymous.resolveObject({ q: `@robert@${host}` })),
      fails,
    );
    t.equal(await codeOf(alice.resolveObject({ q: "robert" })), fails);
    // Members have names looked up elsewhere, and are told when that fails.
    for (
      const [client, code] of [[alice, "unknown"], [
        anonymous,
        "not_found",
      ]] as const
    ) {
      const name = "birds@nowhere.invalid";
      t.equal(await codeOf(client.getCommunity({ name })), code);
      t.equal(await codeOf(client.getPersonDetails({ username: name })), code);
      t.equal(await codeOf(client.getPosts({ community_name: name })), code);
    }
    t.equal(await codeOf(alice.getCommunity({ name: "nobodys" })), "not_found");
    t.equal(
      await codeOf(alice.resolveObject({ q: `${server.url}/post/99999` })),
      fails,
    );
    const found = await ok(alice.search({ search_term: made.ap_id }));
    t.equal(found.resolve?.type_, "post");
    const none = await ok(alice.search({ search_term: "resolve" }));
    t.equal(none.resolve, null as unknown as undefined);

    await ok(alice.deletePost({ post_id: made.id, deleted: true }));
    await ok(bob.deleteComment({ comment_id: said.id, deleted: true }));
    t.equal(await codeOf(bob.resolveObject({ q: made.ap_id })), "not_found");
    const later = await ok(alice.createPost({
      name: "Not yet",
      community_id: community_view.community.id,
      scheduled_publish_time_at: Math.floor(Date.now() / 1000) + 86_400,
    }));
    t.equal(
      await codeOf(alice.resolveObject({ q: later.post_view.post.ap_id })),
      "not_found",
      "scheduled posts never resolve",
    );
  }, t));
