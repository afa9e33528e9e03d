import { type Ctx, inTransaction, query } from "../context.ts";
import { requireActiveUser } from "../permissions.ts";
import type { CommentView } from "../views.ts";
import { readComment } from "./view.ts";

/** Saves or unsaves a comment. @throws LemmyError `not_found` */
export async function saveComment(
  ctx: Ctx,
  input: { comment_id: number; save: boolean },
): Promise<CommentView> {
  const viewer = requireActiveUser(ctx);
  return await inTransaction(ctx, async (ctx) => {
    await readComment(ctx, input.comment_id);
    if (input.save) {
      await query(
        ctx,
        `insert into comment_actions (person_id, comment_id, saved_at)
         values ($1::int4, $2::int4, $3::timestamptz)
         on conflict (person_id, comment_id) do update set saved_at = excluded.saved_at`,
        [viewer.person.id, input.comment_id, ctx.now.toISOString()],
      );
    } else {
      await query(
        ctx,
        `update comment_actions set saved_at = null where person_id = $1::int4 and comment_id = $2::int4`,
        [viewer.person.id, input.comment_id],
      );
      await query(
        ctx,
        `delete from comment_actions where person_id = $1::int4 and comment_id = $2::int4
           and num_nonnulls(voted_at, saved_at) = 0`,
        [viewer.person.id, input.comment_id],
      );
    }
    return await readComment(ctx, input.comment_id);
  });
}
