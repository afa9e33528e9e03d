/** What no honest client sends, to every endpoint alike; and what impatient ones send many times. */
import type { LemmyHttp, RequestState } from "lemmy-js-client";
import { z } from "zod";
import type { AnyEndpoint } from "../../lib/api/v4/endpoint.ts";
import { ENDPOINTS } from "../../lib/api/v4/table.ts";
import { encodeCursor } from "../../lib/domain/cursor.ts";
import { test } from "../harness.ts";
import { ok, PASSWORD, send, sharedSite, startSite } from "./api_server.ts";
import { requiredFields } from "./required_fields.ts";

type Site = Awaited<ReturnType<typeof startSite>>;

const endpoints: [string, AnyEndpoint][] = Object.entries(ENDPOINTS);

async function withSite(body: (server: Site) => Promise<void>): Promise<void> {
  const server = await startSite();
  try {
    await plantTargets(server);
    await body(server);
  } finally {
    await server.close();
  }
}

async function plantTargets({ admin }: Site): Promise<void> {
  await ok(admin.createCommunity({ name: "target" }));
  await ok(admin.createPost({ name: "Target", community_id: 1 }));
  await ok(admin.createComment({ post_id: 1, content: "target" }));
}

const start = sharedSite();
let planted: Promise<void> | undefined;

/** The site of all tests whose requests are refused, and change nothing. */
async function refusingSite(): Promise<Site> {
  const server = await start();
  await (planted ??= plantTargets(server));
  return server;
}

/** Sends members as query or body, whatever the endpoint reads. */
function ask(
  server: Site,
  { method, path, upload }: AnyEndpoint,
  fields: Record<string, unknown>,
) {
  const jwt = server.adminJwt;
  if (method !== "GET" && !upload) {
    return send(server, method, path, { jwt, body: JSON.stringify(fields) });
  }
  const query = new URLSearchParams(
    Object.entries(fields).map(([key, value]) => [key, String(value)]),
  );
  return send(server, method, `${path}?${query}`, { jwt });
}

test("every list refuses page sizes and cursors that are none", async (t) => {
  const server = await refusingSite();
  const lists = endpoints.filter(([, { request }]) =>
    "page_cursor" in request.shape
  );
  t.ok(lists.length > 20, "there are many lists");
  for (const [name, list] of lists) {
    const fields = NEEDED[name] ?? requiredFields(list.request);
    const answer = async (more: Record<string, unknown>) =>
      (await ask(server, list, { ...fields, ...more })).json.error;
    t.equal(await answer({ limit: 50 }), undefined, name);
    for (const limit of [0, -1, 51, 2 ** 31, 2 ** 53]) {
      if (limit === 51 && ANY_SIZE.has(name)) continue;
      t.equal(await answer({ limit }), "invalid_fetch_limit", name);
    }
    for (const limit of ["ten", "1e999", "NaN", ""]) {
      t.equal(await answer({ limit }), "unknown", `${name} ${limit}`);
    }
    const foreign = encodeCursor("zz", {
      direction: "forward",
      anchor: 1,
      inclusive: false,
    });
    t.equal(
      await answer({ page_cursor: foreign }),
      "couldnt_parse_pagination_token",
      name,
    );
    for (const page_cursor of ["!", "AAAA", "x".repeat(1900), "%00"]) {
      t.match(
        await answer({ page_cursor }) ?? "",
        /^(unknown|couldnt_parse_pagination_token)$/,
        `${name} ${page_cursor}`,
      );
    }
  }
  t.equal(server.failures, []);
});

/** Lists that come at whatever length is asked for (accounts-and-site §10.9). */
const ANY_SIZE = new Set(["adminListUsers"]);

/** What a list needs to be told beyond what its schema requires. */
const NEEDED: Record<string, Record<string, unknown>> = {
  listPersonContent: { username: "admin" },
  search: { search_term: "target", type_: "posts" },
};

test("every endpoint names the member that is of a wrong kind, and reads past unknown ones", async (t) => {
  const server = await refusingSite();
  for (const [name, endpoint] of endpoints) {
    const { request, method, upload } = endpoint;
    const inBody = method !== "GET" && !upload;
    const fields = requiredFields(request);
    for (const [key, member] of Object.entries(request.shape)) {
      // A query has texts only: any of them is a text, few of them a number.
      const wrong = inBody ? { kind: "wrong" } : "wr ng";
      if (z.safeParse(member as z.ZodType, wrong).success) continue;
      const answer = await ask(server, endpoint, { ...fields, [key]: wrong });
      const { error, message } = answer.json;
      t.equal([answer.status, error], [400, "unknown"], `${name} ${key}`);
      t.match(message ?? "", key, name);
    }
    if (method !== "GET") continue;
    const plain = await ask(server, endpoint, fields);
    const more = await ask(server, endpoint, { ...fields, nonsense: "1" });
    t.equal(more.status, plain.status, `${name} with an unknown member`);
  }
  t.equal(server.failures, []);
});

test("every endpoint with a body wants JSON, and not too much of it", async (t) => {
  const server = await refusingSite();
  const jwt = server.adminJwt;
  const huge = JSON.stringify({ padding: "x".repeat(3 * 1024 * 1024) });
  for (const [name, { method, path, request, upload }] of endpoints) {
    if (method === "GET" || upload) continue;
    if (Object.keys(request.shape).length === 0) continue;
    const body = JSON.stringify(requiredFields(request));
    for (const type of ["text/plain", "application/xml", "nonsense"]) {
      const answer = await send(server, method, path, {
        jwt,
        body,
        headers: { "content-type": type },
      });
      t.equal(
        [answer.status, answer.json.message],
        [400, "Content type error"],
        name,
      );
    }
    const answer = await send(server, method, path, { jwt, body: huge });
    t.equal([answer.status, answer.json.error], [413, "unknown"], name);
  }
  t.equal(
    (await ok(server.admin.getMyUser())).local_user_view.person.name,
    "admin",
    "and the account is still there",
  );
  t.equal(server.failures, []);
});

test("twenty equal requests at once do what one does", (t) =>
  withSite(async (server) => {
    const { admin } = server;
    const { sql } = server.database;
    const bob = server.client(await server.signUp("bob"));
    const bobId = (await ok(bob.getMyUser())).local_user_view.person.id;
    /** How often each code came back. */
    const storm = async (call: () => Promise<RequestState<unknown>>) => {
      const counts: Record<string, number> = {};
      const states = await Promise.all(Array.from({ length: 20 }, call));
      for (const state of states) {
        const code = state.state === "failed" ? state.err.name : state.state;
        counts[code] = (counts[code] ?? 0) + 1;
      }
      return counts;
    };
    const all = { success: 20 };
    const once = (code: string) => ({ success: 1, [code]: 19 });
    t.equal(
      await storm(() =>
        server.client().register({
          username: "twin",
          password: PASSWORD,
          password_verify: PASSWORD,
        })
      ),
      once("username_already_taken"),
    );
    t.equal(
      await storm(() => bob.createCommunity({ name: "storm" })),
      once("already_exists"),
    );
    t.equal(
      await storm(() => bob.createMultiCommunity({ name: "many" })),
      once("already_exists"),
    );
    t.equal(
      await storm(() => bob.createPostReport({ post_id: 1, reason: "again" })),
      once("couldnt_create"),
    );
    t.equal(
      await storm(() =>
        bob.createCommentReport({ comment_id: 1, reason: "again" })
      ),
      once("couldnt_create"),
    );
    const { items: [reported] } = await ok(admin.getPosts({ type_: "all" }));
    t.equal(reported.post.report_count, 1);

    t.equal(
      await storm(() => bob.likePost({ post_id: 1, is_upvote: true })),
      all,
    );
    t.equal(
      await storm(() => bob.likeComment({ comment_id: 1, is_upvote: false })),
      all,
    );
    const voted = await ok(bob.getComment({ id: 1 }));
    t.equal(
      [voted.comment_view.post.score, voted.comment_view.comment.downvotes],
      [2, 1],
    );
    t.equal(await storm(() => bob.savePost({ post_id: 1, save: true })), all);
    t.equal((await ok(bob.listPersonSaved({}))).items.length, 1);

    const community_id = 1;
    const subscribers = async () =>
      (await ok(admin.getCommunity({ id: community_id }))).community_view
        .community.subscribers;
    for (const follow of [true, false]) {
      t.equal(
        await storm(() => bob.followCommunity({ community_id, follow })),
        all,
      );
      t.equal(await subscribers(), follow ? 2 : 1);
    }
    const [twin] = await sql<[{ id: number }]>`
      select id from person where name = 'twin'`;
    t.equal(
      await storm(() => bob.blockPerson({ person_id: twin.id, block: true })),
      all,
    );
    t.equal((await ok(bob.getMyUser())).person_blocks.length, 1);

    const ban = { person_id: bobId, ban: true, reason: "storm" };
    t.equal(
      await storm(() => admin.banFromCommunity({ ...ban, community_id })),
      all,
    );
    t.equal(await storm(() => admin.banPerson(ban)), all);
    const [{ rows, bans }] = await sql<[{ rows: number; bans: number }]>`
      select count(*)::int4 as rows,
        count(*) filter (where received_ban_at is not null)::int4 as bans
      from community_actions where person_id = ${bobId} and community_id = 1`;
    t.equal([rows, bans], [1, 1]);
    t.equal(await isBanned(admin), true);
    t.equal(await storm(() => admin.banPerson({ ...ban, ban: false })), all);
    t.equal(await isBanned(admin), false);
    t.equal(server.failures, []);
  }));

/** Whether bob is banned from the site. */
async function isBanned(admin: LemmyHttp): Promise<boolean> {
  const { person_view } = await ok(
    admin.getPersonDetails({ username: "bob" }),
  );
  return person_view.banned;
}

test("texts of invisible letters are no names, and directions of text no harm", (t) =>
  withSite(async (server) => {
    const { admin } = server;
    const alice = server.client(await server.signUp("alice"));
    const bidi = "\u202e\u2066\u200f\u061c";
    const code = async (call: Promise<RequestState<unknown>>) => {
      const state = await call;
      return state.state === "failed" ? state.err.name : state.state;
    };
    const community_id = 1;
    t.equal(
      await code(alice.createPost({ name: bidi, community_id })),
      "invalid_post_title",
    );
    t.equal(
      await code(
        alice.saveUserSettings({ display_name: `\u200f${bidi}admin` }),
      ),
      "invalid_display_name",
    );
    for (const name of [`ad${bidi}min`, "аdmin", "adm\u0131n"]) {
      t.equal(await code(alice.createCommunity({ name })), "invalid_name");
      const registered = server.client().register({
        username: name,
        password: PASSWORD,
        password_verify: PASSWORD,
      });
      t.equal(await code(registered), "invalid_name");
    }
    t.equal(
      await code(
        admin.editCommunity({ community_id, title: `${bidi}x\u200b` }),
      ),
      "invalid_display_name",
    );
    const { post_view } = await ok(
      alice.createPost({ name: `abc${bidi}def`, community_id }),
    );
    const page = await fetch(`${server.url}/post/${post_view.post.id}`);
    t.equal(page.status, 200);
    await page.body?.cancel();
    t.equal(server.failures, []);
  }));

test("a list of ten thousand items is refused wherever it is sent", async (t) => {
  const server = await refusingSite();
  for (const [name, endpoint] of endpoints) {
    if (endpoint.method === "GET" || name === "createSite") continue;
    const fields = {
      ...requiredFields(endpoint.request),
      ...(name === "createCustomEmoji" ? { image_url: server.url } : {}),
    };
    for (const [key, member] of Object.entries(endpoint.request.shape)) {
      if (LENIENT.has(`${name} ${key}`)) continue;
      const long = [1, "abc"].map((item) => Array(10_000).fill(item))
        .find((items) => z.safeParse(member as z.ZodType, items).success);
      if (!long) continue;
      const answer = await ask(server, endpoint, { ...fields, [key]: long });
      t.equal(answer.json.error, "too_many_items", `${name} ${key}`);
    }
  }
  t.equal(server.failures, []);
});

/** A file of settings is read leniently: whatever is no settings in it is passed over. */
const LENIENT = new Set([
  "importUserSettings settings",
]);
