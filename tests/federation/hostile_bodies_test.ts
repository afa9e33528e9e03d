/** Signed deliveries of odd bodies and odd texts: they cost little, whatever becomes of them. */
import { gzipSync } from "node:zlib";
import { type Assertions, test } from "../harness.ts";
import {
  type Attack,
  type Json,
  startTarget,
  surprises,
  type Target,
} from "../support/hostile_inbox.ts";
import type { DeliveryOptions } from "../support/neighbour.ts";

const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";

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
