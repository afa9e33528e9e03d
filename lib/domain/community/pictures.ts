import { type Ctx, inTransaction, query } from "../context.ts";
import { recordEvent } from "../event/record.ts";
import { removePicture, replacePicture } from "../image/replace.ts";
import type { Receive, UploadImageResponse } from "../image/upload.ts";
import { requireCommunityMod } from "../permissions.ts";

export type CommunityPicture = "icon" | "banner";

/**
 * Uploads a community's icon or banner (moderation-and-operations §6.3).
 * @throws LemmyError `not_a_mod_or_admin`, `deleted`, `not_found`, `pictrs_invalid_image_upload`
 */
export async function uploadCommunityPicture(
  ctx: Ctx,
  communityId: number,
  picture: CommunityPicture,
  receive: Receive,
): Promise<UploadImageResponse> {
  await requireCommunityMod(ctx, communityId);
  return await replacePicture(
    ctx,
    picture === "icon" ? "avatar" : "banner",
    receive,
    (url) => exchange(ctx, communityId, picture, url),
  );
}

/** Removes a community's icon or banner. @throws LemmyError as the upload */
export async function deleteCommunityPicture(
  ctx: Ctx,
  communityId: number,
  picture: CommunityPicture,
): Promise<void> {
  await requireCommunityMod(ctx, communityId);
  await removePicture(ctx, (url) => exchange(ctx, communityId, picture, url));
}

async function exchange(
  ctx: Ctx,
  communityId: number,
  picture: CommunityPicture,
  url: string | null,
): Promise<string | null> {
  return await inTransaction(ctx, async (ctx) => {
    const [{ old }] = await query<{ old: string | null }>(
      ctx,
      `select ${picture} as old from community where id = $1::int4 for no key update`,
      [communityId],
    );
    await query(
      ctx,
      `update community set ${picture} = $2, updated_at = $3::timestamptz
       where id = $1::int4`,
      [communityId, url, ctx.now.toISOString()],
    );
    await recordEvent(ctx, {
      kind: "community_updated",
      community_id: communityId,
    });
    return old;
  });
}
