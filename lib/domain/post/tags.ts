import { type Ctx, query } from "../context.ts";
import { nest } from "../columns.ts";
import { LemmyError } from "../errors.ts";
import type { CommunityTag } from "../views.ts";

const TAG =
  "t.id, t.ap_id, t.name, t.display_name, t.summary, t.community_id, t.published_at, t.updated_at, t.deleted, t.color";

/** Tags of the posts that are not deleted, by post id, in the order of their names. */
export async function readPostTags(
  ctx: Ctx,
  postIds: readonly number[],
): Promise<Map<number, CommunityTag[]>> {
  const tags = new Map<number, CommunityTag[]>();
  if (postIds.length === 0) return tags;
  const rows = await query<Record<string, unknown> & { post_id: number }>(
    ctx,
    `select pt.post_id, ${TAG} from post_tag pt
     join community_tag t on t.id = pt.community_tag_id
     where pt.post_id = any($1::int4[]) and not t.deleted order by pt.post_id, t.name`,
    [postIds],
  );
  for (const row of rows) {
    const { post_id, ...tag } = row;
    const list = tags.get(post_id) ?? [];
    list.push(nest<CommunityTag>([tag])[0]);
    tags.set(post_id, list);
  }
  return tags;
}

/** One tag, deleted or not. @throws LemmyError `not_found` */
export async function readCommunityTag(
  ctx: Ctx,
  id: number,
): Promise<CommunityTag> {
  const rows = await query<Record<string, unknown>>(
    ctx,
    `select ${TAG} from community_tag t where t.id = $1::int4`,
    [id],
  );
  const [tag] = nest<CommunityTag>(rows);
  if (!tag) throw new LemmyError("not_found");
  return tag;
}

/** Tags of the communities by community id; deleted ones too for those listed in `moderated`. */
export async function readCommunityTags(
  ctx: Ctx,
  communityIds: readonly number[],
  moderated: readonly number[],
): Promise<Map<number, CommunityTag[]>> {
  const tags = new Map<number, CommunityTag[]>();
  if (communityIds.length === 0) return tags;
  const rows = await query<Record<string, unknown>>(
    ctx,
    `select ${TAG} from community_tag t
     where t.community_id = any($1::int4[]) and (not t.deleted or t.community_id = any($2::int4[]))
     order by t.community_id, t.name`,
    [communityIds, moderated],
  );
  for (const tag of nest<CommunityTag>(rows)) {
    const list = tags.get(tag.community_id) ?? [];
    list.push(tag);
    tags.set(tag.community_id, list);
  }
  return tags;
}
