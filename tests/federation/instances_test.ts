/** What is known of other servers: what they run, that they live, how they want to be asked. */
import { fetchObject } from "../../lib/federation/fetch.ts";
import {
  checkInstances,
  ensureInstance,
  markAlive,
} from "../../lib/federation/instances.ts";
import { test } from "../harness.ts";
import { makeSender } from "../support/deliveries.ts";
import { federationSite } from "../support/federation.ts";
import { activityJson, startPeer } from "../support/peer.ts";

test("a server gets to be known once, at the end of the log, and is asked what it runs", async (t) => {
  const site = await federationSite();
  const { sql } = site.job;
  const peer = startPeer((request, name, peer) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/.well-known/nodeinfo") {
      if (name === "broken") return new Response("", { status: 500 });
      if (name === "odd") return new Response("[[[");
      const rel = "http://nodeinfo.diaspora.software/ns/schema/";
      return Response.json({
        links: [
          null,
          { rel: `${rel}1.0`, href: peer.url(name, "/old") },
          {
            rel: `${rel}2.1`,
            href: name === "inner"
              ? "http://10.0.0.1/nodeinfo"
              : peer.url(name, "/nodeinfo/2.1"),
          },
        ],
      });
    }
    return Response.json({
      software: { name: "lemmy", version: "0.19.9\u0000" + "x".repeat(500) },
    });
  });
  try {
    const sender = await makeSender(site.job);
    await sender.append([{}, {}]);
    const ctx = await site.context();
    const id = await ensureInstance(ctx, "Well.localhost");
    t.equal(
      await Promise.all(
        ["well.localhost", "WELL.localhost"].map((domain) =>
          ensureInstance(ctx, domain)
        ),
      ),
      [id, id],
    );
    const [{ last_successful_id }] = await sql`
      select last_successful_id from federation_queue_state where instance_id = ${id}`;
    t.equal(last_successful_id, 2);

    // In test mode a server's port is known from its actors alone.
    for (const name of ["well", "broken", "odd", "inner"]) {
      const instance = await ensureInstance(ctx, `${name}.localhost`);
      await sql`insert into person (name, ap_id, inbox_url, instance_id, public_key, local)
        values ('mia', ${peer.url(name, "/u/mia")}, ${
        peer.url(name, "/inbox")
      }, ${instance}, 'key', false)`;
    }
    await checkInstances(site.job);
    const known = async () =>
      await sql`select domain, software, left(version, 6) as version, length(version) as length,
          updated_at is not null as alive
        from instance where domain like '%.localhost' and domain <> 'tundra.localhost'
        order by domain`;
    const nothing = { software: null, version: null, length: null };
    t.equal([...await known()].map((row) => ({ ...row })), [
      { domain: "broken.localhost", ...nothing, alive: false },
      { domain: "inner.localhost", ...nothing, alive: true },
      { domain: "odd.localhost", ...nothing, alive: true },
      {
        domain: "well.localhost",
        software: "lemmy",
        version: "0.19.9",
        length: 100,
        alive: true,
      },
    ]);
    const asked = peer.requests.length;
    t.equal(await checkInstances(site.job), false);
    t.equal(peer.requests.length, asked, "once a day is enough");

    await sql`update instance set updated_at = now() - interval '2 hours'`;
    await markAlive(ctx, id);
    const age = async () =>
      (await sql`select extract(epoch from now() - updated_at)::int4 as age
        from instance where id = ${id}`)[0].age;
    t.ok(await age() > 7000, "written down once a day");
    await sql`update instance set updated_at = now() - interval '4 days'`;
    await markAlive(ctx, id);
    t.ok(await age() < 100);
  } finally {
    await peer.stop();
    await site.close();
  }
});

test("the scheme that a server wants signatures in is learned", async (t) => {
  const site = await federationSite();
  const peer = startPeer((request, name, peer) => {
    const modern = request.headers.has("signature-input");
    const taken = name === "modern" ? modern : name === "old" ? !modern : false;
    const { pathname } = new URL(request.url);
    return taken
      ? activityJson({ id: peer.url(name, pathname) })
      : new Response("", { status: 401 });
  });
  try {
    const ctx = await site.context();
    const id = await ensureInstance(ctx, "modern.localhost");
    const fetch = (name: string, path: string) =>
      fetchObject(ctx, peer.url(name, path));
    const asked = (name: string) =>
      peer.requests.filter((line) => line.startsWith(`GET ${name} `)).length;
    await fetch("modern", "/1");
    t.equal(asked("modern"), 2);
    await fetch("modern", "/2");
    t.equal(asked("modern"), 3);
    const [{ signature_scheme }] = await site.job.sql`
      select signature_scheme from instance where id = ${id}`;
    t.equal(signature_scheme, "rfc9421");
    await fetch("old", "/1");
    t.equal(asked("old"), 1);
    for (const path of ["/1", "/2", "/3"]) {
      await t.throws(() => fetch("refuses", path), "fetch_failed");
    }
    t.equal(asked("refuses"), 4, "both are tried once only");
  } finally {
    await peer.stop();
    await site.close();
  }
});
