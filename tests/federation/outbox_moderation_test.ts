/** What is sent of what moderators and admins do (federation §3.8 to §3.14). */
import { createComment } from "../../lib/domain/comment/create.ts";
import {
  lockComment,
  removeComment,
} from "../../lib/domain/comment/moderate.ts";
import { editCommunity } from "../../lib/domain/community/edit.ts";
import { removeCommunity } from "../../lib/domain/community/moderate.ts";
import { addModToCommunity } from "../../lib/domain/community/moderators.ts";
import {
  banFromCommunity,
  banPerson,
} from "../../lib/domain/moderation/ban.ts";
import {
  featurePost,
  lockPost,
  removePost,
  warnPost,
} from "../../lib/domain/post/moderate.ts";
import { PUBLIC } from "../../lib/federation/ids.ts";
import { test } from "../harness.ts";
import {
  addRemoteSite,
  B,
  byPersons,
  followPerson,
  inWords,
  join,
  recordedShape,
  shapeOf,
  sharedOutbox,
  SOMEBODY,
} from "../support/outbox.ts";
import { remoteInstance, remotePost, sql } from "../unit/domain/support.ts";

type Json = Record<string, unknown>;

/** Somebody at far.test is a member of `cats` and has written a post there. */
const prepared = sharedOutbox(async ({ s, cats, far }) => {
  await addRemoteSite(s, far.instance);
  await sql(
    s,
    `update community set moderators_url = ap_id || '/moderators', featured_url = ap_id || '/featured'
     where id = $1::int4`,
    far.community,
  );
  await join(s, far.person, cats);
  // Moderators have no followers who would hear of what they do.
  await followPerson(s, far.person, s.admin.viewer!.person.id);
  const post_id = await remotePost(s, {
    name: "From elsewhere",
    creator_id: far.person,
    community_id: cats,
  });
  const [{ ap_id: post }] = await sql<{ ap_id: string }>(
    s,
    "select ap_id from post where id = $1::int4",
    post_id,
  );
  return { post, post_id };
});

test("removals carry their reason and whether what is below went too", async (t) => {
  const { s, outbox, post, post_id } = await prepared();
  const { comment } = await createComment(s.admin, { content: "Me", post_id });
  const rows = await outbox.sentBy(async () => {
    await removePost(s.admin, { post_id, removed: true, reason: "spam" });
    await removePost(s.admin, {
      post_id,
      removed: false,
      reason: "",
      remove_children: false,
    });
    await removeComment(s.admin, {
      comment_id: comment.id,
      removed: true,
      reason: "rude",
      remove_children: true,
    });
  });
  t.equal(rows.map(inWords), [
    "Announce(Delete) by /c/cats to followers",
    "Delete by /u/admin to nobody",
    "Announce(Undo(Delete)) by /c/cats to followers",
    "Undo(Delete) by /u/admin to nobody",
    "Announce(Delete) by /c/cats to followers",
    "Delete by /u/admin to nobody",
  ]);
  const [first, undo, third] = byPersons(rows).map((row) => row.json);
  t.equal([first.object, first.summary, first.withReplies], [
    post,
    "spam",
    false,
  ]);
  t.equal(first.to, [`${B}/c/cats`, PUBLIC]);
  // Recorded before removals told whether they take what is below.
  const later = ["withReplies"];
  t.equal(shapeOf(first, later), recordedShape("deletion/remove_note"));
  t.equal(shapeOf(undo, later), recordedShape("deletion/undo_remove_note"));
  const undone = undo.object as Json;
  t.equal([undone.object, undone.summary, undone.withReplies], [
    post,
    "",
    true,
  ]);
  t.equal([third.summary, third.withReplies], ["rude", true]);
});

test("locks, pins and warnings are sent; pins of the whole site are not", async (t) => {
  const { s, outbox, post, post_id } = await prepared();
  const { comment } = await createComment(s.admin, { content: "Me", post_id });
  const rows = await outbox.sentBy(async () => {
    await lockPost(s.admin, { post_id, locked: true, reason: "hot" });
    await lockPost(s.admin, { post_id, locked: false, reason: "cool" });
    await lockComment(s.admin, {
      comment_id: comment.id,
      locked: true,
      reason: "enough",
    });
    await featurePost(s.admin, {
      post_id,
      featured: true,
      feature_type: "community",
    });
    await featurePost(s.admin, {
      post_id,
      featured: false,
      feature_type: "community",
    });
    await featurePost(s.admin, {
      post_id,
      featured: true,
      feature_type: "local",
    });
    await warnPost(s.admin, { post_id, reason: "Once more and you go" });
  });
  t.equal(byPersons(rows).map(inWords), [
    "Lock by /u/admin to nobody",
    "Undo(Lock) by /u/admin to nobody",
    "Lock by /u/admin to nobody",
    "Add by /u/admin to nobody",
    "Remove by /u/admin to nobody",
    "Warn by /u/admin to far.test, secret",
  ]);
  t.equal(rows.length, 11, "the warning is not announced");
  const [lock, unlock, , add, remove, warn] = byPersons(rows).map((row) =>
    row.json
  );
  t.equal(shapeOf(lock), recordedShape("community/lock_page"));
  t.equal(shapeOf(add), recordedShape("community/add_featured_post"));
  t.equal(shapeOf(remove), recordedShape("community/remove_featured_post"));
  t.equal([lock.object, lock.summary], [post, "hot"]);
  t.equal([unlock.summary, (unlock.object as Json).summary], ["cool", "cool"]);
  t.equal([add.object, add.target], [post, `${B}/c/cats/featured`]);
  t.equal(warn, {
    id: warn.id,
    type: "Warn",
    actor: `${B}/u/admin`,
    to: [SOMEBODY],
    object: post,
    summary: "Once more and you go",
    audience: `${B}/c/cats`,
  });
});

test("whoever becomes or was a moderator, or is banned, is told besides", async (t) => {
  const { s, outbox, cats: community_id, far } = await prepared();
  const person_id = far.person;
  const expires_at = Math.floor(Date.now() / 1000) + 86_400;
  const rows = await outbox.sentBy(async () => {
    const mod = { community_id, person_id };
    await addModToCommunity(s.admin, { ...mod, added: true });
    await addModToCommunity(s.admin, { ...mod, added: false });
    await banFromCommunity(s.admin, {
      ...mod,
      ban: true,
      reason: "rude",
      expires_at,
      remove_or_restore_data: true,
    });
    await banFromCommunity(s.admin, { ...mod, ban: false, reason: "sorry" });
  });
  t.equal(rows.map(inWords), [
    "Announce(Add) by /c/cats to followers",
    "Add by /u/admin to far.test",
    "Announce(Remove) by /c/cats to followers",
    "Remove by /u/admin to far.test",
    "Announce(Block) by /c/cats to followers",
    "Block by /u/admin to far.test",
    "Announce(Undo(Block)) by /c/cats to followers",
    "Undo(Block) by /u/admin to far.test",
  ]);
  for (const row of rows) t.equal(row.changes, [SOMEBODY]);
  const [add, dismissal, block, undo] = byPersons(rows).map((row) => row.json);
  t.equal(shapeOf(add), recordedShape("community/add_mod"));
  t.equal(shapeOf(dismissal), recordedShape("community/remove_mod"));
  t.equal(shapeOf(block), recordedShape("block/block_user"));
  t.equal([add.object, add.target], [SOMEBODY, `${B}/c/cats/moderators`]);
  t.equal(
    [block.object, block.target, block.removeData, block.summary],
    [SOMEBODY, `${B}/c/cats`, true, "rude"],
  );
  t.equal(Date.parse(String(block.endTime)), expires_at * 1000);
  t.equal(undo.restoreData, false);
  t.equal("removeData" in (undo.object as Json), false);
});

test("a ban from the site is told to every server", async (t) => {
  const { s, outbox, far } = await prepared();
  const ban = (ban: boolean) =>
    banPerson(s.admin, { person_id: far.person, ban, reason: "spam" });
  const rows = await outbox.sentBy(async () => {
    await ban(true);
    await ban(false);
  });
  t.equal(rows.map(inWords), [
    "Block by /u/admin to all",
    "Undo(Block) by /u/admin to all far.test",
  ]);
  const { json } = rows[0];
  t.equal(json, {
    id: json.id,
    type: "Block",
    actor: `${B}/u/admin`,
    to: [PUBLIC],
    cc: ["https://far.test/"],
    object: SOMEBODY,
    target: `${B}/`,
    removeData: false,
    summary: "spam",
  });
  t.equal(rows[1].json.restoreData, false);
});

test("moderation in a community elsewhere goes there and to the person concerned", async (t) => {
  const { s, outbox, far } = await prepared();
  await sql(
    s,
    `insert into community_actions (person_id, community_id, became_moderator_at)
     values ($1::int4, $2::int4, now())`,
    s.admin.viewer!.person.id,
    far.community,
  );
  const other = await remoteInstance(s, "other.test");
  const post_id = await remotePost(s, {
    name: "There",
    creator_id: other.person,
    community_id: far.community,
  });
  const rows = await outbox.sentBy(async () => {
    await removePost(s.admin, { post_id, removed: true, reason: "" });
    await banFromCommunity(s.admin, {
      community_id: far.community,
      person_id: other.person,
      ban: true,
      reason: "rude",
    });
    await editCommunity(s.admin, {
      community_id: far.community,
      title: "Further",
    });
    // The copy here alone.
    const here = { community_id: far.community, reason: "" };
    await removeCommunity(s.admin, { ...here, removed: true });
    await removeCommunity(s.admin, { ...here, removed: false });
  });
  t.equal(rows.map(inWords), [
    "Delete by /u/admin to far.test",
    "Block by /u/admin to far.test other.test",
    "Update(Group) by /u/admin to far.test",
  ]);
  t.equal(rows[0].json.summary, "", "a removal, though without a reason");
  t.equal((rows[2].json.object as Json).name, "Further");
});
