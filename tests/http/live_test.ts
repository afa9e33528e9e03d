import { type Assertions, test } from "../harness.ts";
import { EventStream, type StreamMessage } from "../support/event_stream.ts";
import { startServer, type TestServer, withServer } from "../support/server.ts";

interface World {
  server: TestServer;
  admin: string;
  community: number;
  post: number;
}

/** The server of the tests that leave the site as they found it. */
let shared: Promise<TestServer> | undefined;
Deno.test.afterAll(async () => await (await shared)?.dispose());

/** A test with a community and a post of its own on the shared server. */
function liveTest(
  name: string,
  body: (t: Assertions, world: World) => Promise<void>,
) {
  test(name, async (t) => {
    shared ??= startServer({ workers: 2 });
    await body(t, await makeWorld(await shared));
  });
}

async function makeWorld(server: TestServer): Promise<World> {
  const admin = await server.login("admin");
  const community = await makeCommunity(server, admin, {});
  const post = await makePost(server, admin, community);
  await quiet(server);
  return { server, admin, community, post };
}

/** Resolves when everything that happened so far has been told. */
async function quiet(server: TestServer): Promise<void> {
  for (let last = "";;) {
    const stream = await open(server, "feed=all");
    await new Promise((resolve) => setTimeout(resolve, 150));
    await stream.close();
    if (stream.lastEventId === last) return;
    last = stream.lastEventId;
  }
}

async function makeCommunity(
  server: TestServer,
  token: string,
  options: Record<string, unknown>,
): Promise<number> {
  const name = `c${crypto.randomUUID().slice(0, 8)}`;
  const answer = await server.api("POST", "/community", {
    token,
    body: { name, title: name, ...options },
  });
  return (await answer.json()).community_view.community.id;
}

async function makePost(
  server: TestServer,
  token: string,
  community_id: number,
): Promise<number> {
  const answer = await server.api("POST", "/post", {
    token,
    body: { name: "A post to watch", community_id },
  });
  return (await answer.json()).post_view.post.id;
}

async function makeComment(
  { server, admin, post }: World,
  content = "secret words",
): Promise<number> {
  const answer = await server.api("POST", "/comment", {
    token: admin,
    body: { content, post_id: post },
  });
  return (await answer.json()).comment_view.comment.id;
}

function open(
  server: TestServer,
  query: string,
  headers: HeadersInit = {},
): Promise<EventStream> {
  return EventStream.open(`${server.origin}/live?${query}`, headers);
}

const dataOf = (message: StreamMessage) => JSON.parse(message.data!);

liveTest(
  "readers hear of comments and votes, without their text",
  async (t, world) => {
    const { server, admin, community, post } = world;
    const streams = await Promise.all([
      open(server, `post=${post}`),
      open(server, `community=${community}`),
      open(server, "feed=local"),
      open(server, "feed=all"),
    ]);
    const other = await open(server, `post=${post + 1000}`);
    t.equal(other.response.status, 404);
    await other.close();
    for (const { response: { headers } } of streams) {
      t.equal(headers.get("content-type"), "text/event-stream");
      t.match(headers.get("cache-control")!, "no-transform");
      t.equal(headers.get("x-accel-buffering"), "no");
      t.equal(headers.get("content-encoding"), null);
    }
    const comment = await makeComment(world);
    const [told] = await streams[0].atLeast(1);
    await (await server.api("POST", "/comment/like", {
      token: admin,
      body: { comment_id: comment, is_upvote: false },
    })).body?.cancel();
    for (const stream of streams) {
      const [created, voted] = await stream.atLeast(2);
      t.equal(created.event, "comment");
      t.match(created.id!, /^\d+\.\d+$/);
      t.equal(created.id, told.id);
      const data = dataOf(created);
      t.equal(data.kind, "comment_created");
      t.equal([data.post_id, data.comment_id], [post, comment]);
      t.equal(data.comments, 1);
      t.equal(voted.event, "vote");
      const { score, upvotes, downvotes } = dataOf(voted);
      t.equal([score, upvotes, downvotes], [-1, 0, 1]);
      t.noMatch(JSON.stringify(stream.messages), "secret words");
      t.noMatch(JSON.stringify(stream.messages), "person");
      await stream.close();
    }
  },
);

liveTest(
  "a reader who was away hears what happened meanwhile",
  async (t, world) => {
    const { server, post } = world;
    const first = await open(server, `post=${post}`);
    await makeComment(world);
    const [{ id }] = await first.atLeast(1);
    await first.close();
    const missed = [await makeComment(world), await makeComment(world)];
    const headers = { "last-event-id": id! };
    const again = await open(server, `post=${post}`, headers);
    missed.push(await makeComment(world));
    const events = await again.atLeast(3);
    t.equal(events.map((event) => dataOf(event).comment_id), missed);
    await again.close();
    const byAddress = await open(server, `post=${post}&last_event_id=${id}`);
    t.equal((await byAddress.atLeast(3)).length, 3);
    await byAddress.close();
  },
);

liveTest(
  "a change that commits late is neither skipped nor told twice",
  async (t, world) => {
    const { server, post, community } = world;
    const stream = await open(server, `post=${post}`);
    const { sql, close } = server.openDatabase();
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    // Its place in the log is before that of everything which happens until it commits.
    const late = sql.begin(async (sql) => {
      await sql`insert into event (kind, post_id, community_id)
      values ('post_updated', ${post}, ${community})`;
      begun.resolve();
      await gate.promise;
    });
    await begun.promise;
    const comment = await makeComment(world);
    await new Promise((resolve) => setTimeout(resolve, 300));
    t.equal(stream.events, []);
    // A reader who comes now must hear of both as well.
    const position = stream.lastEventId;
    gate.resolve();
    await late;
    const headers = { "last-event-id": position };
    const resumed = await open(server, `post=${post}`, headers);
    for (const reader of [stream, resumed]) {
      const events = await reader.atLeast(2);
      t.equal(events.map((event) => dataOf(event).kind), [
        "post_updated",
        "comment_created",
      ]);
      t.equal(dataOf(events[1]).comment_id, comment);
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    t.equal(stream.events.length, 2);
    t.equal(resumed.events.length, 2);
    await Promise.all([stream.close(), resumed.close(), close()]);
  },
);

liveTest(
  "a place that the log does not reach back to means a reset",
  async (t, world) => {
    const { server, post } = world;
    for (const id of ["1.1", "nonsense", "999999999999.1"]) {
      const headers = { "last-event-id": id };
      const stream = await open(server, `post=${post}`, headers);
      const [first] = await stream.atLeast(1);
      t.equal(first.event, "reset", id);
      t.match(first.id!, /^\d+\.\d+$/);
      await stream.close();
    }
  },
);

liveTest("only who may read a page may watch it", async (t, world) => {
  const { server, admin } = world;
  const hidden = await makeCommunity(server, admin, { visibility: "private" });
  const hiddenPost = await makePost(server, admin, hidden);
  const stranger = await server.signUp("stranger");
  const status = async (query: string, token?: string) => {
    const headers: HeadersInit = token ? { cookie: `jwt=${token}` } : {};
    const stream = await open(server, query, headers);
    await stream.close();
    return stream.response.status;
  };
  for (const query of [`post=${hiddenPost}`, `community=${hidden}`]) {
    t.equal(await status(query), 404);
    t.equal(await status(query, stranger), 404);
    t.equal(await status(query, admin), 200);
  }
  t.equal(await status("feed=subscribed"), 404);
  t.equal(await status("post=x"), 404);
  t.equal(await status(""), 404);
  // Nothing of it reaches the feeds of everybody.
  await quiet(server);
  const feed = await open(server, "feed=all");
  await makeComment({ ...world, post: hiddenPost });
  const comment = await makeComment(world);
  const [first] = await feed.atLeast(1);
  t.equal(dataOf(first).comment_id, comment);
  // When the site becomes private, anonymous readers are shown out.
  const editSite = async (settings: Record<string, boolean>) =>
    await (await server.api("PUT", "/site", { token: admin, body: settings }))
      .body?.cancel();
  await editSite({ private_instance: true, federation_enabled: false });
  for (let i = 0; i < 100 && !feed.ended; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  t.equal(feed.ended, true);
  await feed.close();
  t.notEqual(await status("feed=all"), 200);
  await editSite({ private_instance: false, federation_enabled: true });
});

liveTest(
  "a removed post shows its readers out, a removed comment nobody",
  async (t, world) => {
    const { server, admin, post } = world;
    const other = await makePost(server, admin, world.community);
    const streams = {
      post: await open(server, `post=${post}`),
      other: await open(server, `post=${other}`),
      community: await open(server, `community=${world.community}`),
    };
    const comment = await makeComment(world);
    await streams.post.atLeast(1);
    const act = async (path: string, body: unknown) => {
      const answer = await server.api("POST", path, { token: admin, body });
      t.equal(answer.status, 200);
      await answer.body?.cancel();
    };
    const removal = { removed: true, reason: "" };
    await act("/comment/remove", { comment_id: comment, ...removal });
    await quiet(server);
    t.equal(streams.post.ended, false);
    await act("/post/remove", { post_id: post, ...removal });
    for (let i = 0; i < 100 && !streams.post.ended; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    t.equal(
      [streams.post, streams.other, streams.community].map((s) => s.ended),
      [true, false, false],
    );
    await act("/community/remove", {
      community_id: world.community,
      ...removal,
    });
    for (let i = 0; i < 100 && !streams.community.ended; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    t.equal([streams.other.ended, streams.community.ended], [true, true]);
    for (const stream of Object.values(streams)) await stream.close();
  },
);

test("streams of one address are limited and end with the server", (t) =>
  withServer({}, async (server) => {
    const { post } = await makeWorld(server);
    const streams: EventStream[] = [];
    for (let i = 0; i < 20; i++) {
      streams.push(await open(server, `post=${post}`));
    }
    const refused = await open(server, `post=${post}`);
    t.equal(refused.response.status, 429);
    await refused.close();
    const elsewhere = await open(server, `post=${post}`, {
      "x-forwarded-for": "203.0.113.1",
    });
    t.equal(elsewhere.response.status, 200);
    // A reader who leaves makes room.
    await streams.pop()!.close();
    let status = 0;
    for (let i = 0; i < 50 && status !== 200; i++) {
      const next = await open(server, `post=${post}`);
      status = next.response.status;
      await next.close();
    }
    t.equal(status, 200);
    const start = Date.now();
    t.equal(await server.stop(), 0);
    t.ok(Date.now() - start < 5000, "open streams held the server up");
    t.ok(streams.every((stream) => stream.ended));
    await elsewhere.close();
  }));

liveTest(
  "a scheduled post is told of nowhere before its time",
  async (t, world) => {
    const { server, admin, community } = world;
    const streams = await Promise.all([
      open(server, `community=${community}`),
      open(server, "feed=all"),
    ]);
    const answer = await server.api("POST", "/post", {
      token: admin,
      body: {
        name: "Not yet",
        community_id: community,
        scheduled_publish_time_at: Math.floor(Date.now() / 1000) + 3600,
      },
    });
    const { id } = (await answer.json()).post_view.post;
    await (await server.api("POST", "/post/like", {
      token: admin,
      body: { post_id: id, is_upvote: false },
    })).body?.cancel();
    // What is told after it shows that it has not been told.
    const comment = await makeComment(world);
    for (const stream of streams) {
      const [first] = await stream.atLeast(1);
      t.equal(dataOf(first).comment_id, comment);
      await stream.close();
    }
  },
);

liveTest(
  "comments of people whom the reader has blocked are not told of",
  async (t, world) => {
    const { server, post } = world;
    const reader = await server.signUp("reader");
    const blocked = await server.signUp("blocked");
    const account = await server.api("GET", "/account", { token: blocked });
    const person_id = (await account.json()).local_user_view.person.id;
    await (await server.api("POST", "/account/block/person", {
      token: reader,
      body: { person_id, block: true },
    })).body?.cancel();
    const stream = await open(server, `post=${post}`, {
      cookie: `jwt=${reader}`,
    });
    const theirs = await makeComment({ ...world, admin: blocked });
    const other = await makeComment(world);
    const [told] = await stream.atLeast(1);
    t.equal(dataOf(told).comment_id, other);
    t.equal(dataOf(told).path, `0.${other}`);
    t.ok(theirs < other, "the one not told of came first");
    await stream.close();
  },
);
