/**
 * What is sent of posts, comments and votes, by whom and where to: the table "Overview of sending"
 * of the federation chapter, row by row.
 */
import { createComment } from "../../lib/domain/comment/create.ts";
import { deleteComment, editComment } from "../../lib/domain/comment/edit.ts";
import { distinguishComment } from "../../lib/domain/comment/moderate.ts";
import { followCommunity } from "../../lib/domain/community/follow.ts";
import { type Ctx, inTransaction } from "../../lib/domain/context.ts";
import { deletePost, editPost } from "../../lib/domain/post/edit.ts";
import {
  featurePost,
  lockPost,
  modEditPost,
} from "../../lib/domain/post/moderate.ts";
import { likeComment } from "../../lib/domain/vote/comment.ts";
import { likePost } from "../../lib/domain/vote/post.ts";
import { PUBLIC } from "../../lib/federation/ids.ts";
import { publishScheduledPosts } from "../../lib/jobs/publish_scheduled.ts";
import { test } from "../harness.ts";
import { makeCommunity } from "../support/domain.ts";
import {
  B,
  followPerson,
  inWords,
  join,
  recordedShape,
  shapeOf,
  sharedOutbox,
} from "../support/outbox.ts";
import {
  makePost,
  remoteInstance,
  remotePost,
  type Site,
  sql,
} from "../unit/domain/support.ts";

type Json = Record<string, unknown>;

/** Somebody at fan.test follows Ann, who is a member of a private community as well. */
const prepared = sharedOutbox(async ({ s, ann }) => {
  const hidden = await makeCommunity(s.admin, "hidden", {
    visibility: "private",
  });
  const fan = await remoteInstance(s, "fan.test");
  await followPerson(s, fan.person, ann.viewer!.person.id);
  await followCommunity(s.admin, { community_id: hidden, follow: true });
  await join(s, ann.viewer!.person.id, hidden);
  return { hidden, fan };
});

async function apId(s: Site, table: string, id: number): Promise<string> {
  const [row] = await sql<{ ap_id: string }>(
    s,
    `select ap_id from ${table} where id = $1::int4`,
    id,
  );
  return row.ap_id;
}

const post = (ctx: Ctx, community: number, body?: string) =>
  makePost(ctx, community, { body });

test("a post in a community here is announced, as activity and as page, then sent by its author", async (t) => {
  const { outbox, ann, cats } = await prepared();
  let id = 0;
  const rows = await outbox.sentBy(async () => id = await post(ann, cats));
  t.equal(rows.map(inWords), [
    "Announce(Create(Page)) by /c/cats to followers",
    "Announce(Page) by /c/cats to followers",
    "Create(Page) by /u/ann to fan.test",
  ]);
  const [announce, page, create] = rows.map((row) => row.json);
  t.equal(announce.to, [`${B}/c/cats`, PUBLIC]);
  t.equal(announce.cc, [`${B}/c/cats/followers`]);
  t.match(
    String(announce.id),
    /^https:\/\/tundra\.test\/activities\/announce\/create\/[\w-]{36}$/,
  );
  t.match(String(page.id), "/activities/announce/page/");
  t.equal(announce.object, create, "the complete activity");
  const object = create.object as Json;
  t.equal(page.object, { ...object, actor: `${B}/u/ann` });
  t.equal(object.id, `${B}/post/${id}`);
  t.equal(create.to, [`${B}/c/cats`, PUBLIC]);
  t.equal(create.cc, [`${B}/c/cats`]);
  t.equal(create.audience, `${B}/c/cats`);
  t.equal("@context" in create, false);
  t.equal(shapeOf(create), recordedShape("create_or_update/create_page"));
  t.equal(rows[2].changes, [`${B}/post/${id}`]);
  t.equal(rows[2].needs.toSorted(), [`${B}/c/cats`, `${B}/u/ann`]);
  t.equal(rows[0].changes, rows[2].changes);
});

test("what happens in a community elsewhere goes there, and is announced by nobody here", async (t) => {
  const { s, outbox, ann, far } = await prepared();
  let id = 0;
  const created = await outbox.sentBy(async () =>
    id = await post(ann, far.community)
  );
  t.equal(created.map(inWords), [
    "Create(Page) by /u/ann to fan.test far.test",
  ]);
  const voted = await outbox.sentBy(async () =>
    await likePost(s.admin, { post_id: id, is_upvote: false })
  );
  t.equal(voted.map(inWords), ["Dislike by /u/admin to far.test"]);
  const edited = await outbox.sentBy(() =>
    editPost(ann, { post_id: id, name: "Another title" })
  );
  t.equal(edited.map(inWords), ["Update(Page) by /u/ann to fan.test far.test"]);
  t.equal(
    shapeOf(edited[0].json),
    recordedShape("create_or_update/update_page"),
  );
  t.equal((edited[0].json.object as Json).name, "Another title");
  const deleted = await outbox.sentBy(() =>
    deletePost(ann, { post_id: id, deleted: true })
  );
  t.equal(deleted.map(inWords), ["Delete by /u/ann to fan.test far.test"]);
});

test("comments go to whom they answer and mention, with everything above them as a need", async (t) => {
  const { s, outbox, ann, cats, far } = await prepared();
  const postId = await remotePost(s, {
    name: "From elsewhere",
    creator_id: far.person,
    community_id: cats,
  });
  const create = async (ctx: Ctx, content: string, parent_id?: number) =>
    (await createComment(ctx, { content, post_id: postId, parent_id })).comment
      .id;
  let top = 0;
  const first = await outbox.sentBy(async () => top = await create(ann, "Hm"));
  t.equal(first.map(inWords), [
    "Announce(Create(Note)) by /c/cats to followers",
    "Create(Note) by /u/ann to fan.test far.test",
  ]);
  const { json } = first[1];
  const note = json.object as Json;
  t.equal(json.cc, ["https://far.test/u/somebody"]);
  t.equal(json.tag, note.tag);
  t.equal(shapeOf(json), recordedShape("create_or_update/create_comment"));
  t.equal(note.inReplyTo, await apId(s, "post", postId));

  const middle = await create(s.admin, "Answer", top);
  let low = 0;
  const [, third] = await outbox.sentBy(async () =>
    low = await create(
      s.admin,
      "For @somebody@fan.test and @somebody@far.test",
      middle,
    )
  ).then((rows) => rows.slice(-2));
  t.equal(inWords(third), "Create(Note) by /u/admin to fan.test far.test");
  t.equal(third.changes, [`${B}/comment/${low}`]);
  for (
    const need of [
      `${B}/comment/${top}`,
      `${B}/comment/${middle}`,
      await apId(s, "post", postId),
    ]
  ) t.ok(third.needs.includes(need), need);

  const edited = await outbox.sentBy(async () => {
    await editComment(ann, { comment_id: top, content: "Hm!" });
    await deleteComment(ann, { comment_id: top, deleted: true });
    await deleteComment(ann, { comment_id: top, deleted: false });
    await distinguishComment(s.admin, { comment_id: low, distinguished: true });
  });
  t.equal(edited.map(inWords).filter((line) => !line.startsWith("Announce")), [
    "Update(Note) by /u/ann to fan.test far.test",
    "Delete by /u/ann to fan.test",
    "Undo(Delete) by /u/ann to fan.test",
    "Update(Note) by /u/admin to fan.test far.test",
  ]);
  const [, deletion, undo] = edited.filter((row) => row.actor_type === "person")
    .map((row) => row.json);
  t.equal(deletion.object, `${B}/comment/${top}`);
  t.equal(shapeOf(deletion), recordedShape("deletion/delete_page"));
  t.equal(shapeOf(undo), recordedShape("deletion/undo_delete_page"));
  t.equal((undo.object as Json).object, `${B}/comment/${top}`);
  t.notEqual((undo.object as Json).id, deletion.id, "a fresh id");
});

test("a vote is sent when it changes, and its end as the Undo of the one before", async (t) => {
  const { outbox, s, ann, cats } = await prepared();
  const post_id = await post(ann, cats);
  const { comment } = await createComment(ann, { content: "Me", post_id });
  const like = (is_upvote?: boolean) =>
    likePost(s.admin, { post_id, is_upvote });
  const rows = await outbox.sentBy(async () => {
    for (const vote of [true, false, undefined, undefined]) await like(vote);
    await likeComment(s.admin, { comment_id: comment.id, is_upvote: true });
    await likeComment(ann, { comment_id: comment.id });
  });
  t.equal(rows.map(inWords), [
    "Announce(Like) by /c/cats to followers",
    "Like by /u/admin to nobody",
    "Announce(Dislike) by /c/cats to followers",
    "Dislike by /u/admin to nobody",
    "Announce(Undo(Dislike)) by /c/cats to followers",
    "Undo(Dislike) by /u/admin to nobody",
    "Announce(Like) by /c/cats to followers",
    "Like by /u/admin to nobody",
    "Announce(Undo(Like)) by /c/cats to followers",
    "Undo(Like) by /u/ann to fan.test",
  ]);
  t.equal(shapeOf(rows[1].json), recordedShape("voting/like_note"));
  t.equal(shapeOf(rows[3].json), recordedShape("voting/dislike_page"));
  t.equal(shapeOf(rows[9].json), recordedShape("voting/undo_like_note"));
  t.equal(rows[1].json.object, `${B}/post/${post_id}`);
  const vote = `${B}/u/admin ${B}/post/${post_id}`;
  t.equal([rows[1].changes, rows[5].changes], [[vote], [vote]]);
  t.ok(rows[1].needs.includes(`${B}/post/${post_id}`), "after the post");
});

test("a moderator's change of a post is his, but announced as the author's", async (t) => {
  const { s, outbox, ann, cats, far } = await prepared();
  const id = await post(ann, cats);
  const rows = await outbox.sentBy(() =>
    modEditPost(s.admin, { post_id: id, nsfw: true })
  );
  t.equal(rows.map(inWords), [
    "Announce(Update(Page)) by /c/cats to followers",
    "Announce(Page) by /c/cats to followers",
    "Update(Page) by /u/admin to nobody",
  ]);
  t.equal((rows[0].json.object as Json).actor, `${B}/u/ann`);
  t.equal((rows[1].json.object as Json).actor, `${B}/u/ann`);
  t.equal(rows[2].json.actor, `${B}/u/admin`);
  const theirs = await remotePost(s, {
    name: "Theirs",
    creator_id: far.person,
    community_id: far.community,
  });
  const [update] = await outbox.sentBy(() =>
    modEditPost(s.admin, { post_id: theirs, nsfw: true })
  );
  t.equal(inWords(update), "Update(Page) by /u/admin to far.test");
});

test("what happens in private communities is for members, and is never served", async (t) => {
  const { s, outbox, ann, hidden, fan } = await prepared();
  const rows = await outbox.sentBy(() => post(ann, hidden));
  t.equal(rows.map(inWords), [
    "Announce(Create(Page)) by /c/hidden to followers, secret",
    "Announce(Page) by /c/hidden to followers, secret",
    "Create(Page) by /u/ann to nobody, secret",
  ]);
  const members = [`${B}/c/hidden`, `${B}/c/hidden/followers`];
  for (const { json } of rows) t.equal(json.to, members);

  // Who follows her reads it if somebody of that server is a member.
  await join(s, fan.person, hidden);
  const id = rows[2].json.object as Json;
  const [, vote] = await outbox.sentBy(() =>
    likePost(ann, { post_id: Number(String(id.id).split("/").at(-1)) })
  );
  t.equal(inWords(vote), "Undo(Like) by /u/ann to fan.test, secret");
  const far = await outbox.sentBy(() =>
    post(ann, hidden, "Dear @somebody@far.test")
  );
  t.equal(inWords(far[2]), "Create(Page) by /u/ann to fan.test, secret");
});

test("nothing of a scheduled post is sent before its publication, and then all that its author did", async (t) => {
  const { s, outbox, ann } = await prepared();
  const own = await makeCommunity(ann, "own");
  const soon = Math.floor(Date.now() / 1000) + 3600;
  let id = 0;
  let first = 0;
  const comment = async (content: string, parent_id?: number) =>
    (await createComment(ann, { content, post_id: id, parent_id })).comment.id;
  const scheduled = await outbox.sentBy(async () => {
    id = await makePost(ann, own, { scheduled_publish_time_at: soon });
    await editPost(ann, {
      post_id: id,
      name: "Later still",
      scheduled_publish_time_at: soon + 3600,
    });
    first = await comment("To be continued");
    await comment("To be continued, dear @somebody@far.test", first);
    const taken = await comment("Nonsense");
    await deleteComment(ann, { comment_id: taken, deleted: true });
    await likePost(ann, { post_id: id });
    await likeComment(ann, { comment_id: first, is_upvote: false });
    for (const locked of [true, false, true]) {
      await lockPost(ann, { post_id: id, locked, reason: "Only to be read" });
    }
    await featurePost(ann, {
      post_id: id,
      featured: true,
      feature_type: "community",
    });
  });
  t.equal(scheduled, []);
  const published = await outbox.sentBy(() =>
    publishScheduledPosts({
      ...outbox.job,
      now: new Date((soon + 7200) * 1000),
    })
  );
  const byAnn = published.filter((row) => row.actor_type === "person");
  t.equal(byAnn.map(inWords), [
    "Create(Page) by /u/ann to fan.test",
    "Create(Note) by /u/ann to fan.test",
    "Create(Note) by /u/ann to fan.test far.test",
    "Undo(Like) by /u/ann to fan.test",
    "Dislike by /u/ann to fan.test",
    "Lock by /u/ann to nobody",
    "Add by /u/ann to nobody",
  ]);
  t.equal(
    byAnn.map(({ json }) => (json.object as Json).object ?? json.object)
      .slice(3),
    [
      `${B}/post/${id}`,
      `${B}/comment/${first}`,
      `${B}/post/${id}`,
      `${B}/post/${id}`,
    ],
  );
  t.equal((byAnn[2].json.object as Json).inReplyTo, `${B}/comment/${first}`);
  t.equal(published.length, 2 * byAnn.length + 1, "each is announced as well");

  // Whoever handles events only after the publication sends nothing twice either.
  const late = await outbox.sentBy(async () => {
    await inTransaction(ann, async (ann) => {
      id = await makePost(ann, own, { scheduled_publish_time_at: soon });
      await createComment(ann, { content: "First", post_id: id });
    });
    await sql(
      s,
      `update event set published_at = now() - interval '1 day'
       where kind = 'comment_created' and post_id = $1::int4`,
      id,
    );
    await editPost(ann, { post_id: id, name: "Now" });
  });
  t.equal(
    late.filter((row) => row.actor_type === "person").map(inWords),
    [
      "Create(Page) by /u/ann to fan.test",
      "Create(Note) by /u/ann to fan.test",
    ],
  );
});

test("nothing of local-only communities, or while federation is off is sent", async (t) => {
  const { s, outbox, ann, cats } = await prepared();
  const here = await makeCommunity(s.admin, "here", {
    visibility: "local_only_public",
  });
  const rows = await outbox.sentBy(async () => {
    const id = await post(ann, here);
    await likePost(s.admin, { post_id: id, is_upvote: true });
    await createComment(s.admin, { content: "Yes", post_id: id });
    await deletePost(ann, { post_id: id, deleted: true });
  });
  t.equal(rows, []);

  await sql(s, "update local_site set federation_enabled = false");
  try {
    t.equal(await outbox.sentBy(() => post(ann, cats)), []);
  } finally {
    await sql(s, "update local_site set federation_enabled = true");
  }
  t.equal(await outbox.sent(), [], "not later either");
});
