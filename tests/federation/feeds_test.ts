import { deleteAccount } from "../../lib/domain/account/delete.ts";
import type { Ctx } from "../../lib/domain/context.ts";
import {
  createMultiCommunityEntry,
  deleteMultiCommunityEntry,
} from "../../lib/domain/multi_community/entries.ts";
import { followMultiCommunity } from "../../lib/domain/multi_community/follow.ts";
import {
  createMultiCommunity,
  editMultiCommunity,
} from "../../lib/domain/multi_community/write.ts";
import { openActivity } from "../../lib/federation/activities/receive.ts";
import { federationContext } from "../../lib/federation/context.ts";
import {
  type ResolvedFeed,
  resolveFeed,
} from "../../lib/federation/resolve.ts";
import { inTransaction } from "../../lib/domain/context.ts";
import { test } from "../harness.ts";
import { PASSWORD } from "../support/domain.ts";
import { startOutbox, type TestOutbox } from "../support/outbox.ts";
import { Remote } from "../support/remote.ts";
import { sharedSite, type Site, sql } from "../unit/domain/support.ts";

/** Lists of communities of other servers, and what the site follows for them (federation §2.7). */

const site = sharedSite();
let remote: Remote | undefined;
let started: Promise<TestOutbox> | undefined;
Deno.test.afterAll(async () => {
  await (await started)?.stop();
  await remote?.close();
});

const HOST = "https://lists.test";
const OWNER = `${HOST}/u/owner`;

interface Stage {
  of: Site;
  remote: Remote;
  outbox: TestOutbox;
  /** The system account's follows that an operation sends: `+name` and `-name`. */
  follows(operation: () => unknown): Promise<string>;
  visitor(): Promise<Ctx>;
}

async function stage(): Promise<Stage> {
  const of = await site();
  remote ??= new Remote();
  const outbox = await (started ??= startOutbox(of, remote.client));
  const { client } = remote;
  const [{ actor }] = await sql<{ actor: string }>(
    of,
    "select ap_id as actor from person join local_site on system_account = person.id",
  );
  return {
    of,
    remote,
    outbox,
    async follows(operation) {
      const sent = await outbox.sentBy(operation);
      return sent.flatMap(({ json, send_inboxes }) => {
        if (json.actor !== actor) return [];
        const undone = json.type === "Undo";
        const follow = (undone ? json.object : json) as Record<string, unknown>;
        const object = String(follow.object);
        const inbox = send_inboxes.join() === `${object}/inbox`;
        const right = follow.type === "Follow" && follow.actor === actor;
        const name = object.split("/").at(-1);
        return [right && inbox ? `${undone ? "-" : "+"}${name}` : "wrong"];
      }).sort().join(" ");
    },
    visitor: async () => ({ ...await of.anonymous(), outgoing: client }),
  };
}

function feedDocument(name: string) {
  const id = `${HOST}/m/${name}`;
  return {
    type: "Feed",
    id,
    preferredUsername: name,
    attributedTo: OWNER,
    inbox: `${HOST}/inbox`,
    following: `${id}/following`,
    publicKey: {
      id: `${HOST}/#main-key`,
      owner: `${HOST}/`,
      publicKeyPem: "-----BEGIN PUBLIC KEY-----\n",
    },
  };
}

function putFeed(remote: Remote, name: string, communities: string[]) {
  remote.person(OWNER);
  for (const community of communities) remote.group(`${HOST}/c/${community}`);
  const document = feedDocument(name);
  remote.put(document);
  remote.put({
    type: "Collection",
    id: document.following,
    totalItems: communities.length,
    items: communities.map((community) => `${HOST}/c/${community}`),
  });
  return document;
}

async function fetched(s: Stage, name: string): Promise<ResolvedFeed> {
  const ctx = federationContext(await s.visitor());
  return await resolveFeed(ctx, `${HOST}/m/${name}`);
}

async function communityId(of: Site, name: string): Promise<number> {
  const [{ id }] = await sql<{ id: number }>(
    of,
    "select id from community where ap_id = $1",
    `${HOST}/c/${name}`,
  );
  return id;
}

/** The owner's server says that the list has changed. */
async function update(s: Stage, name: string, communities: string[]) {
  const document = putFeed(s.remote, name, communities);
  const ctx = federationContext(await s.visitor());
  const { effect } = await openActivity(ctx, {
    type: "Update",
    id: `${HOST}/activities/update/${crypto.randomUUID()}`,
    actor: OWNER,
    to: [document.id, "https://www.w3.org/ns/activitystreams#Public"],
    object: document,
  });
  await inTransaction(ctx, effect);
}

test("what is on a list of another server is followed while somebody here follows the list", async (t) => {
  const s = await stage();
  putFeed(s.remote, "sea", ["whales", "crabs", "gulls"]);
  putFeed(s.remote, "sky", ["gulls", "larks"]);
  t.equal(await s.follows(() => fetched(s, "sea")), "", "nobody follows it");
  const sea = { multi_community_id: (await fetched(s, "sea")).id };
  const sky = { multi_community_id: (await fetched(s, "sky")).id };
  const ann = await s.of.signUp("ann");
  const ben = await s.of.signUp("ben");
  const follow = (who: Ctx, list: typeof sea, follow: boolean) =>
    followMultiCommunity(who, { ...list, follow });
  t.equal(
    await s.follows(() => follow(ann, sea, true)),
    "+crabs +gulls +whales",
  );
  t.equal(await s.follows(() => follow(ben, sea, true)), "");
  t.equal(await s.follows(() => follow(ann, sky, true)), "+larks");
  t.equal(
    await s.follows(() => update(s, "sea", ["whales", "gulls", "seals"])),
    "+seals -crabs",
  );
  t.equal(await s.follows(() => follow(ann, sea, false)), "", "ben stays");
  t.equal(
    await s.follows(() => follow(ben, sea, false)),
    "-seals -whales",
    "the other list still needs one",
  );
  t.equal(
    await s.follows(() => update(s, "sea", ["whales"])),
    "",
    "it is of no interest here any more",
  );
  t.equal(await s.follows(() => follow(ann, sky, false)), "-gulls -larks");
  const left = await sql(
    s.of,
    `select from community_actions join local_site on system_account = person_id`,
  );
  t.equal(left.length, 0);
});

test("whoever deletes the account follows no list any more", async (t) => {
  const s = await stage();
  putFeed(s.remote, "lake", ["pikes", "toads"]);
  putFeed(s.remote, "pond", ["toads"]);
  const lake = { multi_community_id: (await fetched(s, "lake")).id };
  const pond = { multi_community_id: (await fetched(s, "pond")).id };
  const eve = await s.of.signUp("eve");
  const fay = await s.of.signUp("fay");
  const follow = (who: Ctx, list: typeof lake) =>
    followMultiCommunity(who, { ...list, follow: true });
  const leave = (who: Ctx) =>
    deleteAccount(who, { password: PASSWORD, delete_content: false });
  await s.follows(async () => {
    await follow(eve, lake);
    await follow(fay, pond);
  });
  t.equal(
    await s.follows(() => leave(eve)),
    "-pikes",
    "what fay's list has besides stays",
  );
  t.equal(
    await s.follows(() => update(s, "lake", ["pikes", "toads", "eels"])),
    "",
  );
  t.equal(
    await s.follows(() => leave(fay)),
    "-toads",
  );
});

test("lists of this site keep what others leave, and let it go when they are deleted", async (t) => {
  const s = await stage();
  putFeed(s.remote, "wood", ["owls", "foxes"]);
  const wood = { multi_community_id: (await fetched(s, "wood")).id };
  const cyn = await s.of.signUp("cyn");
  const { multi: { id } } = await createMultiCommunity(cyn, { name: "mine" });
  const owls = { id, community_id: await communityId(s.of, "owls") };
  t.equal(
    await s.follows(() => createMultiCommunityEntry(cyn, owls)),
    "+owls",
  );
  t.equal(
    await s.follows(() => followMultiCommunity(cyn, { ...wood, follow: true })),
    "+foxes",
  );
  t.equal(await s.follows(() => deleteMultiCommunityEntry(cyn, owls)), "");
  await createMultiCommunityEntry(cyn, owls);
  t.equal(
    await s.follows(() =>
      followMultiCommunity(cyn, { ...wood, follow: false })
    ),
    "-foxes",
  );
  const edit = (deleted: boolean) => () =>
    editMultiCommunity(cyn, { id, deleted });
  t.equal(await s.follows(edit(true)), "-owls");
  t.equal(await s.follows(edit(false)), "+owls");
  t.equal(await s.follows(() => deleteMultiCommunityEntry(cyn, owls)), "-owls");
});

test("a follow that the list's server refuses ends what was followed for it", async (t) => {
  const s = await stage();
  putFeed(s.remote, "moor", ["hares"]);
  const moor = await fetched(s, "moor");
  const dan = await s.of.signUp("dan");
  const [sent] = await s.outbox.sentBy(() =>
    followMultiCommunity(dan, { multi_community_id: moor.id, follow: true })
  ).then((all) => all.filter(({ json }) => json.object === moor.ap_id));
  t.equal(sent.json.actor, dan.viewer!.person.ap_id);
  const answer = async (type: string) => {
    const ctx = federationContext(await s.visitor());
    const { effect } = await openActivity(ctx, {
      type,
      id: `${HOST}/activities/${type}/${crypto.randomUUID()}`,
      actor: moor.ap_id,
      object: sent.json,
    });
    await inTransaction(ctx, effect);
  };
  const states = async () =>
    (await sql<{ follow_state: string }>(
      s.of,
      "select follow_state from multi_community_follow where multi_community_id = $1::int4",
      moor.id,
    )).map((row) => row.follow_state);
  t.equal(await states(), ["pending"]);
  t.equal(await s.follows(() => answer("Accept")), "");
  t.equal(await states(), ["accepted"]);
  t.equal(await s.follows(() => answer("Reject")), "-hares");
  t.equal(await states(), []);
});
