import { requireViewer } from "../account/session.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { requireHigherMod } from "../moderation/hierarchy.ts";
import { insertModlog, recordModlog } from "../modlog/record.ts";
import { requireCommunityMod, requireCommunityUser } from "../permissions.ts";
import { closeReports } from "../report/close.ts";
import type { CommentView } from "../views.ts";
import { lockAuthors, setCommentsRemoved } from "./set_removed.ts";
import { readComment } from "./view.ts";

/** A comment as its moderation needs it. */
export interface ModeratedComment {
  id: number;
  creator_id: number;
  post_id: number;
  community_id: number;
  path: string;
}

/** SQL condition: the comment with the path `$2` of the post `$1`, and all below it. */
const SUBTREE = `post_id = $1::int4
  and (path = $2 or path > $2 || '.' and path < $2 || '/')`;

/**
 * Removes or restores a comment, and with `remove_children`, whose value then counts, everything
 * below it. What its author deleted stays as it is: its text would come to light in the modlog.
 * @throws LemmyError `not_found`, `not_higher_mod`, `couldnt_update`, and those of
 * `requireCommunityMod`
 */
export async function removeComment(
  ctx: Ctx,
  input: {
    comment_id: number;
    removed: boolean;
    reason: string;
    remove_children?: boolean;
  },
): Promise<CommentView> {
  requireViewer(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const [comment] = await query<ModeratedComment>(
      ctx,
      `select id, creator_id, post_id, community_id, path from comment where id = $1::int4`,
      [input.comment_id],
    );
    if (!comment) throw new LemmyError("not_found");
    await requireCommunityMod(ctx, comment.community_id);
    await requireHigherMod(ctx, comment.community_id, comment.creator_id);
    const deleted = await setCommentRemoved(ctx, comment, {
      removed: input.remove_children ?? input.removed,
      reason: input.reason,
      below: input.remove_children !== undefined,
    });
    if (deleted) throw new LemmyError("couldnt_update");
    return await readComment(ctx, comment.id);
  });
}

/**
 * Removes or restores a comment as decided, with everything below it if wanted, and writes the
 * modlog. In a transaction.
 * @returns whether its author has deleted the comment
 */
export async function setCommentRemoved(
  ctx: Ctx,
  comment: ModeratedComment,
  { removed, reason, below }: {
    removed: boolean;
    reason: string;
    below: boolean;
  },
): Promise<boolean> {
  const affected = below
    ? await query<{ id: number; creator_id: number }>(
      ctx,
      `select id, creator_id from comment where ${SUBTREE}`,
      [comment.post_id, comment.path],
    )
    : [comment];
  await lockAuthors(ctx, affected);
  const ids = affected.map(({ id }) => id);
  const changed = await setCommentsRemoved(ctx, ids, removed);
  await closeReports(ctx, { type_: "comment", ids });
  const entry = (item: { id: number; creator_id: number }) => ({
    kind: "mod_remove_comment" as const,
    is_revert: !removed,
    reason,
    target_person_id: item.creator_id,
    target_community_id: comment.community_id,
    target_post_id: comment.post_id,
    target_comment_id: item.id,
  });
  await recordModlog(ctx, entry(comment), { remove_children: below });
  const others = changed.filter((item) =>
    item.id !== comment.id && !item.deleted
  );
  const moderator = requireViewer(ctx).person.id;
  await insertModlog(ctx, moderator, others.map(entry), { part: true });
  return changed.some(({ id, deleted }) => id === comment.id && deleted);
}

/**
 * Locks or unlocks a comment with everything below it: only moderators may reply there. The modlog
 * names the comment that was asked for (quirk Q1).
 * @throws LemmyError `not_found`, and those of `requireCommunityMod`
 */
export async function lockComment(
  ctx: Ctx,
  input: { comment_id: number; locked: boolean; reason: string },
): Promise<CommentView> {
  requireViewer(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const { comment, community } = await readComment(ctx, input.comment_id);
    await requireCommunityMod(ctx, community.id);
    await setCommentLocked(ctx, {
      ...comment,
      community_id: community.id,
    }, input);
    return await readComment(ctx, comment.id);
  });
}

/** Locks or unlocks a comment with everything below it as decided, and writes the modlog. */
export async function setCommentLocked(
  ctx: Ctx,
  comment: ModeratedComment,
  { locked, reason }: { locked: boolean; reason: string },
): Promise<void> {
  await query(
    ctx,
    `with found as (select id from comment where ${SUBTREE} order by id for no key update)
     update comment set locked = $3::boolean from found where comment.id = found.id`,
    [comment.post_id, comment.path, locked],
  );
  await recordModlog(ctx, {
    kind: "mod_lock_comment",
    is_revert: !locked,
    reason,
    target_person_id: comment.creator_id,
    target_community_id: comment.community_id,
    target_post_id: comment.post_id,
    target_comment_id: comment.id,
  });
}

/**
 * Marks a moderator's own comment as spoken in office, or as an ordinary one again.
 * @throws LemmyError `not_found`, `no_comment_edit_allowed`, and those of `requireCommunityUser`
 * and `requireCommunityMod`
 */
export async function distinguishComment(
  ctx: Ctx,
  input: { comment_id: number; distinguished: boolean },
): Promise<CommentView> {
  const viewer = requireViewer(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const { comment, community } = await readComment(ctx, input.comment_id);
    await requireCommunityUser(ctx, community.id);
    if (comment.creator_id !== viewer.person.id) {
      throw new LemmyError("no_comment_edit_allowed");
    }
    await requireCommunityMod(ctx, community.id);
    await ctx.db.updateTable("comment")
      .set({ distinguished: input.distinguished })
      .where("id", "=", comment.id).execute();
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
 * Warns the author of a comment. The warning stands in the modlog; nothing else changes.
 * @throws LemmyError `not_found`, `deleted` for one that is deleted or removed, and those of
 * `requireCommunityMod`
 */
export async function warnComment(
  ctx: Ctx,
  input: { comment_id: number; reason: string },
): Promise<CommentView> {
  requireViewer(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const view = await readComment(ctx, input.comment_id);
    const { comment, community } = view;
    await requireCommunityMod(ctx, community.id);
    if (comment.deleted || comment.removed) throw new LemmyError("deleted");
    await logCommentWarning(
      ctx,
      { ...comment, community_id: community.id },
      input.reason,
    );
    return view;
  });
}

/** The modlog's entry of a warning to a comment's author. */
export async function logCommentWarning(
  ctx: Ctx,
  comment: Omit<ModeratedComment, "path">,
  reason: string,
): Promise<void> {
  await recordModlog(ctx, {
    kind: "mod_warn_comment",
    reason,
    target_person_id: comment.creator_id,
    target_community_id: comment.community_id,
    target_post_id: comment.post_id,
    target_comment_id: comment.id,
  });
}
