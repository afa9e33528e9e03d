/**
 * The marker crawler (design §8): a marker is planted in every private place, everything that can
 * be read is read as each kind of reader without a right to it, and no marker may appear.
 */
import { z } from "zod";
import type { AnyEndpoint } from "../../lib/api/v4/endpoint.ts";
import { ENDPOINTS } from "../../lib/api/v4/table.ts";
import { send, startSite } from "../clients/api_server.ts";
import { type Assertions, test } from "../harness.ts";
import {
  Planting,
  type Reader,
  type Secrets,
  type Site,
} from "./marker/planting.ts";

test("nothing private is read by whoever has no right to it", async (t) => {
  const server = await startSite();
  try {
    const plan = new Planting(server);
    await plan.plant();
    const readers: Reader[] = [{ name: "anonymous" }, ...plan.readers];
    for (const reader of readers) {
      const secrets = new Map(plan.secrets);
      if (!reader.jwt) {
        for (const entry of plan.membersOnly) secrets.set(...entry);
      }
      if (reader.jwt) await reachForEverything(t, server, reader, secrets);
      await readEverything(t, server, reader, secrets);
      await readFeeds(t, server, reader, secrets);
    }
    await findsItself(t, server, plan);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

/** Requests under way at once. */
const AT_ONCE = 8;

/** The ids that there are in any table whose rows are asked for by id, and one that there is not. */
async function idsOf({ database: { sql } }: Site): Promise<number[]> {
  const [{ last }] = await sql<[{ last: number }]>`select greatest(
    (select max(id) from post), (select max(id) from comment),
    (select max(id) from community), (select max(id) from multi_community),
    (select max(id) from community_tag), (select max(id) from person),
    (select max(id) from local_user), (select max(id) from private_message),
    (select max(id) from report), (select max(id) from notification),
    (select max(id) from modlog), (select max(id) from registration_application),
    (select max(id) from instance), (select max(id) from oauth_provider)) as last`;
  return Array.from({ length: last + 1 }, (_, n) => n + 1);
}

const NAMES = [
  "alice",
  "admin",
  "gone",
  "former",
  "stranger",
  "open",
  "secret_club",
  "members",
  "was_deleted",
  "was_removed",
  "was_local_removed",
  "my_list",
];

/** Tries every action on everything, so that whatever lets itself be marked shows up in lists. */
async function reachForEverything(
  t: Assertions,
  server: Site,
  reader: Reader,
  secrets: Secrets,
): Promise<void> {
  const { jwt } = reader;
  const act = async (method: string, path: string, body: unknown) => {
    const { text } = await send(server, method, path, {
      jwt,
      body: JSON.stringify(body),
    });
    expectNone(t, text, secrets, `${reader.name}: ${method} ${path}`);
  };
  const ids = await idsOf(server);
  const addresses = (kind: string) =>
    ids.map((id) => `${server.url}/${kind}/${id}`);
  await act("POST", "/account/settings/import", {
    followed_communities: NAMES.map((name) => `${server.url}/c/${name}`),
    saved_posts: addresses("post"),
    saved_comments: addresses("comment"),
  });
  const reachFor = async (id: number) => {
    await act("POST", "/post/like", { post_id: id, is_upvote: true });
    await act("PUT", "/post/save", { post_id: id, save: true });
    await act("POST", "/post/mark_as_read", { post_id: id, read: true });
    await act("POST", "/post/mark_as_read/many", {
      post_ids: [id],
      read: true,
    });
    await act("POST", "/post/hide", { post_id: id, hide: true });
    await act("POST", "/post/hide", { post_id: id, hide: false });
    await act("PUT", "/post/notifications", {
      post_id: id,
      mode: "all_comments",
    });
    await act("DELETE", "/post", { post_id: id, deleted: false });
    await act("PUT", "/post", { post_id: id, nsfw: false });
    await act("POST", "/comment", { post_id: id, content: "hello" });
    await act("POST", "/comment/like", { comment_id: id, is_upvote: true });
    await act("PUT", "/comment/save", { comment_id: id, save: true });
    await act("PUT", "/comment", { comment_id: id });
    await act("DELETE", "/comment", { comment_id: id, deleted: false });
    await act("POST", "/community/follow", { community_id: id, follow: true });
    await act("POST", "/account/block/community", {
      community_id: id,
      block: false,
    });
    await act("POST", "/account/block/person", { person_id: id, block: false });
    await act("PUT", "/community", { community_id: id });
    const reason = "why not";
    await act("POST", "/post/report", { post_id: id, reason });
    await act("POST", "/comment/report", { comment_id: id, reason });
    await act("POST", "/community/report", { community_id: id, reason });
    await act("POST", "/private_message/report", {
      private_message_id: id,
      reason,
    });
    await act("PUT", "/post/report/resolve", { report_id: id, resolved: true });
    await act("POST", "/post/lock", { post_id: id, locked: true, reason });
    await act("PUT", "/post/mod_edit", { post_id: id });
    await act("POST", "/comment/warn", { comment_id: id, reason });
    await act("POST", "/comment/distinguish", {
      comment_id: id,
      distinguished: true,
    });
    await act("PUT", "/community/tag", { tag_id: id });
    await act("POST", "/multi_community/follow", {
      multi_community_id: id,
      follow: true,
    });
    await act("PUT", "/multi_community", { id });
    await act("PUT", "/private_message", {
      private_message_id: id,
      content: "hello",
    });
    await act("DELETE", "/private_message", {
      private_message_id: id,
      deleted: false,
    });
    await act("POST", "/account/notification/mark_as_read", {
      notification_id: id,
      read: false,
    });
  };
  await inTurns(ids, reachFor);
}

/** Does something to each item, some at once. */
async function inTurns<T>(
  items: readonly T[],
  act: (item: T) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < items.length; start += AT_ONCE) {
    await Promise.all(items.slice(start, start + AT_ONCE).map(act));
  }
}

/** Reads every GET endpoint with every value of every parameter. */
async function readEverything(
  t: Assertions,
  server: Site,
  reader: Reader,
  secrets: Secrets,
): Promise<void> {
  const markers = [...secrets.values()].filter((marker) => /^zq/.test(marker));
  const ids = await idsOf(server);
  for (const endpoint of Object.values(ENDPOINTS) as AnyEndpoint[]) {
    if (endpoint.method !== "GET") continue;
    await inTurns(
      queriesOf(endpoint, markers, ids),
      (query) => readPages(t, server, reader, secrets, endpoint.path, query),
    );
  }
}

/** Reads every feed there is, with the reader's own where the address takes a token. */
async function readFeeds(
  t: Assertions,
  server: Site,
  { name, jwt }: Reader,
  secrets: Secrets,
): Promise<void> {
  const places = ["all", "local"];
  for (const kind of ["c", "u", "m"]) {
    for (const place of NAMES) places.push(`${kind}/${place}`);
  }
  for (const kind of ["front", "notifications", "modlog"]) {
    if (jwt) places.push(`${kind}/${jwt}`);
  }
  const sorts = ["new", "active"];
  const paths = places.flatMap((place) =>
    sorts.map((sort) => `/feeds/${place}.xml?limit=50&sort=${sort}`)
  );
  await inTurns(paths, async (path) => {
    const response = await fetch(server.url + path);
    const text = await response.text();
    t.ok(response.status < 500, `${name}: ${path}`);
    expectNone(t, text, secrets, `${name}: ${path}`);
  });
}

async function readPages(
  t: Assertions,
  server: Site,
  reader: Reader,
  secrets: Secrets,
  path: string,
  query: Record<string, string>,
): Promise<void> {
  let cursor: string | undefined;
  do {
    const parameters = new URLSearchParams(query);
    if (cursor) parameters.set("page_cursor", cursor);
    const answer = await send(server, "GET", `${path}?${parameters}`, {
      jwt: reader.jwt,
    });
    const what = `${reader.name}: GET ${path}?${parameters}`;
    t.ok(answer.status < 500, `${what} ${answer.text}`);
    expectNone(t, answer.text, secrets, what);
    // A search for a marker that finds something tells that the marker exists.
    if (query.search_term && query.search_term !== ANY) {
      for (const list of LISTS) {
        t.equal((answer.json[list] as unknown[] | undefined) ?? [], [], what);
      }
    }
    cursor = answer.json.next_page as string | undefined;
    // A search of everything always names a next page, at last one of nothing.
  } while (cursor && !/^[-.]+$/.test(cursor));
}

/** A term that every marker contains: a space stands for whatever lies between. */
const ANY = "z q";
/** Where answers keep their items. */
const LISTS = [
  "items",
  "posts",
  "comments",
  "persons",
  "communities",
  "multi_communities",
];

/** One parameter at a time, over everything. */
function queriesOf(
  { request }: AnyEndpoint,
  markers: readonly string[],
  ids: readonly number[],
): Record<string, string>[] {
  const shape: Record<string, z.ZodType> = request.shape;
  const base: Record<string, string> = {};
  if ("limit" in shape) base.limit = "50";
  // The default type of a listing leaves much out.
  if ("type_" in shape) base.type_ = "all";
  if (shape.search_term instanceof z.ZodString) base.search_term = ANY;
  const queries: Record<string, string>[] = [base];
  for (const [key, member] of Object.entries(shape)) {
    if (key === "limit" || key === "page_cursor") continue;
    for (const value of valuesOf(key, member, markers, ids)) {
      queries.push({ ...base, [key]: value });
    }
  }
  if ("person_id" in shape && "community_id" in shape) {
    for (const id of ids.slice(0, 10)) {
      queries.push({ ...base, username: "alice", community_id: String(id) });
    }
  }
  return queries;
}

function valuesOf(
  key: string,
  member: z.ZodType | undefined,
  markers: readonly string[],
  ids: readonly number[],
): string[] {
  const inner = member instanceof z.ZodOptional ? member.unwrap() : member;
  if (inner instanceof z.ZodEnum) return inner.options.map(String);
  if (inner instanceof z.ZodBoolean) return ["true", "false"];
  if (inner instanceof z.ZodNumber) {
    return /(^|_)id$/.test(key) ? ids.map(String) : ["1"];
  }
  if (key === "search_term") return [...markers];
  return inner instanceof z.ZodString ? NAMES : [];
}

function expectNone(
  t: Assertions,
  text: string,
  secrets: Secrets,
  what: string,
): void {
  for (const [place, marker] of secrets) {
    t.ok(!text.includes(marker), `${what} shows the ${place}`);
  }
}

/** The markers are there at all: their owner reads them. */
async function findsItself(
  t: Assertions,
  server: Site,
  plan: Planting,
): Promise<void> {
  const jwt = plan.aliceJwt;
  const [account, content, hidden, messages] = await Promise.all([
    send(server, "GET", "/account", { jwt }),
    send(server, "GET", "/person/content?username=alice&limit=50", { jwt }),
    send(server, "GET", "/person?username=bob", { jwt }),
    send(
      server,
      "GET",
      "/account/notification/list?type_=private_message",
      { jwt },
    ),
  ]);
  const own = account.text + content.text + hidden.text + messages.text;
  for (
    const place of [
      "e-mail address",
      "blocked keyword",
      "note about a person",
      "body, deleted post",
      "body, removed post",
      "body, scheduled post",
      "body, private community",
      "deleted comment",
      "comment in a private community",
      "private message",
    ]
  ) {
    t.ok(
      own.includes(plan.secrets.get(place)!),
      `its owner reads the ${place}`,
    );
  }
}
