import { OutgoingError } from "../../http/guarded_client.ts";
import { MediaError } from "../../media/mod.ts";
import type { Ctx } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { imageMode } from "../image/media.ts";
import {
  copyImage,
  download,
  imageBlurhash,
  readProxiedImage,
} from "../image/read.ts";
import { recordRemoteImages } from "../image/remote.ts";
import { recordDetails, storeImage } from "../image/store.ts";
import { isOwnUrl, ownImage, proxyUrl } from "../image/urls.ts";

/**
 * The address under which the site shows somebody else's picture as a thumbnail without having
 * seen it (moderation-and-operations §6.7): through the proxy if the site proxies all images.
 * The transaction of the operation lets the proxy serve it.
 */
export function thumbnailAddress(ctx: Ctx, url: string): string {
  if (imageMode(ctx) !== "proxy_all_images" || isOwnUrl(ctx, url)) return url;
  ctx.shownImages.add(url);
  return proxyUrl(ctx, url, ctx.site.local_site.image_max_thumbnail_size);
}

/** The address under which the site shows a post's own picture. */
export function imagePostAddress(ctx: Ctx, url: string): string {
  if (imageMode(ctx) !== "proxy_all_images" || isOwnUrl(ctx, url)) return url;
  ctx.shownImages.add(url);
  return proxyUrl(ctx, url);
}

/**
 * Makes the thumbnail of a post out of a picture's address, by the site's image mode; its size is
 * remembered. Where that fails the picture stands for itself. Waits for the network.
 */
export async function makeThumbnail(
  ctx: Ctx,
  address: string,
  post: { id: number; creator_id: number },
): Promise<string> {
  const image_mode = imageMode(ctx);
  const own = ownImage(ctx, address);
  const url = own?.kind === "proxied" ? own.url : address;
  try {
    if (image_mode === "store_link_previews") {
      return await storePreview(ctx, url, post);
    }
    if (image_mode === "proxy_all_images" && !isOwnUrl(ctx, url)) {
      return await proxyPreview(ctx, url);
    }
  } catch (error) {
    const expected = error instanceof OutgoingError ||
      error instanceof MediaError || error instanceof LemmyError;
    if (!expected) throw error;
    ctx.log.debug("a thumbnail cannot be made", { url, error });
  }
  return thumbnailAddress(ctx, url);
}

async function proxyPreview(ctx: Ctx, url: string): Promise<string> {
  const { image_max_thumbnail_size: max_size } = ctx.site.local_site;
  const address = proxyUrl(ctx, url, max_size);
  await recordRemoteImages(ctx, [url]);
  const found = await readProxiedImage(ctx, url, { max_size });
  if (found.kind === "image") {
    const blurhash = await imageBlurhash(ctx, found.image);
    await recordDetails(ctx, address, { ...found.image, blurhash });
  }
  return address;
}

async function storePreview(
  ctx: Ctx,
  url: string,
  post: { id: number; creator_id: number },
): Promise<string> {
  const { media } = ctx;
  if (!media) return url;
  const { image_max_thumbnail_size, image_upload_timeout_seconds } =
    ctx.site.local_site;
  const work = await media.newFile();
  try {
    const own = ownImage(ctx, url);
    if (own?.kind === "stored") await copyImage(ctx, own.alias, work.path);
    else await download(ctx, url, work.path);
    const stored = await storeImage(ctx, work.path, {
      maxSize: image_max_thumbnail_size,
      allowAnimation: true,
      allowVideo: false,
      timeout: image_upload_timeout_seconds * 1000,
      personId: post.creator_id,
      thumbnailForPostId: post.id,
    });
    return stored.url;
  } finally {
    await work.remove();
  }
}
