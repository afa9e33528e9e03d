import { rowsOf } from "../columns.ts";
import { changeAtOnce, type Ctx } from "../context.ts";
import type { VoteTarget } from "./target.ts";

export interface Cast {
  kind: "post" | "comment";
  target: VoteTarget;
  /** Up, down, or null for none. */
  vote: boolean | null;
  voterId: number;
}

/**
 * What became of a vote: `overtaken` by another one of the same person, so that it is to be cast
 * again; `held` by somebody who has locked the row of the author, so that nothing was done.
 */
export type Outcome = "stored" | "overtaken" | "held";

const GIVEN = rowsOf([
  "$1::int4[]",
  "$2::int4[]",
  "$3::int2[]",
  "$4::int4[]",
  "$5::int4[]",
  "$6::int4[]",
], "g (voter, item, sign, author, post, community, nr)");

/** Where votes on an item are kept; who votes on a post has read it as well. */
const STATEMENTS = {
  post: {
    wait: statement("post", "post_actions", "wait"),
    skip: statement("post", "post_actions", "skip"),
  },
  comment: {
    wait: statement("comment", "comment_actions", "wait"),
    skip: statement("comment", "comment_actions", "skip"),
  },
};

/**
 * Stores votes of one kind in one statement, with all that belongs to them; of each person at most
 * one on each item.
 *
 * Of two votes of one person each learns which vote it replaces: the second one waits for the first,
 * finds another vote than it had read, and changes nothing. Authors are locked before anything else,
 * in their order, and items by the triggers after that: so no two statements wait for each other.
 * @param locked whether to wait for authors whose rows are locked, or to leave out their votes
 * @returns what became of each, in the order given
 */
export async function storeVotes(
  ctx: Ctx,
  kind: Cast["kind"],
  casts: readonly Cast[],
  locked: "wait" | "skip",
): Promise<Outcome[]> {
  const now = ctx.now.toISOString();
  const order = casts.map((cast, index) => ({ ...cast, index })).sort((a, b) =>
    a.voterId - b.voterId || a.target.id - b.target.id
  );
  const rows = await changeAtOnce<{ outcome: Outcome }>(
    ctx,
    STATEMENTS[kind][locked],
    [
      order.map(({ voterId }) => voterId),
      order.map(({ target }) => target.id),
      // The driver takes arrays of booleans for a boolean.
      order.map(({ vote }) => vote === null ? 0 : vote ? 1 : -1),
      order.map(({ target }) => target.creator_id),
      order.map(({ target }) => target.post_id),
      order.map(({ target }) => target.community_id),
      now,
    ],
  );
  const outcomes: Outcome[] = [];
  for (const [i, { index }] of order.entries()) {
    outcomes[index] = rows[i].outcome;
  }
  return outcomes;
}

/** `$1` voters, `$2` items, `$3` votes (1, -1, 0 for none), `$4` authors, `$5` posts, `$6` communities, `$7` now. */
function statement(
  kind: "post" | "comment",
  table: string,
  locked: "wait" | "skip",
): string {
  const id = `${kind}_id`;
  const isPost = kind === "post";
  const number = (condition: string) => `coalesce(${condition}, false)::int4`;
  return `with given as materialized (
      select voter, item, case sign when 1 then true when -1 then false end as vote, author, post,
        community, nr
      from ${GIVEN}
    ), author as materialized (
      select id from person where id in (select author from given) order by id
      for no key update${locked === "skip" ? " skip locked" : ""}
    ), cast_now as materialized (
      select * from given where author in (select id from author)
    ), old as materialized (
      select c.nr, c.voter, c.item, a.vote_is_upvote as vote
      from cast_now c cross join lateral (
        select vote_is_upvote from ${table} where person_id = c.voter and ${id} = c.item
        for update) a
    ), written as (
      insert into ${table} as a (person_id, ${id}, vote_is_upvote, voted_at${
    isPost ? ", read_at" : ""
  })
      select voter, item, vote, case when vote is not null then $7::timestamptz end${
    isPost ? ", $7" : ""
  }
      from cast_now c
      ${
    isPost
      ? ""
      : "where vote is not null or exists (select from old where old.nr = c.nr)"
  } order by nr
      on conflict (person_id, ${id}) do update set vote_is_upvote = excluded.vote_is_upvote,
        voted_at = excluded.voted_at${
    isPost ? ", read_at = excluded.read_at" : ""
  }
      where a.vote_is_upvote is not distinct from (
        select vote from old where voter = a.person_id and item = a.${id})
      returning a.person_id as voter, a.${id} as item
    ), change as (
      select c.*, o.vote as before
      from written w join cast_now c using (voter, item) left join old o using (nr)
      where c.vote is not null or o.vote is not null
    ), totals as (
      insert into person_actions (person_id, target_id, voted_at, upvotes, downvotes)
      select voter, author, $7, sum(${number("vote")} - ${
    number("before")
  }), sum(${number("not vote")} - ${number("not before")})
      from change group by voter, author order by voter, author
      on conflict (person_id, target_id) do update set voted_at = excluded.voted_at,
        upvotes = coalesce(person_actions.upvotes, 0) + excluded.upvotes,
        downvotes = coalesce(person_actions.downvotes, 0) + excluded.downvotes
    ), told as (
      insert into event (kind, person_id, community_id, post_id, comment_id, data)
      select '${kind}_voted', voter, community, post, ${
    isPost ? "null" : "item"
  }, jsonb_build_object('before', before, 'vote', vote)
      from change order by nr
    ), marked as (
      update notification n set read = true from cast_now c
      where n.recipient_id = c.voter and n.${id} = c.item and not n.read
    )
    select case when c.nr is null then 'held'
        when w.item is not null${
    isPost ? "" : " or g.vote is null and o.nr is null"
  } then 'stored'
        else 'overtaken' end as outcome
    from given g left join cast_now c using (nr) left join old o using (nr)
      left join written w on w.voter = g.voter and w.item = g.item
    order by nr`;
}
