import { VERSION } from "../../lib/config/mod.ts";
/** What machines find out about the site by. */
import { XMLValidator } from "fast-xml-parser";
import { join } from "node:path";
import { ok, startSite } from "../clients/api_server.ts";
import { test } from "../harness.ts";

test("nodeinfo tells what the server is and who uses it", async (t) => {
  const server = await startSite();
  try {
    const get = (path: string) =>
      fetch(server.url + path, { redirect: "manual" });
    const links = await get("/.well-known/nodeinfo");
    t.equal(links.headers.get("cache-control"), "public, max-age=259200");
    t.equal(await links.json(), {
      links: [{
        rel: "http://nodeinfo.diaspora.software/ns/schema/2.1",
        href: `${server.url}/nodeinfo/2.1`,
      }],
    });
    const info = await get("/nodeinfo/2.1");
    t.equal(info.headers.get("cache-control"), "public, max-age=3600");
    const { software, usage, ...rest } = await info.json();
    t.equal(software.name, "lemmy");
    t.match(software.version, /^1\.0\.0\+tundra\.\d+\.\d+\.\d+$/);
    t.equal(usage.users.total, 1);
    t.equal(rest, {
      version: "2.1",
      protocols: ["activitypub"],
      openRegistrations: true,
      services: { inbound: [], outbound: [] },
      metadata: { software: { name: "Tundra", version: VERSION } },
    });
    const older = await (await get("/nodeinfo/2.0")).json();
    t.equal(older.version, "2.0");
    t.equal(Object.keys(older.software), ["name", "version"]);
    for (
      const path of ["/version", "/nodeinfo/2.0.json", "/nodeinfo/2.1.json"]
    ) {
      const moved = await get(path);
      await moved.body?.cancel();
      t.equal(
        [moved.status, moved.headers.get("location")],
        [307, "/nodeinfo/2.1"],
      );
    }
    await ok(server.admin.editSite({ registration_mode: "closed" }));
    t.equal(
      (await (await get("/nodeinfo/2.1")).json()).openRegistrations,
      false,
    );
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("webfinger finds people and communities by name", async (t) => {
  const server = await startSite();
  try {
    const host = new URL(server.url).host;
    const alice = server.client(await server.signUp("alice"));
    await ok(alice.createCommunity({ name: "alice" }));
    const { community_view } = await ok(
      alice.createCommunity({ name: "here", visibility: "local_only_public" }),
    );
    t.ok(community_view.community.id);
    const get = async (query: string) => {
      const response = await fetch(
        `${server.url}/.well-known/webfinger${query}`,
      );
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: text === "" ? null : JSON.parse(text),
      };
    };
    const both = await get(`?resource=acct:Alice@${host}`);
    t.equal(both.status, 200);
    t.equal(both.headers.get("content-type"), "application/jrd+json");
    t.equal(both.headers.get("cache-control"), "public, max-age=259200");
    t.equal(both.headers.get("access-control-allow-origin"), "*");
    t.equal(both.json.subject, `acct:Alice@${host}`);
    const property = "https://www.w3.org/ns/activitystreams#type";
    t.equal(
      both.json.links.map((link: Record<string, unknown>) => [
        link.rel,
        link.href,
        (link.properties as Record<string, string> | undefined)?.[property],
      ]),
      [
        [
          "http://webfinger.net/rel/profile-page",
          `${server.url}/u/alice`,
          undefined,
        ],
        ["self", `${server.url}/u/alice`, "Person"],
        ["http://ostatus.org/schema/1.0/subscribe", undefined, undefined],
        [
          "http://webfinger.net/rel/profile-page",
          `${server.url}/c/alice`,
          undefined,
        ],
        ["self", `${server.url}/c/alice`, "Group"],
      ],
    );
    t.equal(
      both.json.links[2].template,
      `${server.url}/activitypub/externalInteraction?uri={uri}`,
    );
    const site = await get(`?resource=acct:${host.split(":")[0]}@${host}`);
    t.equal(site.status, host.includes(":") ? 404 : 200);
    for (const name of ["nobody", "here"]) {
      const missing = await get(`?resource=acct:${name}@${host}`);
      t.equal([missing.status, missing.text], [404, ""], name);
      t.equal(missing.headers.get("cache-control"), "no-store");
    }
    for (
      const query of [
        "",
        "?resource=",
        "?resource=acct:alice@elsewhere.example",
        `?resource=https://${host}/u/alice`,
        `?resource=acct:al%20ice@${host}`,
      ]
    ) {
      const bad = await get(query);
      t.equal([bad.status, bad.json.error], [400, "unknown"], query);
    }
    await ok(server.admin.editSite({ federation_enabled: false }));
    t.equal((await get(`?resource=acct:alice@${host}`)).status, 404);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("robots and reporters read their texts, and the operator's instead", async (t) => {
  const server = await startSite();
  try {
    const text = async (path: string) => {
      const response = await fetch(server.url + path);
      t.equal(
        response.headers.get("content-type"),
        "text/plain; charset=utf-8",
      );
      return await response.text();
    };
    const robots = await text("/robots.txt");
    t.match(robots, "User-agent: *\nDisallow: /login\n");
    t.match(robots, "Crawl-delay: 60");
    t.match(robots, `Sitemap: ${server.url}/sitemap.xml`);
    const security = await text("/.well-known/security.txt");
    t.match(security, /^Contact: http/);
    const expires = /Expires: (.*)/.exec(security)![1];
    const days = (Date.parse(expires) - Date.now()) / 86_400_000;
    t.ok(days > 300 && days < 366, expires);
    await ok(server.admin.editSite({ private_instance: true }));
    t.equal(await text("/robots.txt"), "User-agent: *\nDisallow: /\n");
    await Deno.mkdir(server.dataDir, { recursive: true });
    await Deno.writeTextFile(
      join(server.dataDir, "robots.txt"),
      "User-agent: *\nAllow: /\n",
    );
    // The answer before is kept for a second.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    t.equal(await text("/robots.txt"), "User-agent: *\nAllow: /\n");
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("the sitemap lists what anybody may find", async (t) => {
  const server = await startSite();
  try {
    const alice = server.client(await server.signUp("alice"));
    const community = async (
      name: string,
      visibility: "public" | "unlisted" | "private",
    ) =>
      (await ok(alice.createCommunity({ name, visibility }))).community_view
        .community.id;
    const post = async (community_id: number, options = {}) =>
      (await ok(alice.createPost({ name: "A post", community_id, ...options })))
        .post_view.post;
    const open = await community("open", "public");
    const shown = await post(open);
    const deleted = await post(open);
    await ok(alice.deletePost({ post_id: deleted.id, deleted: true }));
    await post(open, {
      scheduled_publish_time_at: Math.floor(Date.now() / 1000) + 3600,
    });
    const old = await post(open);
    await server.database
      .sql`update post set published_at = now() - interval '40 days'
      where id = ${old.id}`;
    await post(await community("hidden", "unlisted"));
    await post(await community("closed", "private"));
    const response = await fetch(`${server.url}/sitemap.xml`);
    const text = await response.text();
    t.equal(response.headers.get("content-type"), "application/xml");
    t.equal(XMLValidator.validate(text), true);
    t.equal(
      [...text.matchAll(/<loc>(.*?)<\/loc>/g)].map(([, url]) => url),
      [shown.ap_id],
    );
    await ok(server.admin.editSite({ private_instance: true }));
    const closed = await fetch(`${server.url}/sitemap.xml`);
    t.equal([closed.status, (await closed.json()).error], [
      400,
      "instance_is_private",
    ]);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});
