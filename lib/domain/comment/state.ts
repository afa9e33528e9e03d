import { setMark } from "../action_rows.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { requireActiveUser } from "../permissions.ts";
import type { CommentView } from "../views.ts";
import { readComment } from "./view.ts";

/** Saves or unsaves a comment. @throws LemmyError `not_found` */
export async function saveComment(
  ctx: Ctx,
  input: { comment_id: number; save: boolean },
): Promise<CommentView> {
  requireActiveUser(ctx);
  return await inTransaction(ctx, async (ctx) => {
    await readComment(ctx, input.comment_id);
    await setMark(
      ctx,
      "comment_actions",
      input.comment_id,
      "saved_at",
      input.save,
    );
    return await readComment(ctx, input.comment_id);
  });
}
