import { requireViewer } from "../account/session.ts";
import { type Ctx, inTransaction, lockPersons } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { checkLanguage } from "../language.ts";
import { requireCommunityUser } from "../permissions.ts";
import { markdownInput } from "../text_input.ts";
import type { CommentView } from "../views.ts";
import { readComment } from "./view.ts";

export interface EditComment {
  comment_id: number;
  content?: string;
  language_id?: number;
}

/**
 * Changes the caller's own comment; a lock does not prevent it (content §2.3).
 * @throws LemmyError `not_found`, `no_comment_edit_allowed`, and those of the fields
 */
export async function editComment(
  ctx: Ctx,
  input: EditComment,
): Promise<CommentView> {
  const viewer = requireViewer(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const { comment, community } = await readComment(ctx, input.comment_id);
    await requireCommunityUser(ctx, community.id);
    if (comment.creator_id !== viewer.person.id) {
      throw new LemmyError("no_comment_edit_allowed");
    }
    const content = input.content === undefined
      ? undefined
      : markdownInput(ctx, input.content, "content");
    await checkLanguage(ctx, community.id, input.language_id);
    await ctx.db.updateTable("comment").set({
      content,
      language_id: input.language_id,
      updated_at: ctx.now.toISOString(),
    }).where("id", "=", comment.id).execute();
    await recordEvent(ctx, {
      kind: "comment_updated",
      comment_id: comment.id,
      post_id: comment.post_id,
      community_id: community.id,
    });
    return await readComment(ctx, comment.id);
  });
}

/**
 * Deletes or restores the caller's own comment.
 * @throws LemmyError `not_found`, `couldnt_update` when it is in that state already,
 * `no_comment_edit_allowed`
 */
export async function deleteComment(
  ctx: Ctx,
  input: { comment_id: number; deleted: boolean },
): Promise<CommentView> {
  const viewer = requireViewer(ctx);
  return await inTransaction(ctx, async (ctx) => {
    await readComment(ctx, input.comment_id);
    await lockPersons(ctx, [viewer.person.id]);
    const comment = await ctx.db.selectFrom("comment")
      .select(["id", "post_id", "community_id", "creator_id", "deleted"])
      .where("id", "=", input.comment_id).forNoKeyUpdate().executeTakeFirst();
    if (!comment) throw new LemmyError("not_found");
    if (comment.deleted === input.deleted) {
      throw new LemmyError("couldnt_update");
    }
    await requireCommunityUser(ctx, comment.community_id);
    if (comment.creator_id !== viewer.person.id) {
      throw new LemmyError("no_comment_edit_allowed");
    }
    await setCommentDeleted(ctx, comment, input.deleted);
    return await readComment(ctx, comment.id);
  });
}

/** Marks a comment deleted by its author, or restored. The author's row is locked. */
export async function setCommentDeleted(
  ctx: Ctx,
  comment: { id: number; post_id: number; community_id: number },
  deleted: boolean,
): Promise<void> {
  await ctx.db.updateTable("comment").set({
    deleted,
    deleted_at: deleted ? ctx.now.toISOString() : null,
  }).where("id", "=", comment.id).execute();
  await recordEvent(ctx, {
    kind: "comment_deleted",
    comment_id: comment.id,
    post_id: comment.post_id,
    community_id: comment.community_id,
    data: { deleted },
  });
}
