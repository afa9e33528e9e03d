/** What is fetched of other servers, from hostile ones too, and what is refused. */
import {
  allowFederatedInstance,
  blockFederatedInstance,
} from "../../lib/domain/instance/lists.ts";
import type { Ctx } from "../../lib/domain/context.ts";
import { FetchBudget } from "../../lib/federation/context.ts";
import type { FederationError } from "../../lib/federation/errors.ts";
import { fetchObject, webfinger } from "../../lib/federation/fetch.ts";
import { nodeInfo } from "../../lib/federation/nodeinfo.ts";
import { checkUrl, isAllowedHost } from "../../lib/federation/policy.ts";
import { verifyRequest } from "../../lib/federation/signatures/verify.ts";
import { GuardedClient } from "../../lib/http/guarded_client.ts";
import { test } from "../harness.ts";
import { federationSite } from "../support/federation.ts";
import { activityJson, type Peer, startPeer } from "../support/peer.ts";
import { startRawPeer } from "../support/raw_peer.ts";

const site = await federationSite();
const ACTIVITY = "application/activity+json";

/** A server with an answer for each path. */
function hostile(publicKey: () => string) {
  let slow = 0;
  return startPeer(async (request, name, peer) => {
    const { pathname } = new URL(request.url);
    const id = peer.url(name, pathname);
    const body = (text: string, type = ACTIVITY) =>
      new Response(text, { headers: { "content-type": type } });
    const json = JSON.stringify({ id, type: "Note" });
    const to = (location: string, status = 302) =>
      new Response(null, { status, headers: { location } });
    switch (pathname) {
      case "/note":
        return activityJson({ id, type: "Note" });
      case "/signed":
        await verifyRequest({
          method: request.method,
          path: pathname,
          headers: request.headers,
          body: "",
          publicKeyPem: publicKey(),
          now: new Date(),
        });
        return activityJson({
          id,
          accept: request.headers.get("accept"),
          agent: request.headers.get("user-agent"),
        });
      case "/slow":
        slow++;
        await new Promise((resolve) => setTimeout(resolve, 100));
        return activityJson({ id, slow });
      case "/ld":
        return body(
          json,
          'application/ld+json; profile="https://www.w3.org/ns/activitystreams"; charset=utf-8',
        );
      case "/charset":
        return body(json, "Application/Activity+JSON; Charset=UTF-8");
      case "/ld-without-profile":
        return body(json, "application/ld+json");
      case "/plain-json":
        return body(json, "application/json");
      case "/html":
        return body("<html>", "text/html");
      case "/moved":
        return to(peer.url(name, "/note"), 308);
      case "/moved-twice":
        return to(peer.url(name, "/moved"));
      case "/loop":
        return to(peer.url(name, "/loop"));
      case "/to-relative":
        return to("/note");
      case "/to-ours":
        return to(`${site.job.config.origin}/post/1`);
      case "/to-file":
        return to("file:///etc/passwd");
      case "/to-blocked":
        return to(peer.url("blocked", "/note"));
      case "/alias":
        return activityJson({ id: peer.url(name, "/note") });
      case "/alias-of-alias":
        return activityJson({ id: peer.url(name, "/alias") });
      case "/foreign":
        return activityJson({ id: peer.url("other", "/note") });
      case "/without-id":
        return activityJson({ type: "Note" });
      case "/number-id":
        return activityJson({ id: 7 });
      case "/array":
        return activityJson([{ id }]);
      case "/garbage":
        return body("{".repeat(20) + "\u0000\uffff");
      case "/deep":
        return body(
          `{"id":"${id}","a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`,
        );
      case "/gone":
        return activityJson({ id, type: "Tombstone" }, 410);
      case "/large":
        return new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
          }),
          { headers: { "content-type": ACTIVITY } },
        );
      case "/declared-large":
        return body(JSON.stringify({ id, x: "x".repeat(1_100_000) }));
      default: {
        const status = Number(pathname.slice(1));
        return new Response("", { status: status || 404 });
      }
    }
  });
}

test("documents are fetched by their ids, and everything else is refused", async (t) => {
  const first = await site.context();
  const [{ public_key }] = await site.job.sql`select public_key from site`;
  const peer = hostile(() => public_key);
  try {
    const url = (path: string, name = "a") => peer.url(name, path);
    const fetch = async (path: string, name?: string) =>
      await fetchObject(await site.context(), url(path, name));

    for (const path of ["/note", "/ld", "/charset"]) {
      t.equal((await fetch(path)).json.id, url(path));
    }
    const { json } = await fetch("/signed");
    t.equal(json.accept, ACTIVITY);
    t.match(json.agent as string, /^Tundra\/[\d.]+; \+http/);
    for (const path of ["/moved", "/alias"]) {
      const found = await fetch(path);
      t.equal([found.url, found.json.id], [url("/note"), url("/note")], path);
    }

    const refused: [path: string, code: string, transient?: boolean][] = [
      ["/ld-without-profile", "wrong_content_type"],
      ["/plain-json", "wrong_content_type"],
      ["/html", "wrong_content_type"],
      ["/moved-twice", "fetch_failed"],
      ["/loop", "fetch_failed"],
      ["/to-relative", "invalid_url"],
      ["/to-file", "invalid_url"],
      ["/to-ours", "local_object"],
      ["/alias-of-alias", "wrong_object_id"],
      ["/foreign", "wrong_object_id"],
      ["/without-id", "wrong_object_id"],
      ["/number-id", "wrong_object_id"],
      ["/array", "unreadable"],
      ["/garbage", "unreadable"],
      ["/deep", "unreadable"],
      ["/gone", "deleted"],
      ["/404", "not_found"],
      ["/large", "fetch_failed"],
      ["/declared-large", "fetch_failed"],
      ["/400", "fetch_failed"],
      ["/401", "fetch_failed"],
      ["/408", "fetch_failed", true],
      ["/429", "fetch_failed", true],
      ["/500", "fetch_failed", true],
      ["/503", "fetch_failed", true],
    ];
    for (const [path, code, transient = false] of refused) {
      const error = await t.throws(() => fetch(path), code) as FederationError;
      t.equal(error.transient, transient, path);
    }
    for (
      const address of [
        "https://127.0.0.1/note",
        "https://[::1]/note",
        "file:///etc/passwd",
        "ftp://a.localhost/note",
        "data:application/activity+json,{}",
        "https://user:secret@a.localhost/",
        "https://under_score.example/",
        "nonsense",
      ]
    ) {
      await t.throws(() => fetchObject(first, address), "invalid_url");
    }
    await t.throws(
      () => fetchObject(first, `${site.job.config.origin}/post/1`),
      "local_object",
    );
    await peer.stop();
    const down = await t.throws(() => fetch("/note")) as FederationError;
    t.equal([down.code, down.transient], ["fetch_failed", true]);
  } finally {
    await peer.stop();
  }
});

test("servers that hang, or send a byte a second, are left after ten seconds", async (t) => {
  const { promise: never, resolve: end } = Promise.withResolvers<void>();
  const peer = startPeer(async (request) => {
    if (new URL(request.url).pathname === "/hangs") await never;
    return new Response(
      new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 1000));
          controller.enqueue(new TextEncoder().encode(" "));
        },
      }),
      { headers: { "content-type": ACTIVITY } },
    );
  });
  try {
    const ctx = await site.context();
    const start = performance.now();
    await Promise.all(["/hangs", "/drips"].map(async (path) => {
      const error = await t.throws(() =>
        fetchObject(ctx, peer.url("a", path))
      ) as FederationError;
      t.equal([error.code, error.transient], ["fetch_failed", true]);
    }));
    t.ok(performance.now() - start < 12_000);
  } finally {
    end();
    await peer.stop();
  }
});

test("what answers with anything but HTTP is asked again later", async (t) => {
  const peer = startRawPeer(async (connection) => {
    await connection.write(new TextEncoder().encode("220 mail here\r\n"));
  });
  try {
    const ctx = await site.context();
    const error = await t.throws(() =>
      fetchObject(ctx, peer.url("a", "/note"))
    ) as FederationError;
    t.equal([error.code, error.transient], ["fetch_failed", true]);
  } finally {
    await peer.stop();
  }
});

test("fetches of one document at a time are one, and each look-up has its budget", async (t) => {
  const peer = hostile(() => "");
  try {
    const ctx = await site.context();
    const found = await Promise.all(
      Array.from({ length: 5 }, () => fetchObject(ctx, peer.url("a", "/slow"))),
    );
    t.equal(found.map(({ json }) => json.slow), [1, 1, 1, 1, 1]);
    t.notEqual(found[0].json === found[1].json, true);
    t.equal((await fetchObject(ctx, peer.url("a", "/slow"))).json.slow, 2);

    const poor = { ...ctx, budget: new FetchBudget(2) };
    await fetchObject(poor, peer.url("a", "/moved"));
    const asked = peer.requests.length;
    await t.throws(
      () => fetchObject(poor, peer.url("a", "/note")),
      "request_limit",
    );
    t.equal(peer.requests.length, asked);
  } finally {
    await peer.stop();
  }
});

test("blocked servers are not asked, nor any when federation is off", async (t) => {
  const peer = hostile(() => "");
  try {
    const add = (instance: string) =>
      site.job
        .sql`insert into instance (domain) values (${instance}) returning id`;
    const [{ id }] = await add("blocked.localhost");
    await site.job
      .sql`insert into federation_blocklist (instance_id) values (${id})`;
    const ctx = await site.context();
    const asked = peer.requests.length;
    const error = await t.throws(
      () => fetchObject(ctx, peer.url("BLOCKED", "/note")),
      "domain_blocked",
    ) as FederationError;
    t.equal(error.detail, 'Domain "blocked.localhost" is blocked');
    t.equal(peer.requests.length, asked);
    await t.throws(
      () => fetchObject(ctx, peer.url("a", "/to-blocked")),
      "domain_blocked",
    );
    t.ok(!await isAllowedHost(ctx, "blocked.localhost."));
    t.ok(await isAllowedHost(ctx, "sub.blocked.localhost"));

    await site.job.sql`update federation_blocklist set expires_at = now()`;
    t.ok(await isAllowedHost(ctx, "blocked.localhost"));
    await site.job.sql`delete from federation_blocklist`;
    await site.job
      .sql`insert into federation_allowlist (instance_id) values (${id})`;
    await t.throws(
      () => fetchObject(ctx, peer.url("a", "/note")),
      "domain_not_in_allow_list",
    );
    t.ok(await isAllowedHost(ctx, "blocked.localhost"));
    await site.job.sql`delete from federation_allowlist`;

    await site.job.sql`update local_site set federation_enabled = false`;
    const off = await site.context();
    await t.throws(
      () => fetchObject(off, peer.url("a", "/note")),
      "federation_disabled",
    );
    t.ok((await checkUrl(off, `${off.config.origin}/u/x`)).href);
  } finally {
    await site.job.sql`update local_site set federation_enabled = true`;
    await peer.stop();
  }
});

test("an admin's change of the lists holds at once where it was made", async (t) => {
  const production = await federationSite({ production: true });
  try {
    const ctx = await production.context();
    const admin: Ctx = {
      ...ctx,
      viewer: {
        person: { id: ctx.site.systemAccountId },
        local_user: { admin: true },
      } as never,
    };
    const change = { instance: "Peer.Example", reason: "spam" };
    await checkUrl(ctx, "https://peer.example/u/x");
    await blockFederatedInstance(admin, { ...change, block: true });
    await t.throws(
      () => checkUrl(ctx, "https://PEER.example./u/x"),
      "domain_blocked",
    );
    await blockFederatedInstance(admin, { ...change, block: false });
    await checkUrl(ctx, "https://peer.example/u/x");
    await allowFederatedInstance(admin, { ...change, allow: true });
    await t.throws(
      () => checkUrl(ctx, "https://other.example/u/x"),
      "domain_not_in_allow_list",
    );
    // Outside of the test mode there is https without a port, and nothing else.
    for (
      const address of [
        "http://peer.example/u/x",
        "https://peer.example:8443/u/x",
      ]
    ) await t.throws(() => checkUrl(ctx, address), "invalid_url");
  } finally {
    await production.close();
  }
});

test("outside of the test mode no name leads to this machine or its network", async (t) => {
  const production = await federationSite({ production: true });
  const outgoing = new GuardedClient({
    userAgent: "test",
    lookup: (host, _, callback) =>
      callback(null, [{
        address: host.startsWith("own") ? "127.0.0.1" : "10.0.0.1",
        family: 4,
      }]),
  });
  try {
    const ctx = { ...await production.context(), outgoing };
    for (const host of ["own.example", "inner.example"]) {
      for (
        const ask of [
          () => fetchObject(ctx, `https://${host}/u/x`),
          () => webfinger(ctx, "x", host),
          () => nodeInfo(ctx, `https://${host}`),
        ]
      ) {
        const error = await t.throws(ask, "fetch_failed") as FederationError;
        t.equal(error.transient, false);
        t.match(error.detail!, "no public address");
      }
    }
  } finally {
    await outgoing.close();
    await production.close();
  }
});

test("names are asked for by WebFinger, the last link first", async (t) => {
  const peer: Peer = startPeer((request, name) => {
    const resource = new URL(request.url).searchParams.get("resource")!;
    const user = resource.match(/^acct:(.*)@/)![1];
    if (user === "nobody") return new Response("", { status: 404 });
    if (user === "old") {
      return new Response(null, {
        status: 301,
        headers: { location: peer.url(name, "/webfinger?resource=acct:x@y") },
      });
    }
    const link = (type: string, path: string) => ({
      rel: "self",
      type,
      href: peer.url(name, path),
    });
    return Response.json({
      subject: resource,
      links: user === "page" ? [link("text/html", "/")] : [
        link("text/html", "/@x"),
        link(ACTIVITY, `/u/${user}`),
        { rel: "subscribe", template: "…" },
        link(ACTIVITY, `/c/${user}`),
        { type: ACTIVITY },
        null,
      ],
    });
  });
  try {
    const ctx = await site.context();
    const at = peer.host("a");
    t.equal(await webfinger(ctx, "cats", at), [
      peer.url("a", "/c/cats"),
      peer.url("a", "/u/cats"),
    ]);
    t.equal(peer.requests, [
      `GET a /.well-known/webfinger?resource=acct:cats@${at}`,
    ]);
    t.equal((await webfinger(ctx, "кошки", at)).length, 2);
    t.equal((await webfinger(ctx, "old", at)).length, 2);
    await t.throws(() => webfinger(ctx, "nobody", at), "not_found");
    await t.throws(() => webfinger(ctx, "page", at), "not_found");
    await t.throws(() => webfinger(ctx, "x", "a/b"), "invalid_url");
    await t.throws(() => webfinger(ctx, "x", "a@b"), "invalid_url");
  } finally {
    await peer.stop();
  }
});
