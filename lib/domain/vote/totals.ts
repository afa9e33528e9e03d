import { type Ctx, query } from "../context.ts";

/**
 * Adds the difference between the viewer's old and new vote to the totals they gave the author
 * (content §5.1); nothing happens when the vote stayed the same and none was cast before.
 */
export async function addVoteTotals(
  ctx: Ctx,
  authorId: number,
  before: boolean | null,
  after: boolean | null,
): Promise<void> {
  const up = Number(after === true) - Number(before === true);
  const down = Number(after === false) - Number(before === false);
  await query(
    ctx,
    `insert into person_actions (person_id, target_id, voted_at, upvotes, downvotes)
     values ($1::int4, $2::int4, $3::timestamptz, $4::int4, $5::int4)
     on conflict (person_id, target_id) do update set voted_at = excluded.voted_at,
       upvotes = coalesce(person_actions.upvotes, 0) + excluded.upvotes,
       downvotes = coalesce(person_actions.downvotes, 0) + excluded.downvotes`,
    [ctx.viewer!.person.id, authorId, ctx.now.toISOString(), up, down],
  );
}
