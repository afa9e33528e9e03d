import { requireViewer } from "../account/session.ts";
import type { Ctx } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireMedia, uploadError } from "./media.ts";
import { storeImage } from "./store.ts";

/** Files that a request has brought; they are removed when the request ends. */
export interface ReceivedFile {
  path: string;
  /** As the sender calls it. */
  name: string;
}

/** Takes the files of the request; called once it is sure that they may come. */
export type Receive = () => Promise<ReceivedFile[]>;

export interface UploadImageResponse {
  image_url: string;
  filename: string;
}

/** What an upload is for (moderation-and-operations §6.3). */
export type UploadKind = "image" | "avatar" | "banner";

/**
 * Uploads pictures or videos for texts and posts; every file is stored, the last one is answered.
 * @throws LemmyError `image_upload_disabled`, `pictrs_invalid_image_upload`
 */
export async function uploadImage(
  ctx: Ctx,
  receive: Receive,
): Promise<UploadImageResponse> {
  requireViewer(ctx);
  if (ctx.site.local_site.image_upload_disabled) {
    throw new LemmyError("image_upload_disabled");
  }
  return await receiveImage(ctx, "image", receive);
}

/** Receives and stores the files of a request whose permission has been checked. */
export async function receiveImage(
  ctx: Ctx,
  kind: UploadKind,
  receive: Receive,
): Promise<UploadImageResponse> {
  const { person } = requireViewer(ctx);
  requireMedia(ctx);
  const { local_site } = ctx.site;
  const maxSize = kind === "image"
    ? local_site.image_max_upload_size
    : kind === "avatar"
    ? local_site.image_max_avatar_size
    : local_site.image_max_banner_size;
  let response: UploadImageResponse | undefined;
  for (const { path } of await receive()) {
    try {
      const { alias, url } = await storeImage(ctx, path, {
        maxSize,
        allowAnimation: kind === "image",
        allowVideo: kind === "image" && local_site.image_allow_video_uploads,
        timeout: local_site.image_upload_timeout_seconds * 1000,
        personId: person.id,
      });
      response = { image_url: url, filename: alias };
    } catch (error) {
      throw uploadError(error);
    }
  }
  if (response) return response;
  throw new LemmyError("pictrs_invalid_image_upload", {
    detail: "the request holds no file named images[]",
  });
}
