import { type Ctx, inTransaction, query } from "../context.ts";
import { recordEvent } from "../event/record.ts";
import { removePicture, replacePicture } from "../image/replace.ts";
import type { Receive, UploadImageResponse } from "../image/upload.ts";
import { requireAdmin } from "../permissions.ts";

export type SitePicture = "icon" | "banner";

/**
 * Uploads the site's icon or banner.
 * @throws LemmyError `not_an_admin`, `pictrs_invalid_image_upload`
 */
export async function uploadSitePicture(
  ctx: Ctx,
  picture: SitePicture,
  receive: Receive,
): Promise<UploadImageResponse> {
  requireAdmin(ctx);
  return await replacePicture(
    ctx,
    picture === "icon" ? "avatar" : "banner",
    receive,
    (url) => exchange(ctx, picture, url),
  );
}

/** Removes the site's icon or banner. @throws LemmyError `not_an_admin` */
export async function deleteSitePicture(
  ctx: Ctx,
  picture: SitePicture,
): Promise<void> {
  requireAdmin(ctx);
  await removePicture(ctx, (url) => exchange(ctx, picture, url));
}

async function exchange(
  ctx: Ctx,
  picture: SitePicture,
  url: string | null,
): Promise<string | null> {
  const old = await inTransaction(ctx, async (ctx) => {
    const [{ old }] = await query<{ old: string | null }>(
      ctx,
      `select ${picture} as old from site where id = $1::int4 for no key update`,
      [ctx.site.site.id],
    );
    await query(
      ctx,
      `update site set ${picture} = $2, updated_at = $3::timestamptz where id = $1::int4`,
      [ctx.site.site.id, url, ctx.now.toISOString()],
    );
    await recordEvent(ctx, { kind: "site_updated" });
    return old;
  });
  ctx.siteChanged();
  return old;
}
