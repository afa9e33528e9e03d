import { type Ctx, queryViews } from "../context.ts";
import { select } from "../columns.ts";
import { LemmyError } from "../errors.ts";
import type { CommunityTag } from "../views.ts";

const TAG =
  `id ap_id name display_name summary community_id published_at updated_at deleted color`
    .split(" ");
const COLUMNS = TAG.map((column) => `t.${column}`).join(", ");

/** Tags of the posts that are not deleted, by post id, in the order of their names. */
export async function readPostTags(
  ctx: Ctx,
  postIds: readonly number[],
): Promise<Map<number, CommunityTag[]>> {
  const tags = new Map<number, CommunityTag[]>();
  if (postIds.length === 0) return tags;
  const rows = await queryViews<{ post_id: number; tag: CommunityTag }>(
    ctx,
    `select pt.post_id, ${select("t", "tag", TAG)} from post_tag pt
     join community_tag t on t.id = pt.community_tag_id
     where pt.post_id = any($1::int4[]) and not t.deleted order by pt.post_id, t.name`,
    [postIds],
  );
  for (const { post_id, tag } of rows) {
    const list = tags.get(post_id) ?? [];
    list.push(tag);
    tags.set(post_id, list);
  }
  return tags;
}

/** One tag, deleted or not. @throws LemmyError `not_found` */
export async function readCommunityTag(
  ctx: Ctx,
  id: number,
): Promise<CommunityTag> {
  const [tag] = await queryViews<CommunityTag>(
    ctx,
    `select ${COLUMNS} from community_tag t where t.id = $1::int4`,
    [id],
  );
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
  const rows = await queryViews<CommunityTag>(
    ctx,
    `select ${COLUMNS} from community_tag t
     where t.community_id = any($1::int4[]) and (not t.deleted or t.community_id = any($2::int4[]))
     order by t.community_id, t.name`,
    [communityIds, moderated],
  );
  for (const tag of rows) {
    const list = tags.get(tag.community_id) ?? [];
    list.push(tag);
    tags.set(tag.community_id, list);
  }
  return tags;
}
