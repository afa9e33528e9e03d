import type { Ctx } from "../context.ts";
import { deleteReplaced } from "./delete.ts";
import { type Receive, receiveImage, type UploadKind } from "./upload.ts";
import type { UploadImageResponse } from "./upload.ts";

/** Writes a picture's new address, or null, and answers the one that stood there. */
export type Exchange = (url: string | null) => Promise<string | null>;

/**
 * Puts an uploaded picture in the place of another, which is deleted then (moderation-and-
 * operations §6.3).
 */
export async function replacePicture(
  ctx: Ctx,
  kind: UploadKind,
  receive: Receive,
  exchange: Exchange,
): Promise<UploadImageResponse> {
  const response = await receiveImage(ctx, kind, receive);
  await deleteReplaced(ctx, await exchange(response.image_url));
  return response;
}

/** Takes a picture away; that none was there is no error. */
export async function removePicture(
  ctx: Ctx,
  exchange: Exchange,
): Promise<void> {
  await deleteReplaced(ctx, await exchange(null));
}
