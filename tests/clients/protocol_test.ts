/** What holds for every endpoint: sessions, repeated and simultaneous requests, limits. */
import { ENDPOINTS } from "../../lib/api/v4/table.ts";
import { test } from "../harness.ts";
import { ok, PASSWORD, send, sharedSite, startSite } from "./api_server.ts";

const shared = sharedSite();

test("every endpoint that needs a session says so before anything else", async (t) => {
  const server = await shared();
  for (const [name, { method, path, auth }] of Object.entries(ENDPOINTS)) {
    if (auth !== "user") continue;
    for (const jwt of [undefined, "x.y.z"]) {
      const answer = await send(server, method, path, {
        jwt,
        body: method === "GET" ? undefined : "not json",
      });
      t.equal(
        [answer.status, answer.json.error],
        [401, "incorrect_login"],
        name,
      );
      t.equal(answer.json.cause, "IncorrectLogin");
      t.equal("message" in answer.json, false);
    }
  }
  const nowhere = await send(server, "GET", "/nowhere");
  t.equal([nowhere.status, nowhere.text], [404, ""]);
  const wrongMethod = await send(server, "PUT", "/post/list", { body: "{}" });
  t.equal([wrongMethod.status, wrongMethod.text], [404, ""]);
  const missing = await send(server, "GET", "/post?id=999999");
  t.equal(missing.json, { error: "not_found", cause: "NotFound" });
  t.equal(server.failures, []);
});

test("a repeated idempotency key is refused before it does anything", async (t) => {
  const server = await shared();
  const { community_view } = await ok(
    server.admin.createCommunity({ name: "once" }),
  );
  const body = JSON.stringify({
    name: "Sent twice",
    community_id: community_view.community.id,
  });
  const headers = { "idempotency-key": "k1" };
  const once = await send(server, "POST", "/post", {
    jwt: server.adminJwt,
    body,
    headers,
  });
  const twice = await send(server, "POST", "/post", {
    jwt: server.adminJwt,
    body,
    headers,
  });
  t.equal([once.status, twice.status, twice.text], [200, 422, ""]);
  const { items } = await ok(server.admin.getPosts({ type_: "all" }));
  t.equal(items.length, 1);
});

test("what two requests do at once is done once", async (t) => {
  const server = await startSite();
  try {
    const anonymous = server.client();
    const join = await Promise.all(
      Array.from({ length: 5 }, () =>
        anonymous.register({
          username: "twin",
          password: PASSWORD,
          password_verify: PASSWORD,
        })),
    );
    t.equal(join.filter((state) => state.state === "success").length, 1);
    const found = await Promise.all(
      Array.from(
        { length: 5 },
        () => server.admin.createCommunity({ name: "race" }),
      ),
    );
    t.equal(found.filter((state) => state.state === "success").length, 1);
    for (const state of [...join, ...found]) {
      if (state.state !== "failed") continue;
      t.match(state.err.name, /^(username_already_taken|already_exists)$/);
    }
    const { items } = await ok(server.admin.listCommunities({}));
    const community_id = items[0].community.id;
    const { post_view } = await ok(
      server.admin.createPost({ name: "Race", community_id }),
    );
    const post_id = post_view.post.id;
    const bob = server.client(await server.signUp("bob"));
    await Promise.all(
      Array.from(
        { length: 10 },
        (_, n) => ok(bob.likePost({ post_id, is_upvote: n % 2 === 0 })),
      ),
    );
    await ok(bob.likePost({ post_id, is_upvote: false }));
    const after = await ok(server.admin.getPost({ id: post_id }));
    const { score, upvotes, downvotes } = after.post_view.post;
    t.equal([score, upvotes, downvotes], [0, 1, 1]);
    const deleted = await Promise.all(
      Array.from(
        { length: 5 },
        () => server.admin.deletePost({ post_id, deleted: true }),
      ),
    );
    t.equal(deleted.filter((state) => state.state === "success").length, 1);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("rate limits of the site hold, and say so", async (t) => {
  const server = await startSite({ realLimits: true });
  try {
    const { community_view } = await ok(
      server.admin.createCommunity({ name: "busy" }),
    );
    const body = JSON.stringify({
      name: "Again and again",
      community_id: community_view.community.id,
    });
    const statuses: number[] = [];
    for (let n = 0; n < 7; n++) {
      statuses.push(
        (await send(server, "POST", "/post", { jwt: server.adminJwt, body }))
          .status,
      );
    }
    t.equal(statuses, [200, 200, 200, 200, 200, 200, 429]);
    const refused = await send(server, "POST", "/post", {
      jwt: server.adminJwt,
      body,
    });
    t.equal(refused.text, '{"error":"too_many_requests"}');
    t.ok(Number(refused.headers.get("retry-after")) > 0);
    t.equal(
      (await send(server, "GET", "/site")).status,
      200,
      "reading goes on",
    );
  } finally {
    await server.close();
  }
});

test("the OpenAPI document describes every endpoint", async (t) => {
  const server = await shared();
  const answer = await send(server, "GET", "/openapi.json");
  const { openapi, paths } = answer.json as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  t.equal(openapi, "3.1.0");
  for (const [name, { method, path }] of Object.entries(ENDPOINTS)) {
    t.equal(paths[path][method.toLowerCase()].operationId, name);
  }
  t.match(answer.text, '"maximum":2147483647');
});
