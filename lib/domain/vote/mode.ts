import type { Ctx } from "../context.ts";

/**
 * What a local user's vote becomes: an upvote, a downvote, or none. A direction that the site
 * disabled counts as "remove my vote" (content §5.2, Q1).
 */
export function effectiveVote(
  ctx: Ctx,
  kind: "post" | "comment",
  isUpvote: boolean | null | undefined,
): boolean | null {
  if (isUpvote === null || isUpvote === undefined) return null;
  const direction = isUpvote ? "upvotes" : "downvotes";
  const mode = ctx.site.local_site[`${kind}_${direction}` as const];
  return mode === "disable" ? null : isUpvote;
}
