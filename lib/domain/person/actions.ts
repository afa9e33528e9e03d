import { type Ctx, query } from "../context.ts";

/** Deletes the viewer's row about a person when it says nothing any more. */
export async function dropEmptyPersonActions(
  ctx: Ctx,
  targetId: number,
): Promise<void> {
  await query(
    ctx,
    `delete from person_actions where person_id = $1::int4 and target_id = $2::int4
       and num_nonnulls(blocked_at, noted_at, voted_at, upvotes, downvotes) = 0`,
    [ctx.viewer!.person.id, targetId],
  );
}
