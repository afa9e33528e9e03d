import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { connect } from "node:net";
import { COMPATIBLE_VERSION } from "../../lib/config/mod.ts";
import { type Assertions, test } from "../harness.ts";
import { startServer, type TestServer, withServer } from "../support/server.ts";

const HTML = { accept: "text/html" };

/** The server of the tests that leave its settings alone. */
let shared: Promise<TestServer> | undefined;
Deno.test.afterAll(async () => await (await shared)?.dispose());

async function onServer(
  body: (server: TestServer) => Promise<void>,
): Promise<void> {
  shared ??= startServer({ workers: 2 });
  await body(await shared);
}

async function communityWith(
  server: TestServer,
  token: string,
  posts: number,
): Promise<number> {
  const { community_view } = await (await server.api("POST", "/community", {
    token,
    body: { name: `c${crypto.randomUUID().slice(0, 8)}`, title: "Community" },
  })).json();
  for (let i = 0; i < posts; i++) {
    await post(server, token, community_view.community.id, `Post ${i}`);
  }
  return community_view.community.id;
}

async function post(
  server: TestServer,
  token: string,
  community_id: number,
  name: string,
): Promise<number> {
  const answer = await server.api("POST", "/post", {
    token,
    body: { name, community_id },
  });
  return (await answer.json()).post_view.post.id;
}

/** An answer as it crosses the wire, which `fetch` would unpack. */
function raw(
  server: TestServer,
  path: string,
  headers: Record<string, string>,
  method = "GET",
): Promise<{ head: string; body: Uint8Array }> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, "127.0.0.1");
    const chunks: Uint8Array[] = [];
    socket.on("data", (chunk) => chunks.push(chunk as Uint8Array));
    socket.on("error", reject);
    socket.on("end", () => {
      const bytes = new Uint8Array(
        chunks.reduce((sum, { length }) => sum + length, 0),
      );
      let at = 0;
      for (const chunk of chunks) {
        bytes.set(chunk, at);
        at += chunk.length;
      }
      const text = new TextDecoder("latin1").decode(bytes);
      const end = text.indexOf("\r\n\r\n");
      resolve({ head: text.slice(0, end), body: bytes.slice(end + 4) });
    });
    const lines = Object.entries({
      host: `localhost:${server.port}`,
      connection: "close",
      ...headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  });
}

async function checkPolicy(t: Assertions, server: TestServer) {
  for (const path of ["/", "/communities", "/nothing/here", "/post/999"]) {
    const answer = await fetch(server.origin + path, { headers: HTML });
    await answer.body?.cancel();
    const policy = answer.headers.get("content-security-policy") ?? "";
    if (answer.headers.get("content-type")?.startsWith("text/html")) {
      t.match(policy, "default-src 'none'", path);
      t.match(policy, "script-src 'self';", path);
      t.match(policy, "style-src 'self';", path);
      t.match(policy, "frame-ancestors 'none'", path);
      t.noMatch(policy, /unsafe|nonce/, path);
    }
    t.equal(answer.headers.get("x-content-type-options"), "nosniff");
    t.equal(answer.headers.get("referrer-policy"), "same-origin");
  }
}

test("every answer has its headers", (t) =>
  onServer(async (server) => {
    await checkPolicy(t, server);
    const page = await fetch(server.origin, { headers: HTML });
    t.match(page.headers.get("content-type")!, "text/html");
    t.equal(page.headers.get("cache-control"), "public, max-age=60");
    t.match(page.headers.get("vary")!, /Cookie.*Accept.*Accept-Language/);
    t.noMatch(await page.text(), / style="| onclick=|<script>(?!\s*<)/);
    const api = await server.api("GET", "/site");
    t.equal(api.headers.get("cache-control"), "public, max-age=60");
    t.match(api.headers.get("vary")!, /Authorization.*Cookie.*Origin/);
    await api.body?.cancel();
    const token = await server.login("admin");
    const own = await server.api("GET", "/site", { token });
    t.equal(own.headers.get("cache-control"), "private");
    await own.body?.cancel();
    const refused = await server.api("GET", "/post?id=999");
    t.equal(refused.headers.get("cache-control"), "no-store");
    await refused.body?.cancel();
    const void_ = await server.api("GET", "/site", { token: "void" });
    t.equal(void_.headers.get("cache-control"), "private");
    await void_.body?.cancel();
  }));

test("anonymous readers share answers, and never those of somebody else", (t) =>
  onServer(async (server) => {
    const admin = await server.login("admin");
    const community = await communityWith(server, admin, 1);
    const path = `${server.origin}/api/v4/post/list?community_id=${community}`;
    const names = async (headers: HeadersInit = {}) => {
      const { items } = await (await fetch(path, { headers })).json();
      return items.map((view: { post: { name: string } }) => view.post.name);
    };
    // A signed-in reader first: nothing of theirs may be kept.
    for (let i = 0; i < 5; i++) {
      const headers = { cookie: `jwt=${admin}` };
      const page = await (await fetch(server.origin, { headers })).text();
      t.match(page, "/logout");
      const anonymous = await (await fetch(server.origin)).text();
      t.noMatch(anonymous, "/logout");
      t.noMatch(anonymous, "/u/admin/settings");
      t.equal(await names({ authorization: `Bearer ${admin}` }), ["Post 0"]);
      t.equal(await names(), ["Post 0"]);
    }
    // A change is seen by the next reader, whichever worker answers.
    for (let i = 1; i <= 5; i++) {
      await post(server, admin, community, `Post ${i}`);
      for (let reader = 0; reader < 4; reader++) {
        t.equal((await names()).length, i + 1);
      }
    }
    // Languages and encodings do not mix.
    const language = async (accept: string) => {
      const headers = { "accept-language": accept, ...HTML };
      const page = await (await fetch(server.origin, { headers })).text();
      return /<html lang="([\w-]+)"/.exec(page)![1];
    };
    for (let i = 0; i < 2; i++) {
      t.equal(await language("de"), "de");
      t.equal(await language("en"), "en");
    }
  }));

test("pages that set a cookie or show a message are not shared", (t) =>
  onServer(async (server) => {
    const { origin } = server;
    const ended = await fetch(origin, {
      headers: { cookie: "jwt=void", ...HTML },
    });
    t.match(await ended.text(), "Your session has ended");
    t.match(ended.headers.getSetCookie().join(), /^jwt=;.*Max-Age=0/);
    t.equal(ended.headers.get("cache-control"), "no-store");
    const plain = await fetch(origin, { headers: HTML });
    t.noMatch(await plain.text(), "Your session has ended");
    t.equal(plain.headers.getSetCookie(), []);
    // A forged message shows nothing.
    const forged = await fetch(origin, {
      headers: { cookie: "flash=eyJ4IjoxfQ.AAAA", ...HTML },
    });
    t.equal(forged.status, 200);
    t.noMatch(await forged.text(), 'role="alert"');
  }));

test("bodies are compressed as the reader likes it", (t) =>
  withServer({}, async (server) => {
    const expected = await (await server.api("GET", "/site")).text();
    const token = await server.login("admin");
    const bearer = { authorization: `Bearer ${token}` };
    const path = "/api/v4/site";
    for (const headers of [{}, bearer]) {
      const gzip = await raw(server, path, {
        ...headers,
        "accept-encoding": "gzip",
      });
      t.match(gzip.head, /content-encoding: gzip/i);
      t.match(gzip.head, /vary: .*accept-encoding/i);
      t.equal(
        JSON.parse(gunzipSync(gzip.body).toString()).version,
        COMPATIBLE_VERSION,
      );
      const zstd = await raw(server, path, {
        ...headers,
        "accept-encoding": "gzip;q=0.5, zstd",
      });
      t.match(zstd.head, /content-encoding: zstd/i);
      t.match(zstdDecompressSync(zstd.body).toString(), '"site_view"');
      const none = await raw(server, path, {
        ...headers,
        "accept-encoding": "br;q=0, gzip;q=0",
      });
      t.noMatch(none.head, /content-encoding/i);
    }
    const identity = await raw(server, path, {});
    t.equal(new TextDecoder().decode(identity.body), expected);
    const small = await raw(server, "/api/v4/post?id=99", {
      "accept-encoding": "gzip",
    });
    t.noMatch(small.head, /content-encoding/i);
  }));

test("HEAD is answered with the headers of GET", (t) =>
  onServer(async (server) => {
    const cookie = `jwt=${await server.login("admin")}`;
    const json = "application/activity+json";
    // Nothing of these depends on the second in which they are made.
    const requests: [string, Record<string, string>][] = [
      ["/api/v4/site", {}],
      ["/api/v4/site", { cookie }],
      ["/api/v4/openapi.json", {}],
      ["/api/v4/post?id=999", {}],
      ["/login", HTML],
      ["/settings", { cookie, ...HTML }],
      ["/settings", HTML],
      ["/u/admin", { accept: json }],
      ["/feeds/local.xml", {}],
      ["/.rss", {}],
      ["/favicon.svg", {}],
      ["/nodeinfo/2.1", {}],
    ];
    for (const [path, headers] of requests) {
      for (const encoding of ["identity", "gzip"]) {
        const asked = { ...headers, "accept-encoding": encoding };
        const get = await raw(server, path, asked);
        const head = await raw(server, path, asked, "HEAD");
        t.equal(lasting(head.head), lasting(get.head), path);
        t.equal(head.body.length, 0, path);
      }
    }
    const page = await raw(server, "/login", HTML, "HEAD");
    t.match(page.head, /^content-length: [1-9]\d{3}/m);
    const stream = await raw(server, "/live?feed=local", {}, "HEAD");
    t.match(stream.head, "text/event-stream");
  }));

/** The lines of a head that do not differ from request to request. */
function lasting(head: string): string[] {
  return head.toLowerCase().split("\r\n").filter((line) =>
    !/^(?:date|x-request-id|x-ratelimit-[\w-]+):/.test(line)
  ).sort();
}

test("a repeated idempotency key is refused", (t) =>
  onServer(async (server) => {
    const token = await server.login("admin");
    const id = await communityWith(server, token, 0);
    const send = (key: string, as?: string) =>
      server.api("POST", "/post", {
        token: as,
        body: { name: "Once", community_id: id },
        headers: { "idempotency-key": key, origin: "https://client.example" },
      });
    const statuses = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const answer = await send("one", token);
        const text = await answer.text();
        if (answer.status === 422) {
          t.equal(text, "");
          t.equal(answer.headers.get("access-control-allow-origin"), null);
        }
        return answer.status;
      }),
    );
    t.equal(statuses.filter((status) => status === 200).length, 1);
    t.equal(statuses.filter((status) => status === 422).length, 9);
    const list = await server.api("GET", `/post/list?community_id=${id}`);
    t.equal((await list.json()).items.length, 1);
    // Anonymous requests have no keys.
    for (let i = 0; i < 2; i++) {
      const answer = await send("anonymous");
      await answer.body?.cancel();
      t.equal(answer.status, 401);
    }
  }));

test("browsers of other origins may use the API", (t) =>
  onServer(async (server) => {
    const origin = "https://client.example";
    const preflight = await fetch(`${server.origin}/api/v4/post`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "PUT",
        "access-control-request-headers": "authorization, content-type",
      },
    });
    t.equal(preflight.status, 200);
    const { headers } = preflight;
    t.equal(headers.get("access-control-allow-origin"), origin);
    t.equal(headers.get("access-control-allow-methods"), "PUT");
    t.match(headers.get("access-control-allow-headers")!, "authorization");
    t.equal(headers.get("access-control-max-age"), "3600");
    t.equal(headers.get("x-ratelimit-limit"), null);
    for (let i = 0; i < 2; i++) {
      const answer = await server.api("GET", "/site", { headers: { origin } });
      t.equal(answer.headers.get("access-control-allow-origin"), origin);
      t.match(
        answer.headers.get("access-control-expose-headers")!,
        "x-ratelimit-limit",
      );
      t.equal(answer.headers.get("access-control-allow-credentials"), null);
      await answer.body?.cancel();
    }
    const without = await server.api("GET", "/site");
    t.equal(without.headers.get("access-control-allow-origin"), null);
    await without.body?.cancel();
  }));

test("a configured list of origins is kept to", (t) =>
  withServer(
    { config: { cors_origin: ["https://one.example"] } },
    async (server) => {
      const allowed = async (origin: string) => {
        const answer = await server.api("GET", "/site", {
          headers: { origin },
        });
        await answer.body?.cancel();
        return answer.headers.get("access-control-allow-origin");
      };
      t.equal(await allowed("https://one.example"), "https://one.example");
      t.equal(await allowed(server.origin), server.origin);
      t.equal(await allowed("https://two.example"), null);
      const preflight = await fetch(`${server.origin}/api/v4/site`, {
        method: "OPTIONS",
        headers: {
          origin: "https://two.example",
          "access-control-request-method": "GET",
        },
      });
      await preflight.body?.cancel();
      t.equal(preflight.status, 400);
    },
  ));

test("limits hold across workers, pages and cached answers", (t) =>
  withServer({ workers: 2, realLimits: true }, async (server) => {
    const admin = await server.login("admin");
    const changed = await server.api("PUT", "/site", {
      token: admin,
      body: { rate_limit_message_max_requests: 40 },
    });
    await changed.body?.cancel();
    t.equal(changed.status, 200);
    const from = (ip: string) => ({ "x-forwarded-for": ip });
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const path = i % 2 ? "/api/v4/site" : "/";
        const answer = await fetch(server.origin + path, {
          headers: from("203.0.113.1"),
        });
        await answer.body?.cancel();
        return answer.status;
      }),
    );
    t.equal(statuses.filter((status) => status === 200).length, 40);
    t.equal(statuses.filter((status) => status === 429).length, 20);
    const refused = await server.api("GET", "/site", {
      headers: from("203.0.113.1"),
    });
    t.equal(refused.status, 429);
    t.equal(await refused.json(), { error: "too_many_requests" });
    t.ok(Number(refused.headers.get("retry-after")) > 0);
    t.equal(refused.headers.get("x-ratelimit-remaining"), "0");
    const page = await fetch(server.origin, {
      headers: { ...from("203.0.113.1"), ...HTML },
    });
    t.equal(page.status, 429);
    t.match(await page.text(), "too fast");
    const other = await server.api("GET", "/site", {
      headers: from("203.0.113.2"),
    });
    await other.body?.cancel();
    t.equal(other.headers.get("x-ratelimit-remaining"), "39");
  }));
