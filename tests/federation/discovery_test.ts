import type { Ctx } from "../../lib/domain/context.ts";
import { getCommunity } from "../../lib/domain/community/view.ts";
import { getPerson } from "../../lib/domain/person/view.ts";
import { resolveObject } from "../../lib/domain/search/resolve.ts";
import { search } from "../../lib/domain/search/search.ts";
import { forgetFederationLists } from "../../lib/domain/instance/federation_lists.ts";
import { RemoteObjects } from "../../lib/federation/remote_objects.ts";
import { test } from "../harness.ts";
import { Neighbour } from "../support/neighbour.ts";
import { noteOf, Remote } from "../support/remote.ts";
import { until } from "../support/until.ts";
import { ok, startSite } from "../clients/api_server.ts";
import {
  banned,
  onSite,
  outcome,
  sharedSite,
  type Site,
  sql,
} from "../unit/domain/support.ts";

/** How members find what other servers have (federation §7.1). */

const site = sharedSite();
const remoteObjects = new RemoteObjects();
let started: Remote | undefined;
let member: Promise<Ctx> | undefined;
Deno.test.afterAll(async () => {
  await remoteObjects.close();
  await started?.close();
});

async function stage(): Promise<
  { of: Site; remote: Remote; mia: Ctx; anonymous: Ctx }
> {
  const of = await site();
  const remote = started ??= new Remote();
  const here = { outgoing: remote.client, remote: remoteObjects };
  const mia = await of.refresh(await (member ??= of.signUp("mia")));
  return {
    of,
    remote,
    mia: { ...mia, ...here },
    anonymous: { ...await of.anonymous(), ...here },
  };
}

/** Lets a host answer WebFinger: persons first, communities last, as Lemmy does. */
function names(remote: Remote, host: string, name: string, ids: string[]) {
  remote.answers.set(
    `https://${host}/.well-known/webfinger?resource=acct:${name}@${host}`,
    () =>
      Response.json({
        subject: `acct:${name}@${host}`,
        links: [
          {
            rel: "http://webfinger.net/rel/profile-page",
            type: "text/html",
            href: ids[0],
          },
          ...ids.map((href) => ({
            rel: "self",
            type: "application/activity+json",
            href,
          })),
        ],
      }, { headers: { "content-type": "application/jrd+json" } }),
  );
}

async function resolved(ctx: Ctx, q: string): Promise<string> {
  const view = await resolveObject(ctx, q);
  switch (view.type_) {
    case "post":
      return `post ${view.post.ap_id}`;
    case "comment":
      return `comment ${view.comment.ap_id}`;
    case "person":
      return `person ${view.person.ap_id}`;
    case "community":
      return `community ${view.community.ap_id}`;
    case "multi_community":
      return `multi_community ${view.multi.ap_id}`;
  }
}

/** The text that goes with a failed look-up. */
async function failure(ctx: Ctx, q: string): Promise<string | undefined> {
  try {
    return await resolved(ctx, q);
  } catch (error) {
    const { code, detail } = error as { code: string; detail?: string };
    return code === "resolve_object_failed" ? detail : code;
  }
}

test("a name leads members to the actor of the kind that its sign asks for", async (t) => {
  const { remote, mia } = await stage();
  const person = "https://names.test/u/owl";
  const community = "https://names.test/c/owl";
  remote.person(person);
  remote.group(community);
  names(remote, "names.test", "owl", [person, community]);
  t.equal(await resolved(mia, "@owl@names.test"), `person ${person}`);
  t.equal(await resolved(mia, "!Owl@Names.test"), `community ${community}`);
  const asked = remote.asked.length;
  t.equal(await resolved(mia, "owl@names.test"), `person ${person}`);
  t.equal(remote.asked.length, asked, "what is known is not asked for");

  // A sign that does not fit is no obstacle.
  remote.group("https://names.test/c/lark");
  names(remote, "names.test", "lark", ["https://names.test/c/lark"]);
  t.equal(
    await resolved(mia, "@lark@names.test"),
    "community https://names.test/c/lark",
  );
});

test("an address leads members to what it names, and a page of ours to the object itself", async (t) => {
  const { remote, mia, of } = await stage();
  const host = "https://things.test";
  remote.person(`${host}/u/ann`);
  remote.group(`${host}/c/owls`);
  remote.page(`${host}/post/1`, `${host}/u/ann`, `${host}/c/owls`);
  remote.put(noteOf(`${host}/comment/2`, `${host}/u/ann`, `${host}/post/1`));
  remote.group(`${host}/c/other`);
  remote.put({
    type: "Feed",
    id: `${host}/m/list`,
    preferredUsername: "list",
    attributedTo: `${host}/u/ann`,
    inbox: `${host}/inbox`,
    following: `${host}/m/list/following`,
    publicKey: {
      id: `${host}/#main-key`,
      owner: host,
      publicKeyPem: "-----BEGIN PUBLIC KEY-----\n",
    },
  });
  remote.put({
    type: "Collection",
    id: `${host}/m/list/following`,
    items: [`${host}/c/owls`, `${host}/c/none`, `${host}/c/other`],
  });
  // Another server keeps a copy: it sends on to the original.
  remote.answers.set("https://copies.test/post/77", () =>
    new Response(null, {
      status: 308,
      headers: { location: `${host}/post/1` },
    }));
  t.equal(
    await resolved(mia, `${host}/comment/2`),
    `comment ${host}/comment/2`,
  );
  t.equal(
    await resolved(mia, "https://copies.test/post/77"),
    `post ${host}/post/1`,
  );
  t.equal(await resolved(mia, `${host}/u/ANN`), `person ${host}/u/ann`);
  t.equal(
    await resolved(mia, `${host}/m/list`),
    `multi_community ${host}/m/list`,
  );
  const entries = await sql<{ ap_id: string }>(
    of,
    `select c.ap_id from multi_community_entry e join community c on c.id = e.community_id
     join multi_community m on m.id = e.multi_community_id where m.ap_id = $1 order by c.id`,
    `${host}/m/list`,
  );
  t.equal(entries.map((row) => row.ap_id), [
    `${host}/c/owls`,
    `${host}/c/other`,
  ], "the list is stored as far as it can be had");
  const { origin } = mia.config;
  const [{ post, comment }] = await sql<{ post: number; comment: number }>(
    of,
    `select p.id as post, c.id as comment from post p join comment c on c.post_id = p.id
     where p.ap_id = $1`,
    `${host}/post/1`,
  );
  t.equal(
    await resolved(mia, `${origin}/post/${post}`),
    `post ${host}/post/1`,
  );
  t.equal(
    await resolved(mia, `${origin}/comment/${comment}`),
    `comment ${host}/comment/2`,
  );
  t.equal(
    await resolved(mia, `${origin}/c/owls@things.test`),
    `community ${host}/c/owls`,
  );
  t.equal(
    await resolved(mia, `${origin}/m/list@things.test`),
    `multi_community ${host}/m/list`,
  );
  const found = await search(mia, { search_term: `${host}/post/1` });
  t.equal(found.resolve?.type_, "post");
  const nothing = await search(mia, { search_term: "owl@no-such-host.test" });
  t.equal(nothing.resolve, null, "a search goes on without what is not found");
});

test("visitors, banned members and sites that do not federate cause no request", async (t) => {
  const { remote, mia, anonymous } = await stage();
  const id = "https://quiet.test/c/owls";
  remote.group(id);
  names(remote, "quiet.test", "owls", [id]);
  const off = onSite(mia, { federation_enabled: false });
  const asked = remote.asked.length;
  for (const ctx of [anonymous, banned(mia), off]) {
    for (const q of [id, "!owls@quiet.test", "owls@quiet.test"]) {
      t.equal(await outcome(resolveObject(ctx, q)), "resolve_object_failed", q);
    }
    t.equal(
      await outcome(getCommunity(ctx, { name: "owls@quiet.test" })),
      "not_found",
    );
  }
  t.equal(remote.asked.length, asked);
  for (const q of [id, "!owls@quiet.test"]) {
    t.equal(await failure(off, q), "Federation disabled");
  }
  const { community_view } = await getCommunity(mia, {
    name: "Owls@quiet.test",
  });
  t.equal(community_view.community.ap_id, id, "members are led there");
  t.equal(await resolved(anonymous, id), `community ${id}`, "known by now");
  const refused = onSite(anonymous, { private_instance: true });
  t.equal(await outcome(resolveObject(refused, id)), "instance_is_private");
  t.equal(
    await outcome(getPerson(mia, { username: "owls@quiet.test" })),
    "not_found",
    "a community is no person",
  );
});

test("a failed look-up says why", async (t) => {
  const { remote, mia, of } = await stage();
  const host = "https://reasons.test";
  remote.person(`${host}/u/ann`);
  remote.group(`${host}/c/owls`);
  remote.group(`${host}/c/nsfw`, { sensitive: true });
  remote.page(`${host}/post/1`, `${host}/u/ann`, `${host}/c/owls`, {
    sensitive: true,
  });
  remote.answers.set(`${host}/gone`, () => new Response(null, { status: 410 }));
  remote.answers.set(`${host}/page`, () => new Response("<html>"));
  const strict = onSite(mia, { nsfw_content_disallowed: true });
  t.equal(await failure(strict, `${host}/post/1`), "NsfwNotAllowed");
  t.match(String(await failure(mia, `${host}/none`)), "not_found");
  t.match(String(await failure(mia, `${host}/gone`)), "deleted");
  t.match(String(await failure(mia, `${host}/page`)), "wrong_content_type");
  t.match(String(await failure(mia, "@nobody@reasons.test")), "not_found");
  t.match(
    String(await failure(mia, `${mia.config.origin}/u/no-such-person`)),
    "not_found",
  );
  t.equal(await failure(mia, "https://127.0.0.1/c/x") !== undefined, true);
  await sql(
    of,
    `with i as (insert into instance (domain) values ('refused.test') returning id)
     insert into federation_blocklist (instance_id) select id from i`,
  );
  forgetFederationLists(mia);
  t.equal(
    await failure(mia, "https://refused.test/c/x"),
    'Domain "refused.test" is blocked',
  );
  t.equal(
    await failure(mia, "!x@refused.test"),
    'Domain "refused.test" is blocked',
  );
  const removed = `${host}/c/owls`;
  t.equal(await resolved(mia, removed), `community ${removed}`);
  await sql(
    of,
    "update community set removed = true where ap_id = $1",
    removed,
  );
  t.equal(await failure(mia, removed), "not_found", "hidden as everywhere");
});

test("an actor that is a day old is fetched anew when a member looks at it", async (t) => {
  const { remote, mia, anonymous, of } = await stage();
  const id = "https://old.test/u/ann";
  remote.person(id, { name: "Before" });
  await resolved(mia, id);
  remote.person(id, { name: "After" });
  const named = async () =>
    (await sql<{ display_name: string }>(
      of,
      "select display_name from person where ap_id = $1",
      id,
    ))[0].display_name;
  await getPerson(mia, { username: "ann@old.test" });
  await sql(
    of,
    "update person set last_refreshed_at = now() - interval '25 hours' where ap_id = $1",
    id,
  );
  const asked = remote.asked.length;
  await getPerson(anonymous, { username: "ann@old.test" });
  t.equal(remote.asked.length, asked, "visitors cause no request");
  t.equal(await named(), "Before");
  const { person_view } = await getPerson(mia, { username: "ann@old.test" });
  t.equal(person_view.person.display_name, "Before", "nobody waits for it");
  t.equal(await until(named, (name) => name === "After"), "After");
});

test("clients and pages of a site in the test mode find a community, and its posts follow", async (t) => {
  const server = await startSite({ env: { LEMMY_TEST_FAST_FEDERATION: "1" } });
  const far = new Neighbour("finds", server.url);
  try {
    const birds = far.group("birds");
    const ann = far.person("ann");
    const page = far.page(ann, birds);
    far.put({
      id: far.url("/.well-known/webfinger"),
      links: [
        { rel: "self", type: "application/activity+json", href: birds },
      ],
    });
    const create = far.activity("Create", ann, page, birds);
    far.put({
      type: "OrderedCollection",
      id: `${birds}/outbox`,
      orderedItems: [far.announce(birds, create)],
    });
    const handle = `birds@${new URL(birds).host}`;
    const { admin } = server;
    const found = await ok(admin.resolveObject({ q: `!${handle}` }));
    t.equal(found.type_ === "community" && found.community.ap_id, birds);
    const { items } = await until(
      () => ok(admin.getPosts({ community_name: handle })),
      ({ items }) => items.length > 0,
    );
    t.equal(items[0].post.ap_id, page.id);
    const html = await fetch(`${server.url}/c/${handle}`);
    t.equal(html.status, 200);
    t.match(await html.text(), String(page.name));

    // Other sites send their readers here, with the address of what they were looking at.
    const sent = async (uri: string, jwt?: string) => {
      const answer = await fetch(
        `${server.url}/activitypub/externalInteraction?uri=${
          encodeURIComponent(uri)
        }`,
        {
          redirect: "manual",
          headers: {
            accept: "text/html",
            ...jwt && { cookie: `jwt=${jwt}` },
          },
        },
      );
      return {
        status: answer.status,
        location: answer.headers.get("location"),
        html: await answer.text(),
      };
    };
    const jwt = server.adminJwt;
    t.match(String((await sent(birds)).location), "/login", "members only");
    t.match((await sent(birds, jwt)).html, `/c/${handle}/follow`);
    t.equal(
      (await sent(String(page.id), jwt)).location,
      `/post/${items[0].post.id}`,
    );
    const missing = await sent(far.url("/nothing"), jwt);
    t.equal(missing.status, 404);
    t.match(missing.html, `href="${far.url("/nothing")}"`);
    const script = await sent("javascript:alert(1)", jwt);
    t.equal(script.status, 404);
    t.noMatch(script.html, 'href="javascript');

    // Nothing is known of this one: the page's visitor brings it, as the test mode lets everybody.
    far.person("bob");
    far.put({
      id: far.url("/.well-known/webfinger"),
      links: [{
        rel: "self",
        type: "application/activity+json",
        href: far.url("/u/bob"),
      }],
    });
    const bob = await fetch(
      `${server.url}/u/bob@${new URL(birds).host}`,
    );
    t.equal(bob.status, 200);
    t.match(await bob.text(), "bob");
  } finally {
    await far.stop();
    await server.close();
  }
});
