/** Feeds as their readers fetch them. */
import { XMLValidator } from "fast-xml-parser";
import { parseAtomFeed, parseRssFeed } from "feedsmith";
import { ok, startSite } from "../clients/api_server.ts";
import { type Assertions, test } from "../harness.ts";

type Site = Awaited<ReturnType<typeof startSite>>;

async function scene(server: Site) {
  const jwt = await server.signUp("alice");
  const alice = server.client(jwt);
  const bobJwt = await server.signUp("bob");
  const bob = server.client(bobJwt);
  const { community_view } = await ok(alice.createCommunity({
    name: "birds",
    title: "Birds & <bees>",
    summary: "All *about* birds",
  }));
  const community_id = community_view.community.id;
  const { post_view } = await ok(alice.createPost({
    name: `Hello & "welcome" <b>`,
    community_id,
    url: `${server.url}/api/v4/image/none.png`,
    body: "See !birds@example.org and [here](/c/birds) \u0007]]>",
  }));
  await ok(bob.createPost({ name: "Plain", community_id }));
  return { jwt, alice, bob, bobJwt, community_id, post_id: post_view.post.id };
}

/** Reads a feed in both formats, each valid. */
async function read(t: Assertions, server: Site, path: string, jwt?: string) {
  const get = async (ending: string) => {
    const address = path.replace(/(\?|$)/, `${ending}$1`);
    const response = await fetch(server.url + address, {
      headers: jwt ? { cookie: `jwt=${jwt}` } : {},
    });
    const text = await response.text();
    t.equal(response.status, 200, `${address} ${text}`);
    t.equal(XMLValidator.validate(text), true, address);
    return { text, headers: response.headers };
  };
  const xml = await get(".xml");
  t.equal(
    xml.headers.get("content-type"),
    "application/rss+xml; charset=utf-8",
  );
  const atomText = await get(".atom");
  t.equal(
    atomText.headers.get("content-type"),
    "application/atom+xml; charset=utf-8",
  );
  const rss = parseRssFeed(xml.text);
  const atom = parseAtomFeed(atomText.text);
  t.equal(
    rss.items?.map((item) => item.title),
    atom.entries?.map((entry) => plain(entry.title)),
  );
  t.ok(atom.id && atom.updated && rss.description !== undefined);
  for (const entry of atom.entries ?? []) t.ok(entry.id && entry.updated);
  return { rss, atom, headers: xml.headers, text: xml.text };
}

function plain(title: unknown): string | undefined {
  return typeof title === "string"
    ? title
    : (title as { value?: string } | undefined)?.value;
}

test("public feeds are valid and show what everybody may read", async (t) => {
  const server = await startSite();
  try {
    const { alice, community_id, post_id } = await scene(server);
    const all = await read(t, server, "/feeds/all?sort=new");
    t.equal(all.headers.get("cache-control"), "public, max-age=3600");
    t.equal(all.rss.title, "Test site - All");
    t.equal(all.rss.link, server.url);
    const [plainPost, item] = all.rss.items!;
    t.equal(plainPost.title, "Plain");
    t.equal(item.title, `Hello & "welcome" <b>`);
    const page = `${server.url}/post/${post_id}`;
    t.equal([item.link, item.guid?.value, item.comments], [page, page, page]);
    t.equal(item.dc?.creators, [`${server.url}/u/alice`]);
    t.equal(item.categories, [{
      name: "Birds & <bees>",
      domain: `${server.url}/c/birds`,
    }]);
    t.equal(item.enclosures?.[0].type, "application/octet-stream");
    t.match(item.description!, `href="${server.url}/u/alice"`);
    t.match(item.description!, `href="${server.url}/c/birds"`);
    t.match(item.description!, "1 point");
    t.noMatch(item.description!, / (href|src)="\/[^/]/);
    t.ok(Date.parse(item.pubDate!) > Date.now() - 60_000);

    const local = await read(t, server, "/feeds/local?limit=1&sort=old");
    t.equal(local.rss.items?.map((one) => one.title), [
      `Hello & "welcome" <b>`,
    ]);
    const community = await read(t, server, "/feeds/c/Birds");
    t.equal(community.rss.link, `${server.url}/c/birds`);
    t.match(community.rss.description!, "<em>about</em>");
    t.equal(community.rss.items?.length, 2);
    const person = await read(t, server, "/feeds/u/alice?sort=nonsense");
    t.equal(person.rss.items?.length, 1);
    const { sql } = server.database;
    await sql`with m as (insert into multi_community (creator_id, instance_id, name, ap_id, public_key,
        inbox_url, following_url)
      select id, instance_id, 'flock', 'https://x.test/m/flock', '', '', '' from person
      where name = 'alice' returning id)
      insert into multi_community_entry select id, ${community_id} from m`;
    t.equal((await read(t, server, "/feeds/m/flock")).rss.items?.length, 2);

    const refusal = async (path: string) => {
      const response = await fetch(server.url + path);
      const { error, message } = await response.json();
      return [response.status, error, message];
    };
    const missing = [400, "unknown", "not_found"];
    t.equal(await refusal("/feeds/c/nobody.xml"), missing);
    t.equal(await refusal("/feeds/u/nobody.xml"), missing);
    t.equal(await refusal("/feeds/m/nobody.atom"), missing);
    t.equal(
      (await refusal("/feeds/all.xml?limit=51"))[1],
      "invalid_fetch_limit",
    );
    t.equal(
      (await refusal("/feeds/all.xml?limit=x"))[1],
      "invalid_fetch_limit",
    );
    t.equal((await refusal("/feeds/all.xml?sort=x"))[1], "unknown");
    await ok(alice.editCommunity({ community_id, visibility: "private" }));
    t.equal(await refusal("/feeds/c/birds.xml"), missing);
    await ok(server.admin.editSite({ private_instance: true }));
    t.equal((await refusal("/feeds/all.xml"))[1], "instance_is_private");
    const nothing = await fetch(`${server.url}/feeds/nonsense.xml`);
    await nothing.body?.cancel();
    t.equal(nothing.status, 404);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("a feed that has not changed is not sent again", async (t) => {
  const server = await startSite();
  try {
    const { alice, community_id } = await scene(server);
    const get = async (headers: HeadersInit) => {
      const response = await fetch(`${server.url}/feeds/all.xml`, { headers });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text };
    };
    const first = await get({});
    const etag = first.headers.get("etag")!;
    const modified = first.headers.get("last-modified")!;
    const known: Record<string, string>[] = [
      { "if-none-match": etag },
      { "if-none-match": `"other", ${etag.slice(2)}` },
      { "if-none-match": "*" },
      { "if-modified-since": modified },
    ];
    for (const headers of known) {
      const again = await get(headers);
      t.equal([again.status, again.text], [304, ""]);
      t.equal(again.headers.get("etag"), etag);
    }
    t.equal((await get({ "if-none-match": '"other"' })).status, 200);
    await ok(alice.createPost({ name: "News", community_id }));
    const changed = await get({ "if-none-match": etag });
    t.equal(changed.status, 200);
    t.match(changed.text, "News");
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("private feeds have addresses of their own, which can be revoked", async (t) => {
  const server = await startSite();
  try {
    const { jwt, alice, bob, post_id } = await scene(server);
    await ok(bob.createComment({ post_id, content: "well *said*" }));
    await ok(bob.createPrivateMessage({
      content: "psst",
      recipient_id: (await ok(alice.getMyUser())).local_user_view.person.id,
    }));
    const settings = async (token = jwt) =>
      await (await fetch(`${server.url}/settings?tab=account`, {
        headers: { cookie: `jwt=${token}` },
      })).text();
    const tokenOf = async () =>
      /\/feeds\/front\/([\w-]+)\.xml/.exec(await settings())![1];
    const token = await tokenOf();
    t.equal(await tokenOf(), token);
    const front = await read(t, server, `/feeds/front/${token}?sort=new`);
    t.equal(front.rss.title, "Test site - Subscribed");
    t.equal(front.headers.get("cache-control"), "private, no-cache");
    t.equal(front.rss.items?.length, 2);
    t.noMatch(front.text, token);

    let inbox;
    const end = Date.now() + 10_000;
    do {
      inbox = await read(t, server, `/feeds/notifications/${token}`);
    } while ((inbox.rss.items ?? []).length < 2 && Date.now() < end);
    t.equal(
      inbox.rss.items?.map((item) => item.title).sort(),
      ["Private message from bob", "Reply from bob"],
    );
    t.match(inbox.text, "&lt;em&gt;said&lt;/em&gt;");
    t.equal(inbox.rss.link, `${server.url}/notifications`);
    await ok(alice.removePost({ post_id, removed: true, reason: "off topic" }));
    const modlog = await read(t, server, `/feeds/modlog/${token}`);
    t.equal(modlog.rss.title, "alice - Modlog");
    t.equal(
      modlog.rss.items?.map((item) => item.title),
      [`Removed post “Hello & "welcome" <b>”`],
    );
    t.equal(modlog.rss.items?.[0].description, "off topic");
    t.equal(modlog.rss.items?.[0].dc?.creators, [`${server.url}/u/alice`]);
    // Old clients send their session.
    await read(t, server, `/feeds/front/${jwt}`);
    const moved = await fetch(`${server.url}/feeds/inbox/${token}.xml`, {
      redirect: "manual",
    });
    t.equal(
      [moved.status, moved.headers.get("location")],
      [302, `/feeds/notifications/${token}.xml`],
    );
    // The token reads feeds and opens nothing else.
    const status = async (path: string, headers: HeadersInit = {}) => {
      const response = await fetch(server.url + path, { headers });
      await response.body?.cancel();
      return response.status;
    };
    t.equal(
      await status("/api/v4/account", { authorization: `Bearer ${token}` }),
      401,
    );
    const rotated = await fetch(`${server.url}/settings/feeds`, {
      method: "POST",
      redirect: "manual",
      headers: {
        cookie: `jwt=${jwt}`,
        "sec-fetch-site": "same-origin",
        "content-type": "application/x-www-form-urlencoded",
      },
      body: "rotate=true",
    });
    await rotated.body?.cancel();
    t.equal(rotated.status, 303);
    t.notEqual(await tokenOf(), token);
    const old = await fetch(`${server.url}/feeds/front/${token}.xml`);
    t.equal([old.status, (await old.json()).error], [400, "not_logged_in"]);
    // A private site's members keep their feeds.
    await ok(server.admin.editSite({ private_instance: true }));
    await read(t, server, `/feeds/front/${await tokenOf()}`);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("pages name their feeds, and the usual addresses lead to them", async (t) => {
  const server = await startSite();
  try {
    await scene(server);
    const page = async (path: string) =>
      await (await fetch(server.url + path)).text();
    const front = await page("/");
    t.match(front, 'type="application/rss+xml"');
    t.match(front, 'href="/feeds/local.xml"');
    t.match(front, 'href="/feeds/all.atom"');
    t.match(front, 'href="/feeds/local.xml?sort=active"');
    t.match(await page("/c/birds"), 'href="/feeds/c/birds.atom"');
    t.match(await page("/u/alice"), 'href="/feeds/u/alice.xml"');
    for (
      const [path, to] of [
        ["/feed", "/feeds/local.xml"],
        ["/.rss", "/feeds/local.xml"],
        ["/c/birds/feed", "/feeds/c/birds.xml"],
        ["/c/birds.rss?sort=new", "/feeds/c/birds.xml?sort=new"],
        ["/u/alice.rss", "/feeds/u/alice.xml"],
        ["/m/flock/feed", "/feeds/m/flock.xml"],
      ]
    ) {
      const response = await fetch(server.url + path, { redirect: "manual" });
      await response.body?.cancel();
      t.equal(
        [response.status, response.headers.get("location")],
        [302, to],
        path,
      );
    }
  } finally {
    await server.close();
  }
});
