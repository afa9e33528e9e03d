import { type Ctx, lockPersons, query } from "../context.ts";

/** A comment as its removal needs it. */
export interface RemovableComment {
  id: number;
  creator_id: number;
  /** By its author; its removal is neither logged nor told. */
  deleted: boolean;
}

/**
 * Marks comments removed or restored, whatever they were before. The caller has locked the
 * authors' rows (`lockPersons`) and touches the posts only afterwards.
 * @param updatedAt time for `updated_at`, which stays as it is without
 * @returns the comments as they are now
 */
export async function setCommentsRemoved(
  ctx: Ctx,
  commentIds: readonly number[],
  removed: boolean,
  updatedAt: Date | null = null,
): Promise<RemovableComment[]> {
  return await query<RemovableComment>(
    ctx,
    `with found as (
       select id from comment where id = any($1::int4[]) order by id for no key update
     )
     update comment set removed = $2::boolean, updated_at = coalesce($3::timestamptz, updated_at)
     from found where comment.id = found.id
     returning comment.id, comment.creator_id, comment.deleted`,
    [commentIds, removed, updatedAt?.toISOString() ?? null],
  );
}

/** Locks the authors of what is about to be removed, those of posts and comments together. */
export async function lockAuthors(
  ctx: Ctx,
  authors: readonly { creator_id: number }[],
): Promise<void> {
  await lockPersons(ctx, [...new Set(authors.map((item) => item.creator_id))]);
}
