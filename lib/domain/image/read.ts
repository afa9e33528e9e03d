import { OutgoingError } from "../../http/guarded_client.ts";
import { MAX_FILE_BYTES } from "../../media/limits.ts";
import {
  blurhashOf,
  contentTypeOf,
  formatOf,
  hashFile,
  hashText,
  inspect,
  isVideo,
  makeCopy,
  type Media,
  MediaError,
  type PictureFormat,
  wantedFormat,
} from "../../media/mod.ts";
import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireMedia } from "./media.ts";
import { type Blob, keep } from "./store.ts";
import { proxiedSource, storedSource } from "./source.ts";
import { ownImage } from "./urls.ts";

export interface Wanted {
  file_type?: string;
  /** Pixels of the square that the picture is fitted into. */
  max_size?: number;
  /** Called before something is fetched or converted; may refuse it by throwing. */
  beforeWork?: () => void;
}

/** A picture as it can be sent. */
export interface ReadableImage extends Blob {
  published_at: string;
}

const CONVERT_MS = 20_000;
const FETCH_MS = 10_000;
/** Uses within this time are remembered as one. */
const USE_GRAIN = "1 hour";

/**
 * One of our own images, converted if that is asked for (moderation-and-operations §6.5).
 * @returns null when there is none of this name
 * @throws MediaError when it cannot be converted
 */
export async function readStoredImage(
  ctx: Ctx,
  alias: string,
  wanted: Wanted,
): Promise<ReadableImage | null> {
  const media = requireMedia(ctx);
  const rows = await query<ReadableImage & { hash: string }>(
    ctx,
    `select b.hash, b.storage_key, b.bytes, b.content_type, b.width, b.height, i.published_at
     from local_image i join image_blob b on b.hash = i.hash where i.pictrs_alias = $1`,
    [alias],
  );
  if (rows.length === 0) return null;
  const [{ hash, ...image }] = rows;
  return await variant(ctx, media, storedSource(hash), image, alias, wanted);
}

/** What a request for a proxied picture comes to. */
export type Proxied =
  | { kind: "image"; image: ReadableImage; name: string | null }
  | { kind: "redirect"; url: string };

/**
 * A picture of another site through our proxy. Only those that a text or post here shows are
 * fetched, or the proxy would be open to everybody.
 * @throws LemmyError `unknown` for an address that is none, `not_found` for one nobody shows;
 * OutgoingError, MediaError when it cannot be had
 */
export async function readProxiedImage(
  ctx: Ctx,
  address: string,
  wanted: Wanted,
): Promise<Proxied> {
  const media = requireMedia(ctx);
  const url = URL.parse(address);
  if (!url) throw new LemmyError("unknown", { detail: "url is not valid" });
  const known = await query(
    ctx,
    "select from remote_image where md5(link) = md5($1) and link = $1",
    [url.href],
  );
  if (known.length === 0) throw new LemmyError("not_found");
  if (isBypassed(ctx, url.hostname)) return { kind: "redirect", url: url.href };
  const original = await once(
    proxiedSource(url.href),
    () => fetchOriginal(ctx, media, url.href, wanted),
  );
  const name = nameOf(ctx, url.href);
  const image = await variant(
    ctx,
    media,
    proxiedSource(url.href),
    original,
    name ?? url.pathname,
    wanted,
  );
  return { kind: "image", image, name };
}

/** Opens the bytes of a picture; null when the store has lost them. */
export async function openImage(
  ctx: Pick<Ctx, "db" | "media">,
  image: Blob,
  range?: { start: number; end: number },
) {
  const file = await requireMedia(ctx).store.open(image.storage_key, range);
  if (file) return file.body;
  await forgetLost(ctx, image);
  return null;
}

/** The blurhash of a picture; none of videos, and of those whose bytes are lost. */
export async function imageBlurhash(
  ctx: Pick<Ctx, "db" | "media">,
  image: Blob,
): Promise<string | undefined> {
  const format = formatOf(image.content_type);
  if (format === null || isVideo(format)) return undefined;
  const file = await requireMedia(ctx).store.local(image.storage_key);
  if (!file) return undefined;
  try {
    return await blurhashOf(file.path, CONVERT_MS);
  } finally {
    await file.release();
  }
}

/** A copy whose bytes are lost is made anew the next time. */
async function forgetLost(ctx: Pick<Ctx, "db">, image: Blob): Promise<void> {
  await query(ctx, "delete from image_cache where storage_key = $1", [
    image.storage_key,
  ]);
}

/** What a copy is of and how it was made; and what it is of alone. */
interface CopyName {
  key: string;
  source: string;
}

/**
 * Copies the bytes of one of our own images into a file.
 * @throws MediaError when there is none of this name
 */
export async function copyImage(
  ctx: Ctx,
  alias: string,
  path: string,
): Promise<void> {
  const image = await readStoredImage(ctx, alias, {});
  const body = image && await openImage(ctx, image);
  if (!body) throw new MediaError("there is no such image");
  await Deno.writeFile(path, body);
}

function isBypassed(ctx: Ctx, host: string): boolean {
  const { image_proxy_bypass_domains: domains } = ctx.site.local_site;
  return domains !== undefined &&
    domains.split(",").some((domain) => domain.trim() === host);
}

/** Last part of the path; where an address is itself a proxy's, of the innermost one. */
function nameOf(ctx: Ctx, address: string): string | null {
  let url = URL.parse(address);
  while (
    url && /\/api\/(?:v4\/image\/proxy|v3\/image_proxy)$/.test(url.pathname)
  ) {
    const inner: URL | null = URL.parse(url.searchParams.get("url") ?? "");
    if (!inner) break;
    url = inner;
  }
  const last = url?.pathname.split("/").at(-1);
  if (!last) return null;
  try {
    return decodeURIComponent(last);
  } catch {
    ctx.log.debug("a picture's name is no UTF-8", { url: address });
    return last;
  }
}

/** Conversions and fetches under way in this worker, so that each is done once. */
const underWay = new Map<string, Promise<ReadableImage>>();

async function once(
  name: string,
  work: () => Promise<ReadableImage>,
): Promise<ReadableImage> {
  const running = underWay.get(name);
  if (running) return await running;
  const promise = work().finally(() => underWay.delete(name));
  underWay.set(name, promise);
  return await promise;
}

/** The picture itself, or a converted copy of it. */
async function variant(
  ctx: Ctx,
  media: Media,
  source: string,
  image: ReadableImage,
  name: string,
  { file_type, max_size, beforeWork }: Wanted,
): Promise<ReadableImage> {
  if (file_type === undefined && max_size === undefined) return image;
  const own = formatOf(image.content_type);
  // Videos go out as they came.
  if (own !== null && isVideo(own)) return image;
  const format = wantedFormat(file_type, name);
  const edge = Math.max(image.width, image.height);
  const size = Math.min(max_size ?? edge, edge);
  if (format === own && size === edge) return image;
  const key = `${format}:${size}:${source}`;
  return await once(key, async () => {
    const found = await cached(ctx, key);
    if (found) return found;
    beforeWork?.();
    return await convert(ctx, media, { key, source }, image, format, size);
  });
}

async function convert(
  ctx: Ctx,
  media: Media,
  name: CopyName,
  image: ReadableImage,
  format: PictureFormat,
  maxSize: number,
): Promise<ReadableImage> {
  const source = await media.store.local(image.storage_key);
  if (!source) {
    await forgetLost(ctx, image);
    throw new MediaError("the picture is lost");
  }
  const work = await media.newFile();
  try {
    const inspection = await inspect(source.path);
    const size = await makeCopy(source.path, work.path, inspection, {
      format,
      maxSize,
      timeout: CONVERT_MS,
    });
    const content_type = contentTypeOf(format);
    return await remember(ctx, media, name, work.path, {
      ...size,
      content_type,
    });
  } finally {
    await work.remove();
    await source.release();
  }
}

async function fetchOriginal(
  ctx: Ctx,
  media: Media,
  url: string,
  { beforeWork }: Wanted,
): Promise<ReadableImage> {
  const source = proxiedSource(url);
  const key = `original:${source}`;
  const found = await cached(ctx, key);
  if (found) return found;
  const own = ownImage(ctx, url);
  if (own?.kind === "stored") {
    const stored = await readStoredImage(ctx, own.alias, {});
    if (stored) return stored;
  }
  beforeWork?.();
  const work = await media.newFile();
  try {
    await download(ctx, url, work.path);
    const { content_type, width, height } = await inspect(work.path);
    return await remember(ctx, media, { key, source }, work.path, {
      content_type,
      width,
      height,
    });
  } finally {
    await work.remove();
  }
}

/**
 * Fetches a picture of another site into a file.
 * @throws OutgoingError, also for an answer that is no success
 */
export async function download(
  ctx: Pick<Ctx, "outgoing">,
  url: string,
  path: string,
): Promise<void> {
  const answer = await ctx.outgoing.request(url, {
    timeout: FETCH_MS,
    maxBytes: MAX_FILE_BYTES,
    redirects: 3,
    headers: { accept: "image/*,video/*" },
  });
  if (answer.status !== 200) {
    answer.discard();
    throw new OutgoingError(
      "network",
      `the picture's server answers ${answer.status}`,
    );
  }
  await Deno.writeFile(path, ReadableStream.from(answer.chunks()));
}

async function cached(ctx: Ctx, name: string): Promise<ReadableImage | null> {
  const rows = await query<ReadableImage & { stale: boolean }>(
    ctx,
    `select storage_key, bytes, content_type, width, height, published_at,
       last_used_at < $2::timestamptz - interval '${USE_GRAIN}' as stale
     from image_cache where name = $1`,
    [hashText(name), ctx.now.toISOString()],
  );
  if (rows.length === 0) return null;
  const [{ stale, ...image }] = rows;
  if (stale) {
    await query(
      ctx,
      "update image_cache set last_used_at = $2::timestamptz where name = $1",
      [hashText(name), ctx.now.toISOString()],
    );
  }
  return image;
}

async function remember(
  ctx: Ctx,
  media: Media,
  name: CopyName,
  path: string,
  details: { content_type: string; width: number; height: number },
): Promise<ReadableImage> {
  const hash = await hashFile(path);
  const kept = await keep(media, path, hash, details.content_type);
  const [row] = await query<ReadableImage>(
    ctx,
    `insert into image_cache (name, storage_key, bytes, content_type, width, height,
       published_at, last_used_at, source)
     values ($1, $2, $3::int8, $4, $5::int4, $6::int4, $7::timestamptz, $7, $8)
     on conflict (name) do update set last_used_at = excluded.last_used_at
     returning storage_key, bytes, content_type, width, height, published_at`,
    [
      hashText(name.key),
      kept.key,
      kept.bytes,
      details.content_type,
      details.width,
      details.height,
      ctx.now.toISOString(),
      name.source,
    ],
  );
  if (row.storage_key !== kept.key) await media.store.remove(kept.key);
  return row;
}
