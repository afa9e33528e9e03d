import { type Media, MediaError } from "../../media/mod.ts";
import type { Ctx } from "../context.ts";
import { LemmyError } from "../errors.ts";
import type { ImageMode } from "../views.ts";

/**
 * The image store.
 * @throws LemmyError `unknown` (`images_disabled`) when the operator has switched images off
 */
export function requireMedia(ctx: Pick<Ctx, "media">): Media {
  if (ctx.media) return ctx.media;
  throw new LemmyError("unknown", { detail: "images_disabled" });
}

/** How the site treats pictures of other sites; without an image store they are left as they are. */
export function imageMode(ctx: Pick<Ctx, "media" | "site">): ImageMode {
  return ctx.media ? ctx.site.local_site.image_mode : "none";
}

/** A refused upload in the words of the API; other errors as they are. */
export function uploadError(error: unknown): unknown {
  return error instanceof MediaError
    ? new LemmyError("pictrs_invalid_image_upload", {
      detail: error.message,
      cause: error,
    })
    : error;
}
