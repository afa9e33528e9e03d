import type { Ctx } from "../context.ts";
import { requireReadable } from "../permissions.ts";
import type { CommentView } from "../views.ts";
import { readComment } from "./view.ts";

/**
 * `GET /comment`: one comment in any state.
 * @throws LemmyError `instance_is_private`, `not_found`
 */
export async function getComment(
  ctx: Ctx,
  input: { id: number },
): Promise<CommentView> {
  requireReadable(ctx);
  return await readComment(ctx, input.id);
}
