import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";

/**
 * The given tags without repetitions.
 * @throws LemmyError `tag_not_in_community` for a tag that is deleted or another community's
 */
export async function checkTags(
  ctx: Ctx,
  communityId: number,
  tags: readonly number[],
): Promise<number[]> {
  if (tags.length >= 10_000) throw new LemmyError("too_many_items");
  const ids = [...new Set(tags)];
  if (ids.length === 0) return ids;
  const known = await query(
    ctx,
    `select from community_tag where id = any($1::int4[]) and community_id = $2::int4 and not deleted`,
    [ids, communityId],
  );
  if (known.length < ids.length) {
    throw new LemmyError("tag_not_in_community", { field: "tags" });
  }
  return ids;
}

/** Replaces the tags of a post. */
export async function setPostTags(
  ctx: Ctx,
  postId: number,
  tags: readonly number[],
): Promise<void> {
  await query(ctx, "delete from post_tag where post_id = $1::int4", [postId]);
  await query(
    ctx,
    "insert into post_tag (post_id, community_tag_id) select $1::int4, unnest($2::int4[])",
    [postId, tags],
  );
}
