import { type Assertions, test } from "../../harness.ts";
import { makeCommunity } from "../../support/domain.ts";
import {
  makePost,
  outcome,
  remoteInstance,
  remotePost,
  sharedSite,
  type Site,
  sql,
} from "./support.ts";
import { createComment } from "../../../lib/domain/comment/create.ts";
import { deleteComment } from "../../../lib/domain/comment/edit.ts";
import { deleteCommunity } from "../../../lib/domain/community/edit.ts";
import {
  blockCommunity,
  followCommunity,
} from "../../../lib/domain/community/follow.ts";
import { readCommunityViews } from "../../../lib/domain/community/view.ts";
import { deletePost } from "../../../lib/domain/post/edit.ts";
import { getPost } from "../../../lib/domain/post/read.ts";
import { likeComment } from "../../../lib/domain/vote/comment.ts";
import { likePost } from "../../../lib/domain/vote/post.ts";
import { foldDeltas } from "../../../lib/jobs/fold_deltas.ts";

const shared = sharedSite();

/** Every counter of content §12 that rows can be counted for, and what counting them gives. */
async function checkCounters(
  t: Assertions,
  site: Site,
  message: string,
): Promise<void> {
  const wrong = await sql(
    site,
    `select 'post ' || p.id as what, p.comments || ' ' || p.upvotes || ' ' || p.downvotes || ' ' || p.score as is,
       c.n || ' ' || v.up || ' ' || v.down || ' ' || (v.up - v.down) as should
     from post p,
       lateral (select count(*) as n from comment m where m.post_id = p.id and not (m.deleted or m.removed)) c,
       lateral (select count(*) filter (where vote_is_upvote) as up,
         count(*) filter (where not vote_is_upvote) as down from post_actions a where a.post_id = p.id) v
     where (p.comments, p.upvotes, p.downvotes, p.score) is distinct from (c.n, v.up, v.down, v.up - v.down)
     union all
     select 'comment ' || m.id, m.upvotes || ' ' || m.downvotes || ' ' || m.score || ' ' || m.child_count,
       v.up || ' ' || v.down || ' ' || (v.up - v.down) || ' ' || k.n
     from comment m,
       lateral (select count(*) filter (where vote_is_upvote) as up,
         count(*) filter (where not vote_is_upvote) as down from comment_actions a where a.comment_id = m.id) v,
       lateral (select count(*) as n from comment k where k.path like m.path || '.%') k
     where (m.upvotes, m.downvotes, m.score, m.child_count) is distinct from (v.up, v.down, v.up - v.down, k.n)
     union all
     select 'person ' || u.id, u.post_count || ' ' || u.comment_count, p.n || ' ' || m.n
     from person u,
       lateral (select count(*) as n from post where creator_id = u.id and not (deleted or removed)) p,
       lateral (select count(*) as n from comment where creator_id = u.id and not (deleted or removed)) m
     where (u.post_count, u.comment_count) is distinct from (p.n, m.n)
     union all
     select 'community ' || c.id,
       c.posts + d.posts || ' ' || c.comments + d.comments || ' ' || c.subscribers + d.subscribers
         || ' ' || c.subscribers_local + d.subscribers_local,
       p.n || ' ' || p.comments || ' ' || case when c.local then f.n else 0 end || ' ' || f.here
     from community c,
       lateral (select coalesce(sum(posts), 0) as posts, coalesce(sum(comments), 0) as comments,
         coalesce(sum(subscribers), 0) as subscribers, coalesce(sum(subscribers_local), 0) as subscribers_local
         from community_delta where community_id = c.id) d,
       lateral (select count(*) as n, coalesce(sum(comments), 0) as comments from post
         where community_id = c.id and not (deleted or removed)) p,
       lateral (select count(*) as n, count(*) filter (where u.local) as here
         from community_actions a join person u on u.id = a.person_id
         where a.community_id = c.id and a.follow_state = 'accepted') f
     where (c.posts + d.posts, c.comments + d.comments, c.subscribers + d.subscribers,
         c.subscribers_local + d.subscribers_local)
       is distinct from (p.n, p.comments, case when c.local then f.n else 0 end, f.here)
     union all
     select 'site', l.posts + d.posts || ' ' || l.comments + d.comments || ' ' || l.communities + d.communities,
       p.n || ' ' || m.n || ' ' || c.n
     from local_site l,
       lateral (select coalesce(sum(posts), 0) as posts, coalesce(sum(comments), 0) as comments,
         coalesce(sum(communities), 0) as communities from site_delta) d,
       lateral (select count(*) as n from post where local and not (deleted or removed)) p,
       lateral (select count(*) as n from comment where local and not (deleted or removed)) m,
       lateral (select count(*) as n from community where local and not (deleted or removed)) c
     where (l.posts + d.posts, l.comments + d.comments, l.communities + d.communities)
       is distinct from (p.n, m.n, c.n)`,
  );
  t.equal(wrong, [], message);
}

test("every transition of posts, comments and communities changes each counter once", async (t: Assertions) => {
  const site = await shared();
  const bob = await site.signUp("bob");
  const community = await makeCommunity(site.admin, "transitions");
  const remote = await remoteInstance(site, "one.test");
  const post = await makePost(bob, community);
  const other = await makePost(site.admin, community);
  await remotePost(site, {
    name: "From elsewhere",
    creator_id: remote.person,
    community_id: community,
  });
  await makePost(bob, remote.community);
  const comments: number[] = [];
  for (let i = 0; i < 4; i++) {
    const { comment } = await createComment(i % 2 ? bob : site.admin, {
      content: `${i}`,
      post_id: i < 3 ? post : other,
      parent_id: i > 0 && i < 3 ? comments[i - 1] : undefined,
    });
    comments.push(comment.id);
  }
  await checkCounters(t, site, "after creation");

  await deletePost(bob, { post_id: post, deleted: true });
  await checkCounters(t, site, "post deleted");
  await sql(site, "update post set removed = true where id = $1::int4", post);
  await checkCounters(t, site, "post deleted and removed");
  await deletePost(bob, { post_id: post, deleted: false });
  await checkCounters(t, site, "post still removed");
  await sql(site, "update comment set removed = true");
  await checkCounters(t, site, "all comments removed in one statement");
  await sql(site, "update post set removed = false");
  await checkCounters(t, site, "post restored before its comments");
  await sql(site, "update comment set removed = false, deleted = id % 2 = 0");
  await checkCounters(t, site, "comments restored, some deleted");
  await sql(site, "update comment set deleted = not deleted, removed = false");
  await checkCounters(t, site, "both directions in one statement");
  await sql(site, "update post set removed = true, deleted = true");
  await sql(site, "update post set removed = false, deleted = false");
  await checkCounters(t, site, "both flags at once");
  await deleteComment(site.admin, { comment_id: comments[0], deleted: true })
    .catch(() =>
      deleteComment(site.admin, { comment_id: comments[0], deleted: false })
    );
  await checkCounters(t, site, "comment toggled by its author");
  await deleteCommunity(site.admin, { community_id: community, deleted: true });
  await sql(
    site,
    "update community set removed = true where id = $1::int4",
    community,
  );
  await checkCounters(t, site, "community deleted and removed");
  await sql(site, "update community set removed = false, deleted = false");
  await checkCounters(t, site, "community restored");
  await foldDeltas(site.db);
  await checkCounters(t, site, "folded");

  await sql(site, "delete from comment where id = $1::int4", comments[1]);
  await checkCounters(t, site, "comment purged from the middle of a branch");
  const [{ child_count }] = await sql<{ child_count: number }>(
    site,
    "select child_count from comment where id = $1::int4",
    comments[0],
  );
  t.equal(child_count, 1, "its own reply stays");
  await sql(site, "delete from post where id = $1::int4", post);
  await checkCounters(t, site, "post purged");
  await sql(site, "delete from community where id = $1::int4", community);
  await checkCounters(t, site, "community purged");
  await foldDeltas(site.db);
  await checkCounters(t, site, "deltas of a purged community folded");
});

test("votes move counters up, down and away, one by one and in bulk", async (t: Assertions) => {
  const site = await shared();
  const [eve, dan] = [await site.signUp("eve"), await site.signUp("dan")];
  const kim = await site.signUp("kim");
  const community = await makeCommunity(site.admin, "voting");
  const post_id = await makePost(kim, community);
  const comment_id = (await createComment(kim, { content: "c", post_id }))
    .comment.id;
  const scores = async () => {
    const [row] = await sql<{ post_score: number; comment_score: number }>(
      site,
      "select post_score, comment_score from person where id = $1::int4",
      kim.viewer!.person.id,
    );
    return [row.post_score, row.comment_score];
  };
  for (const is_upvote of [true, false, undefined, false, true, null]) {
    await likePost(eve, { post_id, is_upvote });
    await likeComment(eve, { comment_id, is_upvote });
    await checkCounters(t, site, `vote ${is_upvote}`);
  }
  const rows = await sql(
    site,
    `select upvotes, downvotes from person_actions where person_id = $1::int4`,
    eve.viewer!.person.id,
  );
  t.equal(rows, [{ upvotes: 0, downvotes: 0 }]);
  const own = await likePost(kim, { post_id });
  t.equal(
    [own.post.score, own.person_actions?.upvotes],
    [0, -1],
    "withdrawing the automatic vote",
  );

  for (const ctx of [eve, dan]) {
    await likePost(ctx, { post_id, is_upvote: false });
    await likeComment(ctx, { comment_id, is_upvote: true });
  }
  await likePost(kim, { post_id, is_upvote: true });
  const [ranks] = await sql<{ controversy_rank: number }>(
    site,
    "select controversy_rank from post where id = $1::int4",
    post_id,
  );
  t.ok(Math.abs(ranks.controversy_rank - 3 ** 0.5) < 1e-6);
  await sql(
    site,
    "update post_actions set vote_is_upvote = not vote_is_upvote where vote_is_upvote is not null",
  );
  await sql(
    site,
    "update comment_actions set vote_is_upvote = false where vote_is_upvote",
  );
  await checkCounters(t, site, "all votes turned at once");
  t.equal(await scores(), [1, -3]);
  await sql(
    site,
    `insert into post_actions (person_id, post_id, voted_at, vote_is_upvote)
     select u.id, p.id, now(), true from person u, post p where u.local
     on conflict (person_id, post_id) do update set voted_at = now(), vote_is_upvote = true`,
  );
  await checkCounters(t, site, "inserted and updated in one statement");
  await sql(site, "delete from post_actions");
  await sql(site, "delete from comment_actions");
  await checkCounters(t, site, "all rows deleted");
  t.equal(await scores(), [0, 0]);
});

test("subscribers are the accepted follows, whatever changes them", async (t: Assertions) => {
  const site = await shared();
  const fay = await site.signUp("fay");
  const community_id = await makeCommunity(site.admin, "followed");
  const remote = await remoteInstance(site, "two.test");
  const me = fay.viewer!.person.id;
  const totals = async () => {
    const [view] = await readCommunityViews(fay, [community_id]);
    const { subscribers, subscribers_local } = view.community;
    return [subscribers, subscribers_local];
  };
  await followCommunity(fay, { community_id, follow: true });
  await followCommunity(fay, { community_id, follow: true });
  t.equal(await totals(), [2, 2]);
  await checkCounters(t, site, "followed twice");
  for (
    const state of ["pending", "accepted", "denied", "approval_required"]
  ) {
    await sql(
      site,
      "update community_actions set follow_state = $3 where person_id = $1::int4 and community_id = $2::int4",
      me,
      community_id,
      state,
    );
    await checkCounters(t, site, state);
  }
  await sql(site, "update community_actions set follow_state = 'accepted'");
  await sql(
    site,
    `insert into community_actions (person_id, community_id, followed_at, follow_state)
     values ($1::int4, $2::int4, now(), 'accepted')`,
    remote.person,
    community_id,
  );
  t.equal(await totals(), [3, 2], "a remote follower is not local");
  await blockCommunity(fay, { community_id, block: true });
  t.equal(await totals(), [2, 1]);
  await blockCommunity(fay, { community_id, block: false });
  t.equal(await totals(), [2, 1], "unblocking does not follow again");
  const rows = await sql(
    site,
    "select from community_actions where person_id = $1::int4",
    me,
  );
  t.equal(rows.length, 0, "an empty row is deleted");
  await followCommunity(fay, {
    community_id: remote.community,
    follow: true,
  });
  await sql(
    site,
    "update community_actions set follow_state = 'accepted' where person_id = $1::int4",
    me,
  );
  await checkCounters(t, site, "remote community");
  const [view] = await readCommunityViews(fay, [remote.community]);
  t.equal(
    [view.community.subscribers, view.community.subscribers_local],
    [0, 1],
  );
});

test("a deleted person takes follows, votes and content out of every counter", async (t: Assertions) => {
  const site = await shared();
  const gus = await site.signUp("gus");
  const hal = await site.signUp("hal");
  const community_id = await makeCommunity(site.admin, "leaving");
  await followCommunity(gus, { community_id, follow: true });
  const own = await makePost(gus, community_id);
  const post_id = await makePost(hal, community_id);
  await createComment(hal, { content: "below", post_id: own });
  const { comment } = await createComment(gus, { content: "a", post_id });
  await createComment(hal, { content: "b", post_id, parent_id: comment.id });
  await likePost(gus, { post_id, is_upvote: false });
  await sql(
    site,
    "delete from person where id = $1::int4",
    gus.viewer!.person.id,
  );
  await checkCounters(t, site, "person deleted");
  const { post_view } = await getPost(hal, { id: post_id });
  t.equal(
    [post_view.post.comments, post_view.post.score],
    [1, 1],
    "the answer stays, the vote goes",
  );
  t.equal(await outcome(getPost(hal, { id: own })), "not_found");
});

test("newest-comment times know necromancy, own comments and deletions", async (t: Assertions) => {
  const site = await shared();
  const ida = await site.signUp("ida");
  const community = await makeCommunity(site.admin, "necro");
  const day = 24 * 3600_000;
  const at = (days: number) => ({
    ...ida,
    now: new Date(ida.now.getTime() + days * day),
  });
  const post_id = await makePost(site.admin, community);
  await sql(
    site,
    "update post set published_at = $2::timestamptz where id = $1::int4",
    post_id,
    ida.now.toISOString(),
  );
  const times = async () => {
    const [row] = await sql<{ any: string | null; necro: string | null }>(
      site,
      `select newest_comment_time_at as any, newest_comment_time_necro_at as necro from post where id = $1::int4`,
      post_id,
    );
    return [row.any, row.necro].map((time) =>
      time && (Date.parse(time) - ida.now.getTime()) / day
    );
  };
  await createComment({ ...site.admin, now: at(0.5).now }, {
    content: "mine",
    post_id,
  });
  t.equal(await times(), [0.5, null], "the author's own does not revive");
  const { comment } = await createComment(at(1), { content: "x", post_id });
  t.equal(await times(), [1, 1]);
  await createComment(at(2), { content: "late", post_id });
  t.equal(await times(), [2, 1], "two days later is too late");
  await createComment(at(0.25), { content: "older", post_id });
  t.equal(await times(), [2, 1], "times only grow");
  await deleteComment(ida, { comment_id: comment.id, deleted: true });
  await deleteComment(ida, { comment_id: comment.id, deleted: false });
  t.equal(await times(), [2, 1], "deleting and restoring changes nothing");
  await sql(
    site,
    `insert into comment (creator_id, post_id, community_id, content, ap_id, path, deleted, published_at)
     values ($1::int4, $2::int4, $3::int4, '', 'https://elsewhere.test/gone', '0.999999', true, now() + interval '9 days')`,
    ida.viewer!.person.id,
    post_id,
    community,
  );
  t.equal(await times(), [2, 1], "deleted ones do not count");
  await checkCounters(t, site, "at the end");
});
