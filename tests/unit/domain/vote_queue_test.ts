import { type Assertions, test } from "../../harness.ts";
import { makeCommunity } from "../../support/domain.ts";
import { makePost, outcome, sharedSite, type Site, sql } from "./support.ts";
import { castVote } from "../../../lib/domain/vote/cast.ts";
import { likePost } from "../../../lib/domain/vote/post.ts";
import { readVoteTarget } from "../../../lib/domain/vote/target.ts";

const shared = sharedSite();

test("of votes that come together each is stored by its own voter, on its own item, in its own direction", async (t: Assertions) => {
  const site = await shared();
  const people = await Promise.all(
    ["una", "von", "wim", "xia"].map((name) => site.signUp(name)),
  );
  const community = await makeCommunity(site.admin, "together");
  const posts: number[] = [];
  for (const author of people) posts.push(await makePost(author, community));
  // Everybody votes on everything, in some order; their own vote is withdrawn.
  const votes = people.flatMap((voter, i) =>
    posts.map((post_id, j) => ({
      voter,
      post_id,
      is_upvote: i === j ? null : (i + 2 * j) % 3 === 0,
    }))
  );
  const before = await events(site);
  await Promise.all(
    votes.map(({ voter, ...input }) => likePost(voter, input)),
  );
  const rows = await sql(
    site,
    `select person_id, post_id, vote_is_upvote from post_actions
     where post_id = any($1::int4[]) order by post_id, person_id`,
    posts,
  );
  const expected = votes.map(({ voter, post_id, is_upvote }) => ({
    person_id: voter.viewer!.person.id,
    post_id,
    vote_is_upvote: is_upvote,
  })).sort((a, b) => a.post_id - b.post_id || a.person_id - b.person_id);
  t.equal(rows, expected);
  t.equal(await events(site) - before, votes.length);
  await checkCounters(t, site);
});

test("a vote that cannot be stored takes no other with it", async (t: Assertions) => {
  const site = await shared();
  const yan = await site.signUp("yan");
  const community = await makeCommunity(site.admin, "refused");
  const post_id = await makePost(site.admin, community);
  const target = await readVoteTarget(yan, "post", post_id);
  const nobody = 2 ** 31 - 1;
  const outcomes = await Promise.allSettled([
    castVote(yan, "post", target, true, nobody),
    castVote(yan, "post", target, false),
  ]);
  t.equal(outcomes.map(({ status }) => status), ["rejected", "fulfilled"]);
  const [post] = await sql(
    site,
    "select upvotes, downvotes from post where id = $1::int4",
    post_id,
  );
  t.equal(post, { upvotes: 1, downvotes: 1 });
});

test("votes on what somebody wrote whose row is locked wait, and hold up no others", async (t: Assertions) => {
  const site = await shared();
  const zoe = await site.signUp("zoe");
  const locked = await site.signUp("locked");
  const community = await makeCommunity(site.admin, "patience");
  const held = await makePost(locked, community);
  const free = await makePost(site.admin, community);
  const release = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<void>();
  const transaction = site.db.transaction().execute(async (db) => {
    await sql(
      { db },
      "select from person where id = $1::int4 for update",
      locked.viewer!.person.id,
    );
    taken.resolve();
    await release.promise;
  });
  await taken.promise;
  let waits = true;
  const waiting = Promise.all([
    likePost(zoe, { post_id: held, is_upvote: true }),
    likePost(site.admin, { post_id: held, is_upvote: false }),
  ]).finally(() => waits = false);
  t.equal(
    await outcome(likePost(zoe, { post_id: free, is_upvote: true })),
    "ok",
  );
  // One that comes later stands behind those that wait.
  const later = likePost(zoe, { post_id: held, is_upvote: false });
  t.equal(
    await outcome(likePost(zoe, { post_id: free, is_upvote: false })),
    "ok",
  );
  t.ok(waits);
  release.resolve();
  await Promise.all([transaction, waiting, later]);
  const posts = await sql(
    site,
    "select upvotes, downvotes from post where id = any($1::int4[]) order by id",
    [held, free],
  );
  t.equal(posts, [
    { upvotes: 1, downvotes: 2 },
    { upvotes: 1, downvotes: 1 },
  ]);
  await checkCounters(t, site);
});

async function events(site: Site): Promise<number> {
  const [{ n }] = await sql<{ n: number }>(
    site,
    "select count(*)::int4 as n from event where kind = 'post_voted'",
  );
  return n;
}

/** Counters of posts and authors, and the totals that voters gave, agree with the votes. */
async function checkCounters(t: Assertions, site: Site): Promise<void> {
  const wrong = await sql(
    site,
    `with vote as (
       select a.person_id, a.post_id, p.creator_id, vote_is_upvote::int4 as up,
         (not vote_is_upvote)::int4 as down
       from post_actions a join post p on p.id = a.post_id where vote_is_upvote is not null
     )
     select 'post' as what, p.id from post p left join vote v on v.post_id = p.id
     group by p.id having (p.upvotes, p.downvotes, p.score)
       <> (coalesce(sum(up), 0), coalesce(sum(down), 0), coalesce(sum(up - down), 0))
     union all
     select 'author', u.id from person u left join vote v on v.creator_id = u.id
     group by u.id having u.post_score <> coalesce(sum(up - down), 0)
     union all
     select 'totals', a.person_id from person_actions a left join vote v
       on v.person_id = a.person_id and v.creator_id = a.target_id
     group by a.person_id, a.target_id, a.upvotes, a.downvotes
     having a.person_id <> a.target_id
       and (a.upvotes, a.downvotes) <> (coalesce(sum(up), 0), coalesce(sum(down), 0))`,
  );
  t.equal(wrong, []);
}
