import { type Assertions, test } from "../../harness.ts";
import { makeCommunity } from "../../support/domain.ts";
import {
  ALL,
  banned,
  makePost,
  onSite,
  outcome,
  people,
  remoteInstance,
  remotePost,
  roles,
  sharedSite,
  sql,
} from "./support.ts";
import type { Ctx } from "../../../lib/domain/context.ts";
import { createComment } from "../../../lib/domain/comment/create.ts";
import { listComments } from "../../../lib/domain/comment/list.ts";
import { getComment } from "../../../lib/domain/comment/read.ts";
import { saveComment } from "../../../lib/domain/comment/state.ts";
import { readThread } from "../../../lib/domain/comment/thread.ts";
import { followCommunity } from "../../../lib/domain/community/follow.ts";
import { listCommunities } from "../../../lib/domain/community/list.ts";
import { randomCommunity } from "../../../lib/domain/community/random.ts";
import { getCommunity } from "../../../lib/domain/community/view.ts";
import { listPersonContent } from "../../../lib/domain/person/content.ts";
import { getPerson } from "../../../lib/domain/person/view.ts";
import { listPosts } from "../../../lib/domain/post/list.ts";
import { getPost } from "../../../lib/domain/post/read.ts";
import { hidePost, savePost } from "../../../lib/domain/post/state.ts";
import { likeComment } from "../../../lib/domain/vote/comment.ts";
import { listPostLikes } from "../../../lib/domain/vote/list.ts";
import { likePost } from "../../../lib/domain/vote/post.ts";

const shared = sharedSite();

test("private communities refuse moderators and admins without an accepted follow", async (t: Assertions) => {
  const site = await shared();
  const { moderator, stranger, admin } = await people(site);
  const community_id = await makeCommunity(moderator, "closed", {
    visibility: "private",
  });
  const post_id = await makePost(moderator, community_id);
  const { comment } = await createComment(moderator, {
    content: "c",
    post_id,
  });
  await followCommunity(moderator, { community_id, follow: false });
  const owner = await site.refresh(moderator);
  for (const ctx of [owner, admin, stranger]) {
    const codes = [
      await outcome(createComment(ctx, { content: "x", post_id })),
      await outcome(likePost(ctx, { post_id, is_upvote: true })),
      await outcome(likeComment(ctx, { comment_id: comment.id })),
      await outcome(
        makePost(ctx, community_id, { name: "Not for members only" }),
      ),
    ];
    t.equal(codes, Array(4).fill("not_found"));
  }
  const asked = await followCommunity(stranger, { community_id, follow: true });
  t.equal(asked.community_actions?.follow_state, "approval_required");
  t.equal(
    (await followCommunity(admin, { community_id, follow: true }))
      .community_actions?.follow_state,
    "accepted",
  );
  t.equal(
    (await followCommunity(owner, { community_id, follow: true }))
      .community_actions?.follow_state,
    "accepted",
  );
  for (const ctx of [stranger, await site.anonymous()]) {
    const unread = [
      () => savePost(ctx, { post_id, save: true }),
      () => hidePost(ctx, { post_id, hide: true }),
      () => saveComment(ctx, { comment_id: comment.id, save: true }),
    ];
    for (const action of unread) {
      t.equal(
        await outcome(action()),
        ctx.viewer ? "not_found" : "incorrect_login",
      );
    }
  }
  t.equal(
    await outcome(listPostLikes(stranger, { post_id })),
    "not_found",
  );
  t.equal((await listPostLikes(owner, { post_id })).items.length, 1);
});

test("pending comments and what stands below scheduled posts are the author's alone", async (t: Assertions) => {
  const site = await shared();
  const cast = await people(site);
  const community_id = await makeCommunity(cast.moderator, "waiting");
  const post_id = await makePost(cast.author, community_id);
  const { comment } = await createComment(cast.author, {
    content: "c",
    post_id,
  });
  await sql(
    site,
    "update comment set federation_pending = true where id = $1::int4",
    comment.id,
  );
  const inList = async (ctx: Ctx) =>
    (await listComments(ctx, { type_: "all", post_id })).items.length > 0;
  const inThread = async (ctx: Ctx) =>
    (await readThread(ctx, { post_id, sort: "top" })).roots.length > 0;
  const inProfile = async (ctx: Ctx) =>
    (await listPersonContent(ctx, {
      username: "author",
      type_: "comments",
      community_id,
    })).items.length > 0;
  for (const way of [inList, inThread, inProfile]) {
    t.equal(await roles(cast, way), "author", way.name);
  }
  t.equal(
    await roles(cast, (ctx) => getComment(ctx, { id: comment.id })),
    ALL,
  );
  await sql(site, "update comment set federation_pending = false");
  await sql(
    site,
    "update post set scheduled_publish_time_at = now() + interval '1 day' where id = $1::int4",
    post_id,
  );
  const direct = (ctx: Ctx) => getComment(ctx, { id: comment.id });
  for (const way of [inList, inThread, inProfile, direct]) {
    t.equal(await roles(cast, way), "author", `scheduled: ${way.name}`);
  }
  t.equal(
    await outcome(createComment(cast.stranger, { content: "x", post_id })),
    "not_found",
  );
  t.equal(
    await outcome(likePost(cast.admin, { post_id, is_upvote: true })),
    "not_found",
  );
});

test("bans stop writing with the code of the first rule, and reading goes on", async (t: Assertions) => {
  const site = await shared();
  const { stranger, moderator, author } = await people(site);
  const community_id = await makeCommunity(moderator, "bans");
  const remote = await remoteInstance(site, "bans.test");
  const post_id = await makePost(author, community_id);
  const far = await remotePost(site, {
    name: "Far away",
    creator_id: remote.person,
    community_id: remote.community,
  });
  const me = stranger.viewer!.person.id;
  const writes = async (ctx: Ctx, community_id: number, post_id: number) => [
    await outcome(makePost(ctx, community_id)),
    await outcome(createComment(ctx, { content: "c", post_id })),
    await outcome(likePost(ctx, { post_id, is_upvote: true })),
    await outcome(followCommunity(ctx, { community_id, follow: true })),
    await outcome(savePost(ctx, { post_id, save: true })),
  ];
  t.equal(
    await writes(banned(stranger), community_id, post_id),
    Array(5).fill("site_ban"),
  );
  t.equal(
    await outcome(getPost(banned(stranger), { id: post_id })),
    "ok",
  );
  await sql(
    site,
    `insert into community_actions (person_id, community_id, received_ban_at)
     values ($1::int4, $2::int4, now())`,
    me,
    community_id,
  );
  const no = "person_is_banned_from_community";
  t.equal(await writes(stranger, community_id, post_id), [
    no,
    no,
    no,
    no,
    "ok",
  ]);
  await sql(
    site,
    `insert into instance_actions (person_id, instance_id, received_ban_at)
     values ($1::int4, $2::int4, now())`,
    me,
    remote.instance,
  );
  t.equal(await writes(stranger, remote.community, far), [
    "site_ban",
    "site_ban",
    "site_ban",
    "ok",
    "ok",
  ]);
  await sql(
    site,
    "update community set removed = true where id = $1::int4",
    community_id,
  );
  t.equal(await writes(stranger, community_id, post_id), [
    "not_found",
    "deleted",
    "not_found",
    "deleted",
    "not_found",
  ], "a removed community comes before its ban");
  await sql(site, "update community set removed = false");
  const view = (await getPost(moderator, { id: post_id })).post_view;
  t.equal([view.creator_banned, view.can_mod], [false, true]);
});

test("a private site refuses anonymous readers of content and says why", async (t: Assertions) => {
  const site = await shared();
  const { stranger, moderator } = await people(site);
  const community_id = await makeCommunity(moderator, "inside");
  const post_id = await makePost(moderator, community_id);
  const { comment } = await createComment(moderator, {
    content: "c",
    post_id,
  });
  const anonymous = onSite(await site.anonymous(), { private_instance: true });
  const inside = onSite(stranger, { private_instance: true });
  const reads = (ctx: Ctx) => [
    () => getPost(ctx, { id: post_id }),
    () => listPosts(ctx, { type_: "all" }),
    () => getComment(ctx, { id: comment.id }),
    () => listComments(ctx, { type_: "all" }),
    () => getCommunity(ctx, { id: community_id }),
    () => listCommunities(ctx, {}),
    () => randomCommunity(ctx, {}),
    () => getPerson(ctx, { username: "moderator" }),
    () => listPersonContent(ctx, { username: "moderator" }),
  ];
  for (const read of reads(anonymous)) {
    t.equal(await outcome(read()), "instance_is_private", String(read));
  }
  for (const read of reads(inside)) t.equal(await outcome(read()), "ok");
});
