import { generateKeyPair } from "../../lib/domain/keys.ts";
import { signRequest } from "../../lib/federation/signatures/sign.ts";
import { ok, startSite } from "../clients/api_server.ts";
import { test } from "../harness.ts";

type Server = Awaited<ReturnType<typeof startSite>>;
let started: Promise<Server> | undefined;
Deno.test.afterAll(async () => await (await started)?.close());
const server = () => started ??= startSite();

const ACTIVITY = "application/activity+json";
const LD =
  'application/ld+json; profile="https://www.w3.org/ns/activitystreams"';

async function get(path: string, accept = ACTIVITY, headers: HeadersInit = {}) {
  const { url } = await server();
  const response = await fetch(url + path, {
    headers: { accept, ...Object.fromEntries(new Headers(headers)) },
    redirect: "manual",
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    type: response.headers.get("content-type") ?? "",
    text,
    json: text.startsWith("{") ? JSON.parse(text) : null,
  };
}

async function community(name: string, members: Record<string, unknown> = {}) {
  const { admin } = await server();
  const { community_view } = await ok(
    admin.createCommunity({ name, ...members }),
  );
  return community_view.community.id;
}

async function post(community_id: number, name = "A post") {
  const { admin } = await server();
  return (await ok(admin.createPost({ name, community_id }))).post_view.post.id;
}

test("one address is a page for people and a document for servers, at once", async (t) => {
  const id = await post(await community("both"));
  for (const path of ["/", "/u/admin", "/c/both", `/post/${id}`]) {
    // Twice each, in turn: what is kept for the one must not go to the other.
    for (const _ of [1, 2]) {
      for (
        const accept of [ACTIVITY, `text/html, ${LD}`, LD.replace("; ", ";")]
      ) {
        const document = await get(path, accept);
        t.equal([document.status, document.type], [200, ACTIVITY], path);
        t.match(document.headers.get("vary") ?? "", "Accept");
        t.equal(document.json["@context"].length, 2);
      }
      for (const accept of ["text/html", "*/*", "application/ld+json"]) {
        t.match(
          (await get(path, accept)).type,
          "text/html",
          `${path} ${accept}`,
        );
      }
    }
  }
  const { url } = await server();
  t.equal((await get("/")).json.id, `${url}/`);
  t.equal((await get("/U/Admin".toLowerCase())).json.id, `${url}/u/admin`);
  t.equal((await get("/c/BOTH")).json.id, `${url}/c/both`);
});

test("collections are served whatever is accepted", async (t) => {
  const { admin, url } = await server();
  const community_id = await community("lists");
  const id = await post(community_id);
  const pinned = await post(community_id, "Pinned");
  await ok(admin.featurePost({
    post_id: pinned,
    featured: true,
    feature_type: "community",
  }));
  const { comment_view } = await ok(
    admin.createComment({ post_id: id, content: "Hello" }),
  );
  const comment = comment_view.comment;
  const read = async (path: string) => (await get(path, "*/*")).json;
  const outbox = await read("/c/lists/outbox");
  t.equal(outbox.totalItems, 2);
  t.equal(
    outbox.orderedItems.map((
      item: {
        type: string;
        object: { type: string; object: { name: string } };
      },
    ) => [item.type, item.object.type, item.object.object.name]),
    [["Announce", "Create", "Pinned"], ["Announce", "Create", "A post"]],
  );
  t.equal(
    (await read("/c/lists/featured")).orderedItems.map((
      item: { name: string },
    ) => item.name),
    ["Pinned"],
  );
  t.equal((await read("/c/lists/moderators")).orderedItems, [`${url}/u/admin`]);
  const followers = await read("/c/lists/followers");
  t.equal([followers.totalItems, followers.items], [1, []]);
  t.equal((await read("/u/admin/outbox")).totalItems, 0);
  t.equal((await read("/site_outbox")).orderedItems, []);
  const thread = [`${url}/post/${id}`, comment.ap_id];
  t.equal((await read(`/post/${id}/context`)).orderedItems, thread);
  const context = await read(`/comment/${comment.id}/context`);
  t.equal([context.id, context.orderedItems], [
    `${comment.ap_id}/context`,
    thread,
  ]);
  t.equal((await read(`/comment/${comment.id}`))?.id, undefined, "a page");
  t.equal(
    (await get(`/comment/${comment.id}`)).json.inReplyTo,
    `${url}/post/${id}`,
  );
});

test("what is gone leaves a tombstone, what is not there nothing", async (t) => {
  const { admin, url } = await server();
  const id = await post(await community("graves"));
  await ok(admin.deletePost({ post_id: id, deleted: true }));
  const dead = await get(`/post/${id}`);
  t.equal([dead.status, dead.type, dead.json.type, dead.json.id], [
    410,
    ACTIVITY,
    "Tombstone",
    `${url}/post/${id}`,
  ]);
  t.match(dead.headers.get("cache-control") ?? "", "no-store");
  const statuses: [string, number][] = [
    ["/post/99999", 404],
    ["/post/x", 400],
    ["/u/nobody", 404],
    ["/c/nothing", 404],
    ["/m/nothing", 404],
    ["/activities/create/00000000-0000-0000-0000-000000000000", 404],
    ["/activities/announce/create/00000000-0000-0000-0000-000000000000", 404],
    ["/c/graves/tag/none", 404],
    ["/c/%E0%A4%A", 400],
  ];
  for (const [path, status] of statuses) {
    t.equal((await get(path)).status, status, path);
  }
});

test("things of other servers are to be had there, and sent activities here", async (t) => {
  const { database: { sql }, url } = await server();
  await sql`with i as (insert into instance (domain) values ('away.test') returning id)
    insert into person (name, ap_id, local, public_key, inbox_url, instance_id)
    select 'ann', 'https://away.test/u/ann', false, '', 'https://away.test/inbox', id from i`;
  const away = await get("/u/ann@away.test");
  t.equal([away.status, away.headers.get("location")], [
    308,
    "https://away.test/u/ann",
  ]);
  await sql`insert into sent_activity (ap_id, data, sensitive, actor_type, actor_apub_id) values
    (${`${url}/activities/like/1`}, '{"type":"Like"}', false, 'person', ''),
    (${`${url}/activities/flag/2`}, '{"type":"Flag"}', true, 'person', '')`;
  t.equal((await get("/activities/like/1")).json.type, "Like");
  const secret = await get("/activities/flag/2");
  t.equal([secret.status, secret.text], [403, ""]);
});

test("local-only communities do not exist for other servers", async (t) => {
  const id = await post(
    await community("inside", { visibility: "local_only_public" }),
  );
  for (
    const path of [
      "/c/inside",
      "/c/inside/outbox",
      "/c/inside/followers",
      "/c/inside/moderators",
      `/post/${id}`,
      `/post/${id}/context`,
    ]
  ) t.equal((await get(path)).status, 404, path);
});

test("private communities are read by servers of accepted followers alone", async (t) => {
  const { database: { sql }, url } = await server();
  const community_id = await community("secret", { visibility: "private" });
  const id = await post(community_id, "SECRET-TEXT");
  const { public_key, private_key } = await generateKeyPair();
  const actor = "https://reader.test/u/rita";
  const [{ id: person }] = await sql<{ id: number }[]>`
    with i as (insert into instance (domain) values ('reader.test') returning id)
    insert into person (name, ap_id, local, public_key, inbox_url, instance_id)
    select 'rita', ${actor}, false, ${public_key}, 'https://reader.test/inbox', id from i
    returning id`;
  const signed = async (path: string, key = private_key) =>
    await get(
      path,
      ACTIVITY,
      await signRequest({
        method: "GET",
        url: url + path,
        headers: { accept: ACTIVITY },
        keyId: `${actor}#main-key`,
        privateKeyPem: key,
        scheme: "draft",
      }),
    );
  const paths = [
    `/post/${id}`,
    `/post/${id}/context`,
    "/c/secret/outbox",
    "/c/secret/featured",
  ];
  for (const path of paths) {
    const unsigned = await get(path);
    t.equal([unsigned.status, unsigned.json.error], [400, "signature_missing"]);
    t.equal((await signed(path)).status, 404, "a stranger's");
  }
  t.equal((await get("/c/secret")).status, 200);
  t.equal((await get("/c/secret/moderators")).status, 200);
  const asks = "/c/secret/followers?is_follower=" + encodeURIComponent(actor);
  t.equal((await signed(asks)).status, 404);
  await sql`insert into community_actions (person_id, community_id, followed_at, follow_state)
    values (${person}, ${community_id}, now(), 'accepted')`;
  for (const path of paths) {
    const read = await signed(path);
    t.equal([read.status, read.headers.get("cache-control")], [
      200,
      "no-store",
    ]);
    t.noMatch((await get(path)).text, "SECRET-TEXT");
  }
  t.match((await signed(`/post/${id}`)).text, "SECRET-TEXT");
  t.equal((await signed(asks)).status, 200);
  const other = await generateKeyPair();
  t.equal((await signed(`/post/${id}`, other.private_key)).status, 400);
  const open = `/c/both/followers?is_follower=${encodeURIComponent(actor)}`;
  t.equal((await get(open)).text, "must be a private community");
});

test("with federation off there are no documents, only pages", async (t) => {
  const { admin } = await server();
  await ok(admin.editSite({ federation_enabled: false }));
  try {
    for (const path of ["/", "/u/admin", "/c/both", "/site_outbox"]) {
      t.equal((await get(path)).status, 404, path);
    }
    t.equal((await get("/u/admin", "text/html")).status, 200);
  } finally {
    await ok(admin.editSite({ federation_enabled: true }));
  }
  t.equal((await server()).failures, []);
});
