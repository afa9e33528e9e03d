/** What is sent to certain servers alone: follows, private messages, accounts, lists. */
import { deleteAccount } from "../../lib/domain/account/delete.ts";
import {
  blockCommunity,
  followCommunity,
} from "../../lib/domain/community/follow.ts";
import { approvePendingFollow } from "../../lib/domain/community/pending_follows.ts";
import { recordEvent } from "../../lib/domain/event/record.ts";
import {
  createMultiCommunityEntry,
  deleteMultiCommunityEntry,
} from "../../lib/domain/multi_community/entries.ts";
import { followMultiCommunity } from "../../lib/domain/multi_community/follow.ts";
import {
  createMultiCommunity,
  editMultiCommunity,
} from "../../lib/domain/multi_community/write.ts";
import { createPrivateMessage } from "../../lib/domain/private_message/create.ts";
import {
  deletePrivateMessage,
  editPrivateMessage,
} from "../../lib/domain/private_message/edit.ts";
import { PUBLIC } from "../../lib/federation/ids.ts";
import { test } from "../harness.ts";
import { makeCommunity } from "../support/domain.ts";
import {
  B,
  ELSEWHERE,
  inWords,
  recordedShape,
  shapeOf,
  sharedOutboxWithFarSite,
  SOMEBODY,
} from "../support/outbox.ts";
import { makePost, sql } from "../unit/domain/support.ts";

type Json = Record<string, unknown>;

const prepared = sharedOutboxWithFarSite();

test("a follow of a community elsewhere is sent, and its end by unfollowing or blocking", async (t) => {
  const { outbox, ann, cats, far } = await prepared();
  const community_id = far.community;
  const rows = await outbox.sentBy(async () => {
    await followCommunity(ann, { community_id, follow: true });
    await followCommunity(ann, { community_id, follow: false });
    await followCommunity(ann, { community_id, follow: true });
    await blockCommunity(ann, { community_id, block: true });
    await followCommunity(ann, { community_id: cats, follow: true });
  });
  t.equal(rows.map(inWords), [
    "Follow by /u/ann to far.test, secret",
    "Undo(Follow) by /u/ann to far.test, secret",
    "Follow by /u/ann to far.test, secret",
    "Undo(Follow) by /u/ann to far.test, secret",
  ]);
  const [{ json: follow }, { json: undo }] = rows;
  t.equal(follow, {
    id: follow.id,
    type: "Follow",
    actor: `${B}/u/ann`,
    to: [ELSEWHERE],
    object: ELSEWHERE,
  });
  t.equal(undo.to, [ELSEWHERE]);
  t.equal(shapeOf(undo), recordedShape("following/undo_follow"));
  t.equal((undo.object as Json).object, ELSEWHERE);
  for (const row of rows) t.equal(row.changes, [`${B}/u/ann ${ELSEWHERE}`]);
});

test("whoever follows a community, person or list here is answered with the own Follow", async (t) => {
  const { s, outbox, ann, cats, far } = await prepared();
  const list = await createMultiCommunity(ann, { name: "both" });
  const follow = (target: string, target_id: number) =>
    recordEvent({ ...s.admin, viewer: null }, {
      kind: "follow_received",
      person_id: far.person,
      data: {
        target,
        target_id,
        follower: SOMEBODY,
        follower_inbox: "https://far.test/inbox",
        follow_ap_id: `https://far.test/follow/${target}`,
      },
    });
  const rows = await outbox.sentBy(async () => {
    await follow("community", cats);
    await follow("person", ann.viewer!.person.id);
    await follow("multi_community", list.multi.id);
  });
  t.equal(rows.map(inWords), [
    "Accept(Follow) by /c/cats to far.test, secret",
    "Accept(Follow) by /u/ann to far.test, secret",
    "Accept(Follow) by /m/both to far.test, secret",
  ]);
  t.equal(rows.map((row) => row.actor_type), [
    "community",
    "person",
    "multi_community",
  ]);
  const { json } = rows[0];
  t.equal(shapeOf(json), recordedShape("following/accept"));
  t.equal(json.to, [SOMEBODY]);
  t.equal(json.object, {
    id: "https://far.test/follow/community",
    type: "Follow",
    actor: SOMEBODY,
    to: [`${B}/c/cats`],
    object: `${B}/c/cats`,
  });

  const community_id = await makeCommunity(s.admin, "club", {
    visibility: "private",
  });
  const answer = async (approve: boolean) => {
    await sql(
      s,
      `insert into community_actions
         (person_id, community_id, followed_at, follow_state, follow_ap_id)
       values ($1::int4, $2::int4, now(), 'approval_required', 'https://far.test/follow/club')
       on conflict (person_id, community_id) do update set follow_state = 'approval_required'`,
      far.person,
      community_id,
    );
    await approvePendingFollow(s.admin, {
      community_id,
      follower_id: far.person,
      approve,
    });
  };
  const answers = await outbox.sentBy(async () => {
    await answer(false);
    await answer(true);
  });
  t.equal(answers.map(inWords), [
    "Reject(Follow) by /c/club to far.test, secret",
    "Accept(Follow) by /c/club to far.test, secret",
  ]);
  t.equal(
    answers.map(({ json }) => (json.object as Json).id),
    Array(2).fill("https://far.test/follow/club"),
  );
});

test("private messages go to the recipient, in the shape that his server reads", async (t) => {
  const { s, outbox, ann, far } = await prepared();
  const write = async (recipient_id: number) =>
    (await createPrivateMessage(ann, { recipient_id, content: "Hi" }))
      .private_message.id;
  let id = 0;
  const rows = await outbox.sentBy(async () => {
    id = await write(far.person);
    await editPrivateMessage(ann, { private_message_id: id, content: "Hello" });
    await deletePrivateMessage(ann, { private_message_id: id, deleted: true });
    await deletePrivateMessage(ann, { private_message_id: id, deleted: false });
    await write(s.admin.viewer!.person.id);
  });
  t.equal(rows.map(inWords), [
    "Create(Note) by /u/ann to far.test, secret",
    "Update(Note) by /u/ann to far.test, secret",
    "Delete by /u/ann to far.test, secret",
    "Undo(Delete) by /u/ann to far.test, secret",
  ]);
  const [{ json: create }, , { json: deletion }, { json: undo }] = rows;
  t.equal(
    shapeOf(create),
    recordedShape("create_or_update/create_private_message"),
  );
  t.equal(
    shapeOf(undo),
    recordedShape("deletion/undo_delete_private_message"),
  );
  t.equal(create.to, [SOMEBODY]);
  t.equal((create.object as Json).to, [SOMEBODY]);
  t.equal(deletion, {
    id: deletion.id,
    type: "Delete",
    actor: `${B}/u/ann`,
    to: [SOMEBODY],
    object: `${B}/private_message/${id}`,
  });
  for (
    const [version, type] of [
      ["0.19.11", "ChatMessage"],
      ["0.20.0", "Note"],
      ["1.0.0-beta.2", "Note"],
    ]
  ) {
    await sql(
      s,
      "update instance set software = 'lemmy', version = $2 where id = $1::int4",
      far.instance,
      version,
    );
    const [{ json }] = await outbox.sentBy(() => write(far.person));
    t.equal((json.object as Json).type, type, version);
  }
  await sql(s, "update instance set software = null, version = null");
});

test("activities of others in a community here are announced as they came", async (t) => {
  const { s, outbox, cats } = await prepared();
  const id = "https://far.test/create/1";
  const page = {
    type: "Page",
    id: "https://far.test/post/1",
    attributedTo: SOMEBODY,
    unknown: [1],
  };
  const receive = (activity: Json, visibility = "public") =>
    recordEvent({ ...s.admin, viewer: null }, {
      kind: "activity_received",
      community_id: cats,
      data: { activity, visibility },
    });
  const rows = await outbox.sentBy(async () => {
    await receive({ id, type: "Create", actor: SOMEBODY, object: page, x: 1 });
    await receive({
      id: "https://far.test/like/1",
      type: "Like",
      actor: SOMEBODY,
      object: page.id,
    });
    const note = { type: "Note", id: `${page.id}#a`, inReplyTo: page.id };
    await receive({ id, type: "Update", actor: SOMEBODY, object: note });
    const undone = { type: "Like", id, actor: SOMEBODY, object: page.id };
    await receive({ id, type: "Undo", actor: SOMEBODY, object: undone });
    await receive({ id, type: "Undo", actor: SOMEBODY, object: id });
  });
  t.equal(rows.map(inWords), [
    "Announce(Create(Page)) by /c/cats to followers",
    "Announce(Page) by /c/cats to followers",
    "Announce(Like) by /c/cats to followers",
    "Announce(Update(Note)) by /c/cats to followers",
    "Announce(Undo(Like)) by /c/cats to followers",
    "Announce(Undo) by /c/cats to followers",
  ]);
  t.equal(rows[0].json.object, {
    id,
    type: "Create",
    actor: SOMEBODY,
    object: page,
    x: 1,
  });
  t.equal(rows[1].json.object, { ...page, actor: SOMEBODY });
  t.equal(rows[2].changes, [`${SOMEBODY} ${page.id}`]);
  t.ok(rows[2].needs.includes(page.id), "after the post");
  t.ok(rows[3].needs.includes(page.id), "after what it answers");
  t.equal(rows[4].changes, rows[2].changes);
});

test("a list of communities is sent to its followers by its owner, whoever changes it", async (t) => {
  const { s, outbox, ann, cats, far } = await prepared();
  const { multi: { id } } = await createMultiCommunity(ann, { name: "mine" });
  await sql(
    s,
    `insert into multi_community_follow (multi_community_id, person_id, follow_state)
     values ($1::int4, $2::int4, 'accepted')`,
    id,
    far.person,
  );
  const rows = await outbox.sentBy(async () => {
    await editMultiCommunity(s.admin, { id, title: "Mine" });
    await createMultiCommunityEntry(ann, { id, community_id: cats });
    await createMultiCommunityEntry(ann, { id, community_id: far.community });
    await deleteMultiCommunityEntry(ann, { id, community_id: far.community });
  });
  const system = rows.filter((row) => row.sensitive);
  t.equal(
    system.map(inWords).map((line) => line.replace(/lemmy_\w+/, "system")),
    [
      "Follow by /u/system to far.test, secret",
      "Undo(Follow) by /u/system to far.test, secret",
    ],
  );
  const updates = rows.filter((row) => !row.sensitive);
  t.equal(
    updates.map(inWords),
    Array(4).fill("Update(Feed) by /u/ann to far.test"),
  );
  const { json } = updates[0];
  t.equal([json.to, json.cc, json.audience], [
    [`${B}/m/mine`, PUBLIC],
    [],
    `${B}/m/mine`,
  ]);
  t.equal((json.object as Json).name, "Mine");

  const deleted = await outbox.sentBy(() =>
    editMultiCommunity(ann, { id, deleted: true })
  );
  t.equal(deleted, [], "that it is gone is told to nobody");

  const [{ id: feed }] = await sql<{ id: number }>(
    s,
    `insert into multi_community (name, ap_id, local, public_key, inbox_url, following_url,
       creator_id, instance_id)
     values ('theirs', 'https://far.test/m/theirs', false, '', 'https://far.test/inbox',
       'https://far.test/m/theirs/following', $1::int4, $2::int4) returning id`,
    far.person,
    far.instance,
  );
  const follows = await outbox.sentBy(async () => {
    const input = { multi_community_id: feed };
    await followMultiCommunity(ann, { ...input, follow: true });
    await followMultiCommunity(ann, { ...input, follow: false });
  });
  t.equal(follows.map(inWords), [
    "Follow by /u/ann to far.test, secret",
    "Undo(Follow) by /u/ann to far.test, secret",
  ]);
});

test("that somebody deletes the account is told to every server", async (t) => {
  const { s, outbox, cats } = await prepared();
  const gone = await s.signUp("gone");
  await makePost(gone, cats);
  const rows = await outbox.sentBy(() =>
    deleteAccount(gone, {
      password: "correct horse battery",
      delete_content: true,
    })
  );
  t.equal(rows.map(inWords), ["Delete by /u/gone to all, secret"]);
  const { json } = rows[0];
  t.equal(json, {
    id: json.id,
    type: "Delete",
    actor: `${B}/u/gone`,
    to: [PUBLIC],
    object: `${B}/u/gone`,
    removeData: true,
  });
});
