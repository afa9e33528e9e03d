/** What is sent of communities as a whole: changes, visibility, purges (federation §3.8, §3.14). */
import {
  deleteCommunity,
  editCommunity,
} from "../../lib/domain/community/edit.ts";
import {
  hideCommunity,
  removeCommunity,
} from "../../lib/domain/community/moderate.ts";
import { createCommunityTag } from "../../lib/domain/community/tags.ts";
import {
  purgeCommunity,
  purgePerson,
  purgePost,
} from "../../lib/domain/moderation/purge.ts";
import { PUBLIC } from "../../lib/federation/ids.ts";
import { test } from "../harness.ts";
import { makeCommunity } from "../support/domain.ts";
import {
  B,
  byPersons,
  followPerson,
  inWords,
  join,
  recordedShape,
  shapeOf,
  sharedOutbox,
} from "../support/outbox.ts";
import { makePost, sql } from "../unit/domain/support.ts";

type Json = Record<string, unknown>;

/** Somebody at far.test follows the admin. */
const prepared = sharedOutbox(({ s, far }) =>
  followPerson(s, far.person, s.admin.viewer!.person.id)
);

test("changes of a community are sent, and what concerns this site alone is not", async (t) => {
  const { s, outbox } = await prepared();
  const community_id = await makeCommunity(s.admin, "dogs");
  const rows = await outbox.sentBy(async () => {
    await editCommunity(s.admin, { community_id, title: "Dogs" });
    await createCommunityTag(s.admin, { community_id, name: "puppy" });
    await hideCommunity(s.admin, { community_id, hidden: true, reason: "" });
    await hideCommunity(s.admin, { community_id, hidden: false, reason: "" });
    await deleteCommunity(s.admin, { community_id, deleted: true });
    await deleteCommunity(s.admin, { community_id, deleted: false });
    await removeCommunity(s.admin, {
      community_id,
      removed: true,
      reason: "x",
    });
  });
  t.equal(byPersons(rows).map(inWords), [
    "Update(Group) by /u/admin to nobody",
    "Update(Group) by /u/admin to nobody",
    "Delete by /u/admin to far.test",
    "Undo(Delete) by /u/admin to far.test",
    "Delete by /u/admin to nobody",
  ]);
  t.equal(rows.length, 10);
  const [, update, deletion, , removal] = byPersons(rows).map((row) =>
    row.json
  );
  t.equal(shapeOf(update), recordedShape("community/update_community"));
  const tags = (update.object as { tag: Json[] }).tag;
  t.equal(tags.map((tag) => tag.preferredUsername), ["puppy"]);
  t.equal(deletion.object, `${B}/c/dogs`);
  t.equal(["summary" in deletion, removal.summary], [false, "x"]);
});

test("a change of visibility is addressed as receivers know the community", async (t) => {
  const { s, outbox } = await prepared();
  const community_id = await makeCommunity(s.admin, "birds");
  const id = `${B}/c/birds`;
  const everybody = [id, PUBLIC];
  const members = [id, `${id}/followers`];
  const to = async (
    visibility: "public" | "private" | "local_only_public" | "unlisted",
  ) =>
    (await outbox.sentBy(() =>
      editCommunity(s.admin, { community_id, visibility })
    )).map((row) => [inWords(row).split(" by ")[0], row.json.to]);
  t.equal(await to("private"), [
    ["Announce(Update(Group))", everybody],
    ["Update(Group)", everybody],
  ]);
  t.equal(await to("local_only_public"), [
    ["Announce(Delete)", members],
    ["Delete", members],
  ]);
  t.equal(await to("public"), [
    ["Announce(Undo(Delete))", members],
    ["Undo(Delete)", members],
    ["Announce(Update(Group))", members],
    ["Update(Group)", members],
  ]);
  t.equal(await to("unlisted"), [
    ["Announce(Update(Group))", everybody],
    ["Update(Group)", everybody],
  ]);

  const inside = await makeCommunity(s.admin, "inside", {
    visibility: "local_only_private",
  });
  const shown = await outbox.sentBy(async () => {
    await editCommunity(s.admin, { community_id: inside, title: "Within" });
    await editCommunity(s.admin, {
      community_id: inside,
      visibility: "public",
    });
  });
  t.equal(shown.map(inWords), [
    "Announce(Update(Group)) by /c/inside to followers",
    "Update(Group) by /u/admin to nobody",
  ], "nobody knew it, so that it need not be restored");
});

test("what was done before a change of visibility is addressed as receivers knew the community", async (t) => {
  const { s, outbox } = await prepared();
  const community_id = await makeCommunity(s.admin, "bees");
  const id = `${B}/c/bees`;
  const edit = (visibility: "public" | "private") =>
    editCommunity(s.admin, { community_id, visibility });
  let late = 0;
  const rows = await outbox.sentBy(async () => {
    await makePost(s.admin, community_id, { name: "Before" });
    await edit("private");
    await makePost(s.admin, community_id, { name: "Between" });
    late = await makePost(s.admin, community_id, { url: "https://a.test/b" });
    await edit("public");
  });
  const everybody = [id, PUBLIC];
  const members = [id, `${id}/followers`];
  t.equal(
    byPersons(rows).map(({ json, sensitive }) => [
      (json.object as Json).name,
      json.to,
      sensitive,
    ]),
    [
      ["Before", everybody, false],
      [undefined, everybody, false],
      ["Between", members, true],
      [undefined, members, true],
    ],
  );
  t.equal((byPersons(rows)[2].json.object as Json).to, members);
  // What had to wait comes after the last change, and so everybody knows it as public.
  await sql(s, "delete from post_link_check where post_id = $1::int4", late);
  await sql(s, "update outbox_failure set retry_at = now()");
  const [{ json }] = byPersons(await outbox.sentLater());
  t.equal([json.to, (json.object as Json).to], [everybody, everybody]);
});

test("purges are removals to others, and bans for ever", async (t) => {
  const { s, outbox, far } = await prepared();
  const community_id = await makeCommunity(s.admin, "fish");
  await join(s, far.person, community_id);
  const post_id = await makePost(s.admin, community_id);
  const doomed = await s.signUp("doomed");
  const rows = await outbox.sentBy(async () => {
    await purgePost(s.admin, { post_id, reason: "law" });
    await purgeCommunity(s.admin, { community_id, reason: "all of it" });
    await purgePerson(s.admin, {
      person_id: doomed.viewer!.person.id,
      reason: "bot",
    });
  });
  // The post's rows name a community that is gone as well by the time they are made.
  t.equal(rows.map(inWords), [
    "Delete by /u/admin to far.test",
    "Block by /u/admin to all",
  ]);
  t.equal([rows[0].json.object, rows[0].json.summary], [
    `${B}/c/fish`,
    "all of it",
  ]);
  t.equal([rows[1].json.object, rows[1].json.removeData], [
    `${B}/u/doomed`,
    true,
  ]);

  const { cats } = await prepared();
  const single = await makePost(s.admin, cats);
  const purged = await outbox.sentBy(() =>
    purgePost(s.admin, { post_id: single, reason: "law" })
  );
  t.equal(purged.map(inWords), [
    "Announce(Delete) by /c/cats to followers",
    "Delete by /u/admin to nobody",
  ]);
  const { json } = purged[1];
  t.equal([json.object, json.summary, json.withReplies], [
    `${B}/post/${single}`,
    "law",
    false,
  ]);
});
