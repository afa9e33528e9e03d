/** Two sites of ours that know nothing of each other at first. */
import { LemmyHttp } from "lemmy-js-client";
import { codeOf, ok } from "../clients/api_server.ts";
import { type Assertions, test } from "../harness.ts";
import { Neighbour } from "../support/neighbour.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { freePort } from "../support/port.ts";

interface NamedSite {
  server: TestServer;
  /** Its host name with the port, as in ids. */
  host: string;
  url: string;
  admin: LemmyHttp;
}

async function startNamed(name: string): Promise<NamedSite> {
  const port = freePort();
  const host = `${name}.localhost:${port}`;
  const server = await startServer({
    port,
    config: { hostname: host },
    env: { LEMMY_TEST_FAST_FEDERATION: "1" },
  });
  const token = await server.login("admin");
  const admin = new LemmyHttp(server.origin, {
    headers: { Authorization: `Bearer ${token}` },
  });
  return { server, host, url: `http://${host}`, admin };
}

let started: Promise<[NamedSite, NamedSite]> | undefined;
const sites = () =>
  started ??= Promise.all([startNamed("alpha"), startNamed("beta")]);
Deno.test.afterAll(async () => {
  for (const { server } of await started ?? []) await server.dispose();
});

/** Nothing may have gone wrong on either side. */
function noFaults(t: Assertions, ...all: NamedSite[]) {
  for (const { server } of all) {
    t.noMatch(server.log, / ERROR /);
  }
}

test("a site meets another one's community, and a thread of it is whole", async (t) => {
  const [alpha, beta] = await sites();
  const { community_view: { community } } = await ok(
    alpha.admin.createCommunity({ name: "birds", title: "Birds" }),
  );
  const names = ["one", "two", "three"];
  for (const name of names) {
    await ok(
      alpha.admin.createPost({ name, community_id: community.id }),
    );
  }
  const { items } = await ok(alpha.admin.getPosts({ sort: "old" }));
  const post_id = items[0].post.id;
  await ok(
    alpha.admin.featurePost({
      post_id,
      featured: true,
      feature_type: "community",
    }),
  );
  let parent_id: number | undefined;
  for (const content of ["first", "second", "third"]) {
    const { comment_view } = await ok(
      alpha.admin.createComment({ post_id, parent_id, content }),
    );
    parent_id = comment_view.comment.id;
  }

  const found = await ok(
    beta.admin.resolveObject({ q: `!birds@${alpha.host}` }),
  );
  t.equal(found.type_, "community");
  const far = { name: `birds@${alpha.host}` };
  const posts = await until(
    () => ok(beta.admin.getPosts({ community_name: far.name })),
    ({ items }) => items.length === 3,
  );
  t.equal(posts.items.map((view) => view.post.name).sort(), [...names].sort());
  const seen = await until(
    () => ok(beta.admin.getCommunity(far)),
    ({ community_view, moderators }) =>
      moderators.length === 1 && community_view.community.subscribers === 1,
  );
  t.equal(seen.moderators[0].moderator.ap_id, `${alpha.url}/u/admin`);
  const pinned = await until(
    () => ok(beta.admin.getPosts({ community_name: far.name })),
    ({ items }) => items.some((view) => view.post.featured_community),
  );
  const copy = pinned.items.find((view) => view.post.featured_community)!;
  t.equal(copy.post.name, items[0].post.name);
  const { items: comments } = await until(
    () => ok(beta.admin.getComments({ post_id: copy.post.id })),
    ({ items }) => items.length === 3,
  );
  t.equal(
    comments.map((view) => [
      view.comment.content,
      view.comment.path.split(".").length - 1,
      view.comment.score,
    ]).sort(),
    [["first", 1, 0], ["second", 2, 0], ["third", 3, 0]],
    "in their places, and nobody has voted by being fetched",
  );
  t.equal(
    await codeOf(alpha.admin.resolveObject({ q: `@nobody@${beta.host}` })),
    "resolve_object_failed",
  );
  const back = await ok(
    alpha.admin.resolveObject({ q: `${beta.url}/post/${copy.post.id}` }),
  );
  t.equal(
    back.type_ === "post" && back.post.id,
    post_id,
    "the copy's address leads to the original",
  );
  noFaults(t, alpha, beta);
});

test("a post in a private community elsewhere is shown to servers that the community's home vouches for", async (t) => {
  const [alpha, beta] = await sites();
  const reader = new Neighbour("reader", alpha.server.origin);
  try {
    const { community_view: { community } } = await ok(
      alpha.admin.createCommunity({
        name: "secret",
        title: "Secret",
        visibility: "private",
      }),
    );
    const found = await ok(
      beta.admin.resolveObject({ q: `!secret@${alpha.host}` }),
    );
    if (found.type_ !== "community") throw new Error(found.type_);
    const community_id = found.community.id;
    t.equal(found.community.visibility, "private");
    await ok(beta.admin.followCommunity({ community_id, follow: true }));
    const approve = async (name: string) => {
      const { items } = await until(
        () => ok(alpha.admin.listCommunityPendingFollows({})),
        ({ items }) => items.some((item) => item.person.name === name),
      );
      const { person } = items.find((item) => item.person.name === name)!;
      await ok(
        alpha.admin.approveCommunityPendingFollow({
          community_id: community.id,
          follower_id: person.id,
          approve: true,
        }),
      );
    };
    await approve("admin");
    await until(
      () => ok(beta.admin.getCommunity({ id: community_id })),
      ({ community_view }) =>
        community_view.community_actions?.follow_state === "accepted",
    );
    const { post_view: { post } } = await ok(
      beta.admin.createPost({ name: "SECRET-TEXT", community_id }),
    );
    await until(
      () => ok(alpha.admin.getPosts({ community_name: "secret" })),
      ({ items }) => items.length === 1,
    );

    const rita = reader.person("rita");
    const read = async () => {
      const url = `${beta.server.origin}/post/${post.id}`;
      const headers = await reader.sign(rita, url);
      const response = await fetch(url, { headers });
      return { status: response.status, text: await response.text() };
    };
    const refused = await read();
    t.equal(refused.status, 404);
    t.noMatch(refused.text, "SECRET-TEXT");
    await reader.deliver(
      reader.activity("Follow", rita, `${alpha.url}/c/secret`),
    );
    await approve("rita");
    const allowed = await until(read, ({ status }) => status === 200);
    t.match(allowed.text, "SECRET-TEXT");
    noFaults(t, alpha, beta);
    await alpha.server.stop();
    t.equal((await read()).status, 404, "nobody vouches for rita");
    noFaults(t, beta);
  } finally {
    await reader.stop();
  }
});
