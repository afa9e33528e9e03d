import { requireViewer } from "../account/session.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { recordEvent } from "../event/record.ts";
import { removePicture, replacePicture } from "../image/replace.ts";
import type { Receive, UploadImageResponse } from "../image/upload.ts";

export type PersonPicture = "avatar" | "banner";

/**
 * Uploads the caller's avatar or banner (accounts-and-site §3.5).
 * @throws LemmyError `pictrs_invalid_image_upload`
 */
export async function uploadPersonPicture(
  ctx: Ctx,
  picture: PersonPicture,
  receive: Receive,
): Promise<UploadImageResponse> {
  requireViewer(ctx);
  return await replacePicture(
    ctx,
    picture,
    receive,
    (url) => exchange(ctx, picture, url),
  );
}

/** Removes the caller's avatar or banner. */
export async function deletePersonPicture(
  ctx: Ctx,
  picture: PersonPicture,
): Promise<void> {
  await removePicture(ctx, (url) => exchange(ctx, picture, url));
}

async function exchange(
  ctx: Ctx,
  picture: PersonPicture,
  url: string | null,
): Promise<string | null> {
  const { person } = requireViewer(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const [{ old }] = await query<{ old: string | null }>(
      ctx,
      `select ${picture} as old from person where id = $1::int4 for no key update`,
      [person.id],
    );
    await query(
      ctx,
      `update person set ${picture} = $2, updated_at = $3::timestamptz where id = $1::int4`,
      [person.id, url, ctx.now.toISOString()],
    );
    await recordEvent(ctx, { kind: "person_updated", person_id: person.id });
    return old;
  });
}
