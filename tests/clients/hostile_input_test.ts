/** Input that no honest client sends: a clear error each time, nothing changed, nothing failed. */
import { ENDPOINTS } from "../../lib/api/v4/table.ts";
import { type Assertions, test } from "../harness.ts";
import { ok, send, startSite } from "./api_server.ts";
import { requiredFields } from "./required_fields.ts";

type Site = Awaited<ReturnType<typeof startSite>>;

test("bodies that are no request are refused and change nothing", async (t) => {
  const server = await startSite();
  try {
    const jwt = server.adminJwt;
    const { community_view } = await ok(
      server.admin.createCommunity({ name: "target" }),
    );
    const community_id = community_view.community.id;
    const json = "application/json";
    const bodies: [string, BodyInit, string, number, RegExp][] = [
      ["empty", "", json, 400, /^Json deserialize error:/],
      ["text", "hello", json, 400, /^Json deserialize error:/],
      ["cut", '{"name":', json, 400, /^Json deserialize error:/],
      ["array", "[]", json, 400, /^Json deserialize error:/],
      ["null", "null", json, 400, /^Json deserialize error:/],
      ["number", "1", json, 400, /^Json deserialize error:/],
      ["no members", "{}", json, 400, /^Json deserialize error: name/],
      [
        "null member",
        `{"name":null,"community_id":${community_id}}`,
        json,
        400,
        /name/,
      ],
      [
        "wrong type",
        `{"name":1,"community_id":${community_id}}`,
        json,
        400,
        /name/,
      ],
      [
        "id as text",
        `{"name":"A title","community_id":"${community_id}"}`,
        json,
        400,
        /community_id/,
      ],
      [
        "id of 2^31",
        '{"name":"A title","community_id":2147483648}',
        json,
        400,
        /community_id/,
      ],
      [
        "id of 2^53",
        '{"name":"A title","community_id":9007199254740992}',
        json,
        400,
        /community_id/,
      ],
      [
        "id of 1e400",
        '{"name":"A title","community_id":1e400}',
        json,
        400,
        /community_id/,
      ],
      [
        "half an id",
        '{"name":"A title","community_id":1.5}',
        json,
        400,
        /community_id/,
      ],
      [
        "NUL",
        `{"name":"A \\u0000 title","community_id":${community_id}}`,
        json,
        400,
        /NUL/,
      ],
      [
        "lone surrogate",
        `{"name":"A \\ud800 title","community_id":${community_id}}`,
        json,
        400,
        /surrogate/,
      ],
      [
        "broken UTF-8",
        new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]),
        json,
        400,
        /^Json deserialize error:/,
      ],
      [
        "deep nesting",
        `${"[".repeat(500_000)}${"]".repeat(500_000)}`,
        json,
        400,
        /^Json deserialize error:/,
      ],
      [
        "deep unknown member",
        `{"x":${"[".repeat(200_000)}${"]".repeat(200_000)}}`,
        json,
        400,
        /name/,
      ],
      [
        "deep nesting with an escape",
        `{"x":"\\u0041","y":${"[".repeat(200_000)}${"]".repeat(200_000)}}`,
        json,
        400,
        /name/,
      ],
      [
        "prototype",
        '{"__proto__":{"name":"A title"},"constructor":1}',
        json,
        400,
        /name/,
      ],
      [
        "form",
        "name=x",
        "application/x-www-form-urlencoded",
        400,
        /^Content type error$/,
      ],
      [
        "plain text",
        '{"name":"A title"}',
        "text/plain",
        400,
        /^Content type error$/,
      ],
      ["10 MB", "x".repeat(10 * 1024 * 1024), json, 413, /./],
    ];
    for (const [what, body, type, status, message] of bodies) {
      const answer = await send(server, "POST", "/post", {
        jwt,
        body,
        headers: { "content-type": type },
      });
      t.equal([answer.status, answer.json.error], [status, "unknown"], what);
      t.match(answer.json.message ?? "", message, what);
      t.equal(answer.json.cause, undefined, what);
    }
    const chunked = await send(server, "POST", "/post", {
      jwt,
      body: endless(3 * 1024 * 1024),
    });
    t.equal(chunked.status, 413);
    const unknown = await send(server, "POST", "/post", {
      jwt,
      body: JSON.stringify({
        name: "Fields we do not know",
        community_id,
        admin: true,
        url: null,
        score: 1000,
      }),
    });
    t.equal(unknown.status, 200, unknown.text);
    const { items } = await ok(server.admin.getPosts({ type_: "all" }));
    t.equal(items.length, 1, "only the honest post exists");
    t.equal(items[0].post.score, 1);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

function endless(bytes: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent >= bytes) return controller.close();
      const chunk = new Uint8Array(65_536).fill(32);
      sent += chunk.length;
      controller.enqueue(chunk);
    },
  });
}

test("queries that are no request are refused", async (t) => {
  const server = await startSite();
  try {
    const queries: [string, string, RegExp][] = [
      ["/post", "id=x", /^Query deserialize error: id/],
      ["/post", "id=", /^Query deserialize error: id/],
      ["/post", "id=1.5", /id/],
      ["/post", "id=1e3", /id/],
      ["/post", "id=0x10", /id/],
      ["/post", "id=2147483648", /id/],
      ["/post", "id=9007199254740992", /id/],
      ["/post", `id=${"9".repeat(400)}`, /id/],
      ["/post", "id=1&id=2", /id is given twice/],
      ["/post/list", "limit=ten", /limit/],
      ["/post/list", "sort=best", /sort/],
      ["/post/list", "type_=everything", /type_/],
      ["/post/list", "show_nsfw=1", /show_nsfw/],
      ["/post/list", "show_nsfw=TRUE", /show_nsfw/],
      ["/post/list", "search_term=%00", /search_term/],
      ["/post/list", "community_name=a%00b", /community_name/],
      ["/post/list", "page_cursor=!", /page_cursor/],
      ["/post/list", `page_cursor=${btoa("p.f.zzzzzzzz")}`, /page_cursor/],
      ["/comment", "", /^Query deserialize error: id/],
      ["/comment/list", "max_depth=99999999999", /max_depth/],
      ["/community/list", "sort=hottest", /sort/],
    ];
    for (const [path, query, message] of queries) {
      const answer = await send(server, "GET", `${path}?${query}`);
      t.equal([answer.status, answer.json.error], [400, "unknown"], query);
      t.match(answer.json.message ?? "", message, query);
    }
    const fine = [
      "/post/list?nonsense=1&nonsense=2&limit=1&show_nsfw=true",
      "/post/list?time_range_seconds=2147483647&type_=all",
      "/post/list?time_range_seconds=-2147483648",
      "/post/list?community_id=-5",
      `/post/list?search_term=${
        encodeURIComponent("%_\\ ' \" ; drop table post --")
      }`,
      "/post/list?search_term=%ff%fe",
      "/comment/list?max_depth=-1&post_id=1",
      "/community/list?time_range_seconds=1",
    ];
    for (const path of fine) {
      const answer = await send(server, "GET", path);
      t.equal(answer.status, 200, `${path} ${answer.text}`);
    }
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("a cursor of another list, of nothing, or of a row that went is refused", async (t) => {
  const server = await startSite();
  const { admin } = server;
  try {
    const { community_view } = await ok(
      admin.createCommunity({ name: "rows" }),
    );
    const community_id = community_view.community.id;
    for (let n = 0; n < 3; n++) {
      await ok(admin.createPost({ name: `Row ${n}`, community_id }));
    }
    const page = await ok(admin.getPosts({ type_: "all", limit: 1 }));
    const cursor = page.next_page;
    const lists = [
      "/comment/list",
      "/community/list",
      "/person/content?username=admin",
      "/account/saved",
      "/account/liked",
      "/account/read",
      "/account/hidden",
    ];
    for (const list of lists) {
      const separator = list.includes("?") ? "&" : "?";
      const answer = await send(
        server,
        "GET",
        `${list}${separator}page_cursor=${cursor}`,
        { jwt: server.adminJwt },
      );
      t.equal(answer.json.error, "couldnt_parse_pagination_token", list);
    }
    await server.database.sql`delete from post where id = ${
      page.items[0].post.id
    }`;
    const gone = await send(server, "GET", `/post/list?page_cursor=${cursor}`);
    t.equal([gone.status, gone.json.error], [404, "not_found"]);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("every endpoint survives members of every wrong kind", async (t) => {
  const server = await startSite();
  try {
    await ok(server.admin.createCommunity({ name: "target" }));
    await ok(server.admin.createPost({ name: "Target", community_id: 1 }));
    await ok(server.admin.createComment({ post_id: 1, content: "target" }));
    for (const [name, endpoint] of Object.entries(ENDPOINTS)) {
      const keys = Object.keys(endpoint.request.shape);
      for (const key of keys.filter((key) => !SPARED.test(key))) {
        await Promise.all(
          wrongFor(endpoint).map((value) =>
            tryValue(t, server, name, key, value)
          ),
        );
      }
    }
    t.equal(
      (await ok(server.admin.getMyUser())).local_user_view.local_user.id,
      1,
    );
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

/** Settings that would keep the server from answering what comes after them. */
const SPARED = /^(?:rate_limit_.*|slur_filter_regex)$/;

const WRONG = [
  "",
  "\u0000",
  "-1",
  "x".repeat(1900),
  "x".repeat(70_000),
  0,
  -1,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 53,
  1.5,
  true,
  [],
  [null],
  ["x"],
  [-1, -1],
  { a: 1 },
];

/** Those that make requests of their own: many are the same text in a query. */
function wrongFor({ method }: { method: string }): unknown[] {
  return method === "GET"
    ? [...new Map(WRONG.map((value) => [queryText(value), value])).values()]
    : WRONG;
}

/** A value as it stands in an address, which may not become too long. */
function queryText(value: unknown): string {
  return String(value).slice(0, 1900);
}

/** Sends one value in a request that is otherwise fine. */
async function tryValue(
  t: Assertions,
  server: Site,
  name: string,
  key: string,
  value: unknown,
) {
  const { method, path, request } = ENDPOINTS[name as keyof typeof ENDPOINTS];
  const fields = { ...requiredFields(request), [key]: value };
  const jwt = server.adminJwt;
  const query = new URLSearchParams(
    Object.entries(fields).map(([key, value]) => [key, queryText(value)]),
  );
  const answer = method === "GET"
    ? await send(server, method, `${path}?${query}`, { jwt })
    : await send(server, method, path, { jwt, body: JSON.stringify(fields) });
  const shown = JSON.stringify(value)?.slice(0, 50);
  t.ok(
    answer.status < 500 && answer.status !== 429,
    `${answer.status} of ${name} for ${key} = ${shown}`,
  );
}
