import { requireViewer } from "../account/session.ts";
import { changeAtOnce, type Ctx } from "../context.ts";
import { markItemStatement } from "../notification/mark.ts";
import type { VoteTarget } from "./target.ts";

/** Where votes on an item are kept; who votes on a post has read it as well. */
const STATEMENTS = {
  post: statement("post", "post_actions", true),
  comment: statement("comment", "comment_actions", false),
};

/**
 * Stores the viewer's vote (up, down, or null for none) with all that belongs to it, in one
 * statement and so in one transaction: the totals that the viewer gave the author (content §5.1),
 * the event, and the mark on what told the viewer of the item. Nothing is told when there was no
 * vote before and there is none now. Counters and ranks follow by trigger.
 *
 * Of two requests of one person each learns which vote it replaces: the second one waits for the
 * first, finds another vote than it had read, changes nothing, and is repeated.
 * @param voterId of a person of another server, who is not signed in here
 */
export async function castVote(
  ctx: Ctx,
  kind: keyof typeof STATEMENTS,
  target: VoteTarget,
  vote: boolean | null,
  voterId: number = requireViewer(ctx).person.id,
): Promise<void> {
  const parameters = [
    voterId,
    target.id,
    vote,
    ctx.now.toISOString(),
    target.creator_id,
    target.post_id,
    target.community_id,
  ];
  for (let done = false; !done;) {
    [{ done }] = await changeAtOnce<{ done: boolean }>(
      ctx,
      STATEMENTS[kind],
      parameters,
    );
  }
}

/**
 * `$1` voter, `$2` item, `$3` vote, `$4` now, `$5` author, `$6` post, `$7` community. `done` is
 * false when another request of the voter came between.
 */
function statement(
  kind: "post" | "comment",
  table: string,
  marksRead: boolean,
): string {
  const id = `${kind}_id`;
  const comment = kind === "comment" ? "$2::int4" : "null::int4";
  const number = (condition: string) => `coalesce(${condition}, false)::int4`;
  return `with old as materialized (
      select vote_is_upvote as vote from ${table}
      where person_id = $1::int4 and ${id} = $2::int4 for update
    ), written as (
      insert into ${table} as a (person_id, ${id}, vote_is_upvote, voted_at${
    marksRead ? ", read_at" : ""
  })
      select $1, $2, $3::boolean, case when $3 is not null then $4::timestamptz end${
    marksRead ? ", $4::timestamptz" : ""
  }
      ${marksRead ? "" : "where $3 is not null or exists (select from old)"}
      on conflict (person_id, ${id}) do update set vote_is_upvote = excluded.vote_is_upvote,
        voted_at = excluded.voted_at${
    marksRead ? ", read_at = excluded.read_at" : ""
  }
      where a.vote_is_upvote is not distinct from (select vote from old)
      returning 1
    ), change as (
      select (select vote from old) as before from written
      where $3 is not null or (select vote from old) is not null
    ), totals as (
      insert into person_actions (person_id, target_id, voted_at, upvotes, downvotes)
      select $1, $5::int4, $4::timestamptz, ${number("$3")} - ${
    number("before")
  }, ${number("not $3")} - ${number("not before")}
      from change
      on conflict (person_id, target_id) do update set voted_at = excluded.voted_at,
        upvotes = coalesce(person_actions.upvotes, 0) + excluded.upvotes,
        downvotes = coalesce(person_actions.downvotes, 0) + excluded.downvotes
    ), told as (
      insert into event (kind, person_id, community_id, post_id, comment_id, data)
      select '${kind}_voted', $1, $7::int4, $6::int4, ${comment},
        jsonb_build_object('before', before, 'vote', $3)
      from change
    ), marked as (
      ${markItemStatement(kind)}
    )
    select exists (select from written)${
    marksRead ? "" : " or ($3 is null and not exists (select from old))"
  } as done`;
}
