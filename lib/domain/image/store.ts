import {
  blurhashOf,
  contentTypeOf,
  hashFile,
  inspect,
  type Inspection,
  isVideo,
  makeCopy,
  type Media,
  MediaError,
} from "../../media/mod.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { requireMedia } from "./media.ts";
import { imageUrl } from "./urls.ts";

export interface StoreOptions {
  /** Pixels of the square that pictures are fitted into. */
  maxSize: number;
  allowAnimation: boolean;
  allowVideo: boolean;
  /** Milliseconds that working on the file may take. */
  timeout: number;
  /** Whose upload it is. */
  personId: number;
  /** The post that it is the preview picture of. */
  thumbnailForPostId?: number;
}

/** A stored image. */
export interface StoredImage {
  alias: string;
  url: string;
  width: number;
  height: number;
  content_type: string;
}

/** Columns of `image_blob` and `image_cache` that say where the bytes are. */
export interface Blob {
  storage_key: string;
  bytes: number;
  content_type: string;
  width: number;
  height: number;
}

/**
 * Stores a file under a new alias: checked, cleaned, scaled, its bytes kept once (moderation-and-
 * operations §6.1). The file itself stays where it is.
 * @throws MediaError when it is refused
 */
export async function storeImage(
  ctx: Ctx,
  path: string,
  options: StoreOptions,
): Promise<StoredImage> {
  const media = requireMedia(ctx);
  const source = await inspectUpload(ctx, path);
  if (isVideo(source.format) && !options.allowVideo) {
    throw new MediaError("videos are not taken here");
  }
  if (source.animated && !isVideo(source.format) && !options.allowAnimation) {
    throw new MediaError("animations are not taken here");
  }
  const work = await media.newFile();
  try {
    let size = { width: source.width, height: source.height };
    let blurhash: string | undefined;
    if (isVideo(source.format) || source.width === 0) {
      await Deno.copyFile(path, work.path);
    } else {
      size = await makeCopy(path, work.path, source, {
        format: source.format,
        maxSize: options.maxSize,
        timeout: options.timeout,
      });
      blurhash = await blurhashOf(work.path, options.timeout);
    }
    const content_type = contentTypeOf(source.format);
    const alias = `${crypto.randomUUID()}.${source.format}`;
    const hash = await hashFile(work.path);
    const kept = await keep(media, work.path, hash, content_type);
    const details = { ...size, content_type, blurhash };
    await inTransaction(ctx, async (ctx) => {
      const [{ storage_key }] = await query<{ storage_key: string }>(
        ctx,
        // The update that changes nothing locks the row against a deletion that is under way.
        `insert into image_blob (hash, storage_key, bytes, content_type, width, height)
         values ($1, $2, $3::int8, $4, $5::int4, $6::int4)
         on conflict (hash) do update set hash = excluded.hash
         returning storage_key`,
        [hash, kept.key, kept.bytes, content_type, size.width, size.height],
      );
      kept.used = storage_key === kept.key;
      await ctx.db.insertInto("local_image").values({
        pictrs_alias: alias,
        hash,
        person_id: options.personId,
        thumbnail_for_post_id: options.thumbnailForPostId ?? null,
        published_at: ctx.now.toISOString(),
      }).execute();
      await recordDetails(ctx, imageUrl(ctx, alias), details);
    });
    if (!kept.used) await media.store.remove(kept.key);
    return { alias, url: imageUrl(ctx, alias), ...details };
  } finally {
    await work.remove();
  }
}

/**
 * Looks at an upload. In the test mode of federation anything is taken for a picture of no size
 * and kept as it is: Lemmy's own tests upload plain words (moderation-and-operations §6.3).
 */
async function inspectUpload(ctx: Ctx, path: string): Promise<Inspection> {
  try {
    return await inspect(path);
  } catch (error) {
    if (!(error instanceof MediaError) || !ctx.config.fastFederation) {
      throw error;
    }
    const content_type = contentTypeOf("png");
    return {
      format: "png",
      content_type,
      width: 0,
      height: 0,
      animated: false,
    };
  }
}

/**
 * Puts a finished file into the store under a key of its own. What a crash leaves there without a
 * row, the clean-up removes.
 */
export async function keep(
  media: Media,
  path: string,
  hash: string,
  contentType: string,
): Promise<{ key: string; bytes: number; used: boolean }> {
  const { size: bytes } = await Deno.stat(path);
  const key = `${hash}-${crypto.randomUUID().slice(0, 8)}`;
  await media.store.put(key, path, contentType);
  return { key, bytes, used: true };
}

/** Remembers the size of a picture, by its public address; the first writer wins. */
export async function recordDetails(
  ctx: Pick<Ctx, "db">,
  link: string,
  details: {
    width: number;
    height: number;
    content_type: string;
    blurhash?: string;
  },
): Promise<void> {
  await query(
    ctx,
    `insert into image_details (link, width, height, content_type, blurhash)
     values ($1, $2::int4, $3::int4, $4, $5) on conflict do nothing`,
    [
      link,
      details.width,
      details.height,
      details.content_type,
      details.blurhash ?? null,
    ],
  );
}
