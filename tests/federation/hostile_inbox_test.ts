/** Signed deliveries that no honest server makes: each is refused with its reason, at a bounded cost. */
import { gzipSync } from "node:zlib";
import { type Assertions, test } from "../harness.ts";
import {
  type Json,
  startTarget,
  type Target,
} from "../support/hostile_inbox.ts";
import { activityJson } from "../support/peer.ts";
import type { DeliveryOptions } from "../support/neighbour.ts";

const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";

interface Attack {
  name: string;
  activity: Json;
  options?: DeliveryOptions;
  /** What is said of it. */
  verdict: string | RegExp;
  /** Requests that it may cause; 10 if not given: objects, links, and actors and sites that are due. */
  fetches?: number;
}

/** Milliseconds that any of them may take, on a slow machine too. */
const PATIENCE_MS = 8000;

/** Makes all attacks, and says of each that went otherwise how. */
async function surprises(
  { attack: deliver }: Target,
  attacks: readonly Attack[],
): Promise<string[]> {
  const found: string[] = [];
  for (const { name, activity, options, verdict, fetches = 10 } of attacks) {
    const outcome = await deliver(activity, options);
    const fits = typeof verdict === "string"
      ? `${outcome.verdict}$`.startsWith(verdict)
      : verdict.test(outcome.verdict);
    if (!fits) found.push(`${name}: ${outcome.verdict.slice(0, 200)}`);
    if (outcome.fetches > fetches) {
      found.push(`${name}: ${outcome.fetches} fetches`);
    }
    if (outcome.milliseconds > PATIENCE_MS) {
      found.push(`${name}: ${Math.round(outcome.milliseconds)} ms`);
    }
  }
  return found;
}

/** Nested so deep, with an innermost value. */
function nested(depth: number, wrap: (inner: unknown) => unknown): Json {
  let value: unknown = "bottom";
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value as Json;
}

function forgedObjects(target: Target): Attack[] {
  const { site, far, near, cats, post, mia } = target;
  const create = (members: Json) =>
    far.activity("Create", mia, far.page(mia, cats, members), cats);
  const admin = `${site.url}/u/admin`;
  const guest = near.person("guest");
  return [
    {
      name: "author a number",
      activity: create({ attributedTo: 7 }),
      verdict: "failed unreadable: attributedTo",
    },
    {
      name: "author an empty list",
      activity: create({ attributedTo: [] }),
      verdict: "failed unreadable: attributedTo",
    },
    {
      name: "author an object",
      activity: create({ attributedTo: { type: "Person", id: mia } }),
      verdict: "failed unreadable: attributedTo",
    },
    {
      name: "author a list of numbers",
      activity: create({ attributedTo: [1, null, {}] }),
      verdict: "failed unreadable: attributedTo",
    },
    {
      name: "author one of ours",
      activity: create({ attributedTo: admin }),
      verdict: "failed wrong_host",
    },
    {
      name: "author one of ours, then the sender",
      activity: create({ attributedTo: [{ type: "Person", id: admin }] }),
      verdict: "failed wrong_host",
    },
    {
      name: "author of another server",
      activity: create({ attributedTo: guest }),
      verdict: "failed wrong_host",
    },
    {
      name: "id of a post of ours",
      activity: far.activity("Create", mia, {
        ...far.page(mia, cats),
        id: post,
        name: "Taken over",
      }, cats),
      verdict: /failed (?:wrong_host|not_a_moderator)/,
    },
    {
      name: "id of ours that is free",
      activity: far.activity("Create", mia, {
        ...far.page(mia, cats),
        id: `${site.url}/post/999`,
      }, cats),
      verdict: "failed wrong_host",
    },
    {
      name: "an edit of a post of ours",
      activity: far.activity("Update", mia, {
        ...far.page(mia, cats),
        id: post,
        name: "Taken over",
      }, cats),
      verdict: "failed not_a_moderator",
    },
    {
      name: "no id",
      activity: far.activity("Create", mia, {
        ...far.page(mia, cats),
        id: null,
      }, cats),
      verdict: "failed unreadable: id",
    },
    {
      name: "an id of 10 kB",
      activity: far.activity("Create", mia, {
        ...far.page(mia, cats),
        id: far.url("/" + "x".repeat(10_000)),
      }, cats),
      verdict: "failed unreadable: id",
    },
    {
      name: "an unknown platform's object",
      activity: far.activity("Create", mia, {
        type: "Hologram",
        id: far.url("/h/1"),
      }, cats),
      verdict: "failed unknown_activity: Create/Hologram",
    },
    {
      name: "a type of no name",
      activity: far.activity("Create", mia, {
        ...far.page(mia, cats),
        type: { toString: 1, valueOf: 1 },
      }, cats),
      verdict: "failed unknown_activity",
    },
    {
      name: "a type of 100 kB",
      activity: far.activity(
        "Create",
        mia,
        { type: "x".repeat(100_000) },
        cats,
      ),
      verdict: "failed unknown_activity: Create/$",
    },
    {
      name: "a type with NUL",
      activity: far.activity("Create", mia, { type: "a\0b" }, cats),
      verdict: "failed unknown_activity: Create/ab",
    },
    {
      name: "Undo of an Undo",
      activity: far.activity(
        "Undo",
        mia,
        far.activity("Undo", mia, far.activity("Like", mia, post)),
      ),
      verdict: "failed unknown_activity: Undo/Undo",
    },
    {
      name: "Announce of an Announce",
      activity: far.announce(
        mia,
        far.announce(mia, far.activity("Like", mia, post)),
      ),
      verdict: /failed (?:unknown_activity|wrong_community)/,
    },
    {
      name: "an activity in itself, 60 deep",
      activity: {
        ...nested(
          60,
          (object) => ({
            type: "Announce",
            id: far.url("/a/deep"),
            actor: mia,
            object,
          }),
        ),
      },
      verdict: /failed /,
    },
    {
      name: "an Announce of itself by its id",
      activity: selfAnnounce(target),
      verdict: /failed (?:wrong_community|unknown_activity)/,
    },
  ];
}

function selfAnnounce({ far, mia }: Target): Json {
  const activity = far.announce(mia, {});
  activity.object = activity.id;
  far.put(activity);
  return activity;
}

function forgedSenders(target: Target): Attack[] {
  const { site, far, near, cats, post, mia } = target;
  const app = far.actor("Application", "/", { name: "Far" });
  const victim = far.person("victim", {
    publicKey: {
      id: far.url("/u/victim#main-key"),
      owner: far.url("/u/victim"),
      publicKeyPem: near.publicKey,
    },
  });
  const oddKey = far.person("odd", {
    publicKey: { publicKeyPem: far.publicKey.replace("A", "A\0") },
  });
  const like = (actor: string) => far.activity("Like", actor, post);
  const smuggled = far.activity("Like", mia, post);
  const admin = `${site.url}/u/admin`;
  return [
    {
      name: "a server's own actor",
      activity: far.activity("Create", app, far.page(app, cats), cats),
      verdict: "400 wrong_type",
    },
    {
      name: "our own actor",
      activity: far.activity(
        "Create",
        `${site.url}/`,
        far.page(mia, cats),
        cats,
      ),
      options: { signer: mia },
      verdict: "400 wrong_host",
    },
    {
      name: "somebody else's key on the same host",
      activity: like(victim),
      options: { signer: mia },
      verdict: "401 signature_invalid",
      fetches: 4,
    },
    {
      name: "key of another host",
      activity: like(mia),
      options: { signer: near.url("/u/x") },
      verdict: "401 signature_invalid",
    },
    {
      name: "a key with NUL",
      activity: far.activity("Undo", oddKey, like(oddKey)),
      verdict: "applied$",
    },
    // Mended for the database, the name would be that of the member that was verified.
    {
      name: "a second actor under a name with NUL",
      activity: smuggled,
      options: { body: JSON.stringify({ ...smuggled, "actor\0": admin }) },
      verdict: "400 unreadable",
    },
    {
      name: "a second object under a name with half a character",
      activity: smuggled,
      options: { body: JSON.stringify({ ...smuggled, "\ud800object": post }) },
      verdict: "400 unreadable",
    },
    {
      name: "an actor named a number",
      activity: { ...like(mia), actor: 1e308 },
      options: { signer: mia },
      verdict: "400 unreadable",
    },
    {
      name: "two actors",
      activity: { ...like(mia), actor: [mia, admin] },
      options: { signer: mia },
      verdict: "400 unreadable",
    },
    {
      name: "an id of 10 kB",
      activity: { ...like(mia), id: far.url("/" + "x".repeat(10_000)) },
      verdict: "400 unreadable",
    },
    {
      name: "type a list",
      activity: { ...like(mia), type: ["Like", "Delete"] },
      verdict: "400 unreadable",
    },
    {
      name: "type of 100 kB",
      activity: { ...like(mia), type: "x".repeat(100_000) },
      verdict: "400 unreadable",
    },
    {
      name: "type a name of every object",
      activity: { ...like(mia), type: "__proto__" },
      verdict: "400 unknown_activity",
    },
    {
      name: "type constructor",
      activity: { ...like(mia), type: "constructor" },
      verdict: "400 unknown_activity",
    },
    {
      name: "inner type that is no text",
      activity: far.activity("Undo", mia, {
        type: { toString: null, valueOf: null },
      }),
      verdict: "failed unreadable",
    },
  ];
}

test("forged objects and senders are refused, and leave nothing", async (t) => {
  const target = await startTarget();
  const { far, cats, mia, post } = target;
  try {
    await target.attack(far.activity("Follow", mia, cats));
    const before = await target.stock();
    const attacks = [...forgedSenders(target), ...forgedObjects(target)];
    t.equal(await surprises(target, attacks), []);
    t.equal(await target.stock(), before);
    for (const { activity, name } of attacks) {
      const lines = target.site.log.split("\n").filter((line) =>
        line.includes("activity refused") &&
        new RegExp(`${activity.id}(?!\\w)`).test(line)
      );
      t.ok(lines.length <= 1, `${name} is logged ${lines.length} times`);
    }
    // The inbox works as before, and takes nothing twice.
    const like = far.activity("Like", mia, post);
    t.equal((await target.attack(like)).verdict, "applied");
    t.equal((await target.attack(like)).verdict, "applied");
    t.equal((await target.stock()).votes, Number(before.votes) + 1);
  } finally {
    await target.close(t);
  }
});

function oddBodies({ far, mia, post }: Target): Attack[] {
  const like = () => far.activity("Like", mia, post);
  const encoded = (
    name: string,
    verdict: string,
    encode: (text: string) => string | Uint8Array<ArrayBuffer>,
    options: DeliveryOptions = {},
  ): Attack => {
    const activity = like();
    const body = encode(JSON.stringify(activity));
    return { name, activity, options: { ...options, body }, verdict };
  };
  const utf16 = (text: string) =>
    new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer);
  const bytes = (text: string) => new TextEncoder().encode(text);
  return [
    encoded("UTF-16", "400 unreadable", utf16),
    encoded(
      "UTF-8 that is none",
      "400 unreadable",
      (text) => bytes(text).map((byte) => byte === 0x4c ? 0xc0 : byte),
    ),
    encoded(
      "a compressed body",
      "400 unreadable",
      (text) => new Uint8Array(gzipSync(text)),
      { headers: { "content-encoding": "gzip" } },
    ),
    encoded(
      "10,000 lists in each other",
      "400 unreadable",
      (text) =>
        text.replace(/}$/, `,"x":${"[".repeat(10_000)}${"]".repeat(10_000)}}`),
    ),
    encoded(
      "10,000 lists that do not end",
      "400 unreadable",
      () => "[".repeat(10_000),
    ),
    encoded("a list", "400 unreadable", (text) => `[${text}]`),
    encoded("a text", "400 unreadable", (text) => JSON.stringify(text)),
    encoded("null", "400 unreadable", () => "null"),
    encoded("nothing", "400 unreadable", () => ""),
    encoded(
      "more than 1 MiB",
      "413 unreadable",
      (text) => text + " ".repeat(1024 * 1024),
    ),
    encoded("a page of HTML", "400 unreadable", () => "<html></html>"),
    encoded("text/plain", "404 not_found", (text) => text, {
      headers: { "content-type": "text/plain" },
    }),
    encoded("a multipart form", "404 not_found", (text) => text, {
      headers: {
        "content-type": "multipart/form-data; application/activity+json",
      },
    }),
  ];
}

/** What is odd, but may be taken: it changes nothing else than a post like any other does. */
function oddPosts({ far, cats, mia }: Target): Attack[] {
  const create = (members: Json) =>
    far.activity("Create", mia, far.page(mia, cats, members), cats);
  const many = (make: (i: number) => unknown) =>
    Array.from({ length: 10_000 }, (_, i) => make(i));
  const bomb = 1_000_000;
  const activity = create({ sensitive: "HUGE" });
  const huge = {
    name: "numbers beyond all",
    activity,
    options: { body: JSON.stringify(activity).replace('"HUGE"', "-1e9999") },
  };
  const ok = (name: string, activity: Json): Attack => ({
    name,
    activity,
    verdict: /^applied/,
  });
  return [
    ok(
      "1 MB of nested tags",
      create({
        content: "<b>".repeat(bomb / 7) + "</b>".repeat(bomb / 7 - 1000),
      }),
    ),
    ok(
      "1 MB of lists in each other",
      create({ content: "<ul><li>".repeat(bomb / 8 - 1000) }),
    ),
    ok("100,000 entities", create({ content: "&amp;&#x41;".repeat(50_000) })),
    ok("1 MB of brackets", create({ content: "<".repeat(bomb - 1000) })),
    ok(
      "10,000 attachments",
      create({
        attachment: many((i) => ({ type: "Image", url: far.url(`/i/${i}`) })),
      }),
    ),
    ok(
      "10,000 mentions",
      create({
        tag: many((i) => ({ type: "Mention", href: far.url(`/u/${i}`) })),
      }),
    ),
    ok(
      "10,000 tags",
      create({ tag: many((i) => ({ type: "Hashtag", name: `#${i}` })) }),
    ),
    ok(
      "10,000 recipients",
      create({ to: [...many((i) => far.url(`/u/${i}`)), cats, PUBLIC] }),
    ),
    ok(
      "10,000 languages",
      create({ language: many((i) => ({ identifier: `${i}` })) }),
    ),
    ok("the year 0", create({ published: "0000-01-01T00:00:00Z" })),
    ok("the year 99999", create({ published: "+99999-01-01T00:00:00Z" })),
    ok(
      "the end of the year 9999",
      create({ published: "9999-12-31T23:59:59-15:59" }),
    ),
    ok("a day that is none", create({ published: "2026-02-30T00:00:00Z" })),
    ok(
      "a time zone that is none",
      create({ published: "2026-01-01T00:00:00+23:59" }),
    ),
    ok("a time that is a number", create({ published: 1e308, updated: -1 })),
    ok(
      "NUL and half a character",
      create({ name: "a\0b\ud800c", content: "x\0\udfff" }),
    ),
    ok(
      "names of every object",
      JSON.parse(
        JSON.stringify(create({})).replace(
          '"type":"Page"',
          '"type":"Page","__proto__":{"local":true},"constructor":{"prototype":1}',
        ),
      ),
    ),
    { ...huge, verdict: /^applied/ },
  ];
}

test("odd bodies cost little, and odd posts are no more than posts", async (t) => {
  const target = await startTarget();
  const { site, far, cats, mia } = target;
  try {
    await target.attack(far.activity("Follow", mia, cats));
    const before = await target.stock();
    const attacks = oddBodies(target);
    t.equal(await surprises(target, attacks), []);
    await endless(t, site.url);
    t.equal(await target.stock(), before);
    const posts = oddPosts(target);
    t.equal(await surprises(target, posts), []);
    const after = await target.stock();
    t.equal(after.posts, Number(before.posts) + posts.length);
    t.equal([after.moderators, after.followers], [
      before.moderators,
      before.followers,
    ]);
    const [{ late, local }] = await site.database.sql`
      select count(*) filter (where published_at > now())::int4 as late,
        count(*) filter (where local)::int4 as local from post`;
    t.equal([late, local], [0, before.posts]);
    t.ok(await peakOf(site.pid) < 700, `${await peakOf(site.pid)} MB at most`);
  } finally {
    await target.close(t);
  }
});

/** The most memory that a process has had, in megabytes. */
async function peakOf(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmHWM:\s*(\d+) kB/.exec(status)![1]) / 1024;
}

/** Bodies of 100 MB, announced or not, are broken off long before their end. */
async function endless(t: Assertions, url: string): Promise<void> {
  for (const length of [100_000_000, null]) {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        if (sent > 100_000_000) controller.close();
        else controller.enqueue(new Uint8Array(65_536));
      },
    });
    const headers: Record<string, string> = {
      "content-type": "application/activity+json",
    };
    if (length !== null) headers["content-length"] = String(length);
    const status = await fetch(`${url}/inbox`, {
      method: "POST",
      headers,
      body,
    })
      .then(async (response) => {
        await response.body?.cancel();
        return response.status;
      }, () => "broken off");
    t.ok(status === 413 || status === "broken off", `${status}`);
    t.ok(sent < 50_000_000, `${sent} bytes were taken`);
  }
}

function fetchedTraps(target: Target): Attack[] {
  const { site, far, cats, mia, post } = target;
  const to = (location: string) => () =>
    new Response(null, { status: 302, headers: { location } });
  const moved = (
    name: string,
    location: (path: string) => string,
    verdict: string | RegExp,
  ): Attack => {
    const path = `/moved/${name.replaceAll(/\W/g, "-")}`;
    far.answerWith(path, to(location(path)));
    return {
      name,
      activity: far.activity("Like", mia, far.url(path)),
      verdict,
    };
  };
  const typed = (name: string, type: string, verdict: string): Attack => {
    const page = far.page(mia, cats);
    far.answerWith(new URL(String(page.id)).pathname, () => {
      const answer = activityJson(page);
      answer.headers.set("content-type", type);
      return answer;
    });
    return { name, activity: far.activity("Like", mia, page.id), verdict };
  };
  // Two comments that answer each other.
  const a = far.note(mia, cats, far.url("/comment/loop-b"), {
    id: far.url("/comment/loop-a"),
  });
  far.note(mia, cats, far.url("/comment/loop-a"), {
    id: far.url("/comment/loop-b"),
  });
  const self = far.note(mia, cats, far.url("/comment/self"), {
    id: far.url("/comment/self"),
  });
  let chain = String(far.note(mia, cats, post).id);
  for (let i = 0; i < 200; i++) chain = String(far.note(mia, cats, chain).id);
  const answer = (
    name: string,
    parent: unknown,
    verdict: string | RegExp,
    fetches: number,
  ): Attack => ({
    name,
    activity: far.activity(
      "Create",
      mia,
      far.note(mia, cats, String(parent)),
      cats,
    ),
    verdict,
    fetches,
  });
  return [
    answer("answers in a circle", a.id, "failed cyclic_reply", 10),
    answer("an answer to itself", self.id, "failed cyclic_reply", 10),
    answer(
      "200 unknown answers",
      chain,
      "failed max_comment_depth_reached",
      60,
    ),
    moved("a loop", (path) => far.url(path), "failed fetch_failed: status 302"),
    moved(
      "to a post of ours that is none",
      () => `${site.url}/post/999`,
      "failed not_found",
    ),
    moved(
      "to our own settings",
      () => `${site.url}/api/v4/site`,
      "failed not_found",
    ),
    moved("to a file", () => "file:///etc/passwd", "failed invalid_url"),
    moved(
      "to an address",
      () => "http://127.0.0.1:5432/",
      "failed invalid_url",
    ),
    moved(
      "to the machine's services",
      () => "http://169.254.169.254/latest/meta-data/",
      "failed invalid_url",
    ),
    moved("to IPv6", () => "http://[::1]/", "failed invalid_url"),
    moved("to a number", () => "http://2130706433/", "failed invalid_url"),
    typed("a page of HTML", "text/html", "failed wrong_content_type"),
    typed("any JSON", "application/json", "failed wrong_content_type"),
    typed(
      "JSON-LD of something else",
      'application/ld+json; profile="http://example.org/"',
      "failed wrong_content_type",
    ),
    typed(
      "two types",
      "application/activity+json, text/html",
      "failed wrong_content_type",
    ),
    typed(
      "a type in the parameters",
      "text/plain; application/activity+json",
      "failed wrong_content_type",
    ),
  ];
}

test("what has to be fetched leads nowhere else, and not on for ever", async (t) => {
  const target = await startTarget();
  const { far, cats, mia, post } = target;
  try {
    await target.attack(far.activity("Follow", mia, cats));
    const before = await target.stock();
    t.equal(await surprises(target, fetchedTraps(target)), []);
    t.equal(await target.stock(), before);
    const good = far.activity("Create", mia, far.note(mia, cats, post), cats);
    t.equal((await target.attack(good)).verdict, "applied");
  } finally {
    await target.close(t);
  }
});
