/** Forged senders and objects: each is refused with its reason, at a bounded cost. */
import { test } from "../harness.ts";
import {
  type Attack,
  type Json,
  startTarget,
  surprises,
  type Target,
} from "../support/hostile_inbox.ts";

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
