/** Persons and communities of other servers: what is taken over of them, and when they are asked for. */
import { FederationError } from "../../lib/federation/errors.ts";
import {
  storeGroup,
  verifyGroup,
} from "../../lib/federation/objects/received_group.ts";
import { group, read } from "../../lib/federation/protocol/mod.ts";
import {
  refreshActor,
  resolveCommunity,
  resolvePerson,
  resolvePostOrComment,
} from "../../lib/federation/resolve.ts";
import { test } from "../harness.ts";
import { makeCommunity } from "../support/domain.ts";
import { A, BIRDS, MIA, receivePage, receiver } from "../support/received.ts";
import { pageOf } from "../support/remote.ts";
import { outcome, sql } from "../unit/domain/support.ts";

const { site, scene } = receiver();

type Json = Record<string, unknown>;

test("tags of other communities and hosts stay as they are", async (t) => {
  const { ctx, remote } = await scene();
  const store = async (id: string, tag: Json[]) => {
    const json = { ...remote.answers.get(id) as Json, tag };
    const verified = await verifyGroup(ctx, read(group, json), {
      expectedHost: "b.test",
    });
    return await storeGroup(ctx, verified);
  };
  remote.group("https://b.test/c/owls");
  const tag = (id: string, name: string) => ({
    type: "CommunityPostTag",
    id,
    preferredUsername: name,
    name,
  });
  const own = `${BIRDS}/tag/red`;
  const names = async (communityId: number) =>
    (await sql<{ name: string; deleted: boolean }>(
      await site(),
      "select display_name as name, deleted from community_tag where community_id = $1::int4",
      communityId,
    )).map(({ name, deleted }) => `${name}${deleted ? " (deleted)" : ""}`);
  const birds = await store(BIRDS, [
    tag(own, "red"),
    tag("https://x.test/t", "x"),
  ]);
  t.equal(await names(birds.id), ["red"]);
  const owls = await store("https://b.test/c/owls", [tag(own, "blue")]);
  t.equal([await names(birds.id), await names(owls.id)], [["red"], []]);
  await store(BIRDS, []);
  t.equal(await names(birds.id), ["red (deleted)"]);
  await store(BIRDS, [tag(own, "crimson")]);
  t.equal(await names(birds.id), ["crimson"]);
});

test("a community of this site takes over what its moderators may change", async (t) => {
  const { ctx } = await scene();
  const s = await site();
  const id = await makeCommunity(s.admin, "kept");
  const columns = "public_key, inbox_url, ap_id, name, local, visibility";
  const read1 = async () =>
    (await sql<Json>(
      s,
      `select ${columns} from community where id = $1::int4`,
      id,
    ))[0];
  const before = await read1();
  const json = {
    type: "Group",
    id: "https://tundra.test/c/kept",
    preferredUsername: "stolen",
    name: "New title",
    inbox: "https://evil.test/inbox",
    outbox: "https://evil.test/outbox",
    publicKey: { publicKeyPem: "evil" },
    discoverable: false,
  };
  const change = async (members: Json) => {
    const verified = await verifyGroup(
      ctx,
      read(group, { ...json, ...members }),
      { expectedHost: "tundra.test" },
    );
    return await storeGroup(ctx, verified);
  };
  t.equal((await change({})).visibility, "public");
  t.equal(await read1(), before);
  const { visibilityBefore, visibility } = await change({
    manuallyApprovesFollowers: true,
  });
  t.equal(visibilityBefore, "public" as typeof visibilityBefore);
  t.equal(visibility, "private");
});

test("actors that are gone count as deleted, those that do not answer stay", async (t) => {
  const { ctx, remote } = await scene();
  const s = await site();
  const gone = `${A}/u/gone`;
  const away = `${A}/u/away`;
  for (const id of [gone, away]) {
    remote.person(id);
    await resolvePerson(ctx, id);
  }
  const asked = remote.asked.length;
  await resolvePerson(ctx, gone);
  t.equal(remote.asked.length, asked, "a fresh one is not asked for");
  remote.answers.set(gone, () => new Response(null, { status: 410 }));
  remote.answers.set(away, () => new Response(null, { status: 500 }));
  await sql(
    s,
    "update person set last_refreshed_at = now() - interval '2 days'",
  );
  t.equal((await resolvePerson(ctx, gone)).deleted, true);
  t.equal((await resolvePerson(ctx, away)).deleted, false);
  const tries = remote.asked.length;
  await refreshActor(ctx, away, { force: true });
  t.equal(remote.asked.length, tries, "it is asked too often");
});

test("posts of unknown actors are refused as passing only when that may pass", async (t) => {
  const { ctx, remote } = await scene();
  remote.answers.set(`${A}/u/down`, () => new Response(null, { status: 503 }));
  const error = await t.throws(
    () => receivePage(ctx, pageOf(`${A}/post/7`, `${A}/u/down`, BIRDS)),
    "fetch_failed",
  );
  t.equal((error as FederationError).transient, true);
});

test("what is known as something else is not asked for", async (t) => {
  const { ctx, remote } = await scene();
  const post = `${A}/post/8`;
  await receivePage(ctx, pageOf(post, MIA, BIRDS));
  const asked = remote.asked.length;
  for (
    const resolving of [
      () => resolvePerson(ctx, BIRDS),
      () => resolveCommunity(ctx, MIA),
      () => resolveCommunity(ctx, post),
      () => resolvePostOrComment(ctx, MIA),
    ]
  ) t.equal(await outcome(resolving()), "wrong_type");
  t.equal(remote.asked.length, asked);
  // What is not known has to be asked for.
  remote.group("https://b.test/c/larks");
  t.equal(
    await outcome(resolvePerson(ctx, "https://b.test/c/larks")),
    "wrong_type",
  );
  t.ok(remote.asked.length > asked);
});

test("whoever asks for a new person while another request stores it gets it as well", async (t) => {
  const { ctx, remote } = await scene();
  for (let round = 0; round < 5; round++) {
    const id = `https://b.test/u/crowd${round}`;
    remote.person(id);
    const asked: Promise<string>[] = [];
    let stored = false;
    while (!stored && asked.length < 500) {
      asked.push(
        resolvePerson(ctx, id).then((person) => {
          stored = true;
          return person.ap_id;
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    t.equal([...new Set(await Promise.all(asked))], [id]);
  }
});
