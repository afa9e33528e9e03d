/** Lists, visibility and the switch of federation: what they shut out stays out, both ways. */
import { ok, startSite } from "../clients/api_server.ts";
import { test } from "../harness.ts";
import { Neighbour } from "../support/neighbour.ts";
import { until } from "../support/until.ts";

const FAST = { env: { LEMMY_TEST_FAST_FEDERATION: "1" } };
const MARKER = "kept-among-us";

/** All that a site has said to another one: answers to fetches and deliveries. */
async function everythingSaid(
  url: string,
  ids: { posts: number[]; comments: number[]; communities: string[] },
): Promise<string> {
  const paths = [
    "/",
    "/site_outbox",
    "/u/admin",
    "/u/admin/outbox",
    ...ids.communities.flatMap((name) => [
      `/c/${name}`,
      ...["outbox", "followers", "moderators", "featured"].map((part) =>
        `/c/${name}/${part}`
      ),
    ]),
    ...ids.posts.flatMap((id) => [`/post/${id}`, `/post/${id}/context`]),
    ...ids.comments.flatMap((id) => [
      `/comment/${id}`,
      `/comment/${id}/context`,
    ]),
  ];
  const answers = await Promise.all(paths.map(async (path) => {
    const response = await fetch(url + path, {
      headers: { accept: "application/activity+json" },
      redirect: "manual",
    });
    return `${path} ${response.status} ${await response.text()}`;
  }));
  return answers.join("\n");
}

test("what stays on the site or among members reaches no other server", async (t) => {
  const site = await startSite(FAST);
  const far = new Neighbour("far", site.url);
  const { admin, database: { sql } } = site;
  try {
    const mia = far.person("mia");
    await far.deliver(far.activity("Follow", mia, `${site.url}/u/admin`));
    const ids = { posts: [] as number[], comments: [] as number[] };
    const communities: string[] = [];
    const open: number[] = [];
    for (
      const visibility of [
        "private",
        "local_only_public",
        "local_only_private",
        "public",
      ] as const
    ) {
      const isOpen = visibility === "public";
      const text = isOpen ? "for everybody" : MARKER;
      const { community_view: { community } } = await ok(
        admin.createCommunity({
          name: visibility,
          title: "Title",
          visibility,
        }),
      );
      communities.push(visibility);
      await far.deliver(
        far.activity("Follow", mia, `${site.url}/c/${visibility}`),
      );
      const { post_view: { post } } = await ok(
        admin.createPost({
          name: text,
          body: text,
          community_id: community.id,
        }),
      );
      ids.posts.push(post.id);
      const { comment_view: { comment } } = await ok(
        admin.createComment({ content: text, post_id: post.id }),
      );
      ids.comments.push(comment.id);
      await ok(admin.editPost({ post_id: post.id, body: text + " again" }));
      await ok(
        admin.featurePost({
          post_id: post.id,
          featured: true,
          feature_type: "community",
        }),
      );
      await ok(admin.likePost({ post_id: post.id, is_upvote: false }));
      if (isOpen) open.push(post.id);
    }
    await until(
      () => JSON.stringify(far.received),
      (text) => text.includes("for everybody again"),
    );
    const said = await everythingSaid(site.url, { ...ids, communities }) +
      JSON.stringify(far.received);
    t.match(said, "for everybody");
    t.noMatch(said, MARKER);
    const sent = await sql<{ data: string }[]>`select data from sent_activity
      where not sensitive`;
    t.noMatch(JSON.stringify(sent), MARKER, "anybody may fetch it by its id");
    for (const [i, id] of ids.posts.entries()) {
      const response = await fetch(`${site.url}/post/${id}`, {
        headers: { accept: "application/activity+json" },
      });
      await response.body?.cancel();
      t.equal(response.status, [400, 404, 404, 200][i], communities[i]);
    }
    t.equal(open.length, 1);
    t.equal(site.failures, []);
  } finally {
    await far.stop();
    await site.close();
  }
});

test("a blocked server says nothing here and hears nothing, also not through others", async (t) => {
  const site = await startSite(FAST);
  const far = new Neighbour("far", site.url);
  const near = new Neighbour("near", site.url);
  const { admin, database: { sql } } = site;
  try {
    const { community_view: { community } } = await ok(
      admin.createCommunity({ name: "cats", title: "Cats" }),
    );
    const cats = `${site.url}/c/cats`;
    const mia = far.person("mia");
    const leo = near.person("leo");
    for (const [server, person] of [[far, mia], [near, leo]] as const) {
      await server.deliver(server.activity("Follow", person, cats));
    }
    await until(
      () => [far.received.length, near.received.length],
      ([a, b]) => a > 0 && b > 0,
    );
    const block = (block: boolean) =>
      ok(admin.adminBlockInstance({
        instance: "far.localhost",
        block,
        reason: "spam",
      }));
    await block(true);
    const heard = far.received.length;
    const { post_view: { post } } = await ok(
      admin.createPost({ name: "A cat", community_id: community.id }),
    );
    await until(
      () => JSON.stringify(near.received),
      (text) => text.includes(post.ap_id),
    );
    t.equal(far.received.length, heard, "the blocked server got something");
    const like = far.activity("Like", mia, post.ap_id);
    const refused = await far.deliver(like);
    t.equal([refused.status, refused.json.error], [400, "domain_blocked"]);

    // Through a community that is not blocked.
    const dogs = near.group("dogs");
    await near.deliver(
      near.announce(dogs, near.activity("Like", leo, near.url("/none"))),
    );
    const [{ id }] = await sql`select id from community where ap_id = ${dogs}`;
    await ok(admin.followCommunity({ community_id: id, follow: true }));
    const page = near.page(leo, dogs);
    const outcome = async (activity: Record<string, unknown>) => {
      t.equal((await near.deliver(activity)).status, 202);
      const [row] = await until(
        () =>
          sql`select state, reason from received_activity where ap_id = ${
            String(activity.id)
          }`,
        ([row]) => row?.state !== "waiting",
      );
      return row.reason;
    };
    t.equal(
      await outcome(
        near.announce(dogs, near.activity("Create", leo, page, dogs)),
      ),
      null,
    );
    t.match(
      String(
        await outcome(near.announce(dogs, far.activity("Like", mia, page.id))),
      ),
      "domain_blocked",
    );
    t.equal(
      (await sql`select upvotes from post where ap_id = ${String(page.id)}`)[0]
        .upvotes,
      1,
    );
    await block(false);
    t.equal((await far.deliver({ ...like, id: far.id("like") })).status, 202);
    await ok(admin.createPost({ name: "More", community_id: community.id }));
    await until(
      () => JSON.stringify(far.received),
      (text) => text.includes('"More"'),
    );

    // With a list of those allowed, everybody else is shut out.
    await ok(admin.adminAllowInstance({
      instance: "near.localhost",
      allow: true,
      reason: "",
    }));
    const outside = await far.deliver(far.activity("Like", mia, post.ap_id));
    t.equal([outside.status, outside.json.error], [
      400,
      "domain_not_in_allow_list",
    ]);
    t.equal(
      (await near.deliver(near.activity("Like", leo, post.ap_id))).status,
      202,
    );

    await ok(admin.editSite({ federation_enabled: false }));
    await until(
      async () =>
        (await near.deliver(near.activity("Like", leo, post.ap_id))).status,
      (status) => status === 404,
    );
    for (
      const path of [
        "/c/cats",
        `/post/${post.id}`,
        "/c/cats/outbox",
        `/.well-known/webfinger?resource=acct:cats@${new URL(site.url).host}`,
      ]
    ) {
      const response = await fetch(site.url + path, {
        headers: { accept: "application/activity+json" },
      });
      await response.body?.cancel();
      t.equal(response.status, 404, path);
    }
    const before = [near.received.length, near.requests.length];
    await ok(admin.createPost({ name: "Quiet", community_id: community.id }));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    t.equal(
      [near.received.length, near.requests.length],
      before,
      "something was sent or fetched",
    );
    t.equal(site.failures, []);
  } finally {
    await far.stop();
    await near.stop();
    await site.close();
  }
});
