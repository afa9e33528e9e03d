import { z } from "zod";
import { requireMedia } from "../../domain/image/media.ts";
import {
  openImage,
  type ReadableImage,
  readProxiedImage,
  readStoredImage,
} from "../../domain/image/read.ts";
import { OutgoingError } from "../../http/guarded_client.ts";
import type { State } from "../../http/state.ts";
import { formatOf, MediaError } from "../../media/mod.ts";
import { errorResponse } from "./errors.ts";
import { parseQuery } from "./parse.ts";
import { text } from "./schema.ts";

const wanted = {
  file_type: text.optional(),
  max_size: z.int().min(1).max(100_000).optional(),
};
const storedQuery = z.object(wanted);
const proxyQuery = z.object({ url: text, ...wanted });

/** Image addresses never change what they show. */
const CACHE_CONTROL = "public, max-age=604800, immutable";
/** An SVG could run scripts; nothing of ours does, and browsers shall not guess either. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/**
 * Answers Lemmy 0.19's addresses of images, which old texts hold (moderation-and-operations §6.1):
 * `/pictrs/image/{alias}` and `/api/v3/image_proxy`.
 */
export async function serveLegacyImage(
  state: State,
  request: Request,
): Promise<Response> {
  const url = new URL(request.url);
  if (url.pathname === "/api/v3/image_proxy") url.pathname = "/image/proxy";
  try {
    const image = await serveImage(state, request, url);
    return image ?? new Response(null, { status: 404 });
  } catch (error) {
    const answer = errorResponse(request, error);
    if (!answer) throw error;
    return answer;
  }
}

/**
 * Reading images (moderation-and-operations §6.5): `/image/{alias}` and `/image/proxy`. Browsers
 * ask for dozens a page, so only what must be fetched or converted counts as a request.
 * @returns null for other paths
 */
export async function serveImage(
  state: State,
  request: Request,
  url: URL,
): Promise<Response | null> {
  const name = /\/image\/([^/]+)$/.exec(url.pathname)?.[1];
  if (name === undefined) return null;
  const { ctx } = state;
  const { private_instance, federation_enabled } = ctx.site.local_site;
  if (private_instance && !federation_enabled && !ctx.viewer) {
    return new Response(null, { status: 401 });
  }
  requireMedia(ctx);
  try {
    return name === "proxy"
      ? await serveProxied(state, request, url)
      : await serveStored(state, request, url, name);
  } catch (error) {
    if (error instanceof MediaError) {
      ctx.log.debug("an image cannot be shown", { path: url.href, error });
      return new Response(null, { status: 422 });
    }
    if (error instanceof OutgoingError) {
      ctx.log.debug("an image cannot be fetched", { path: url.href, error });
      return new Response(null, { status: 502 });
    }
    throw error;
  }
}

async function serveStored(
  { ctx, limits }: State,
  request: Request,
  url: URL,
  alias: string,
): Promise<Response> {
  const query = parseQuery(storedQuery, legacy(url.searchParams));
  const image = await readStoredImage(ctx, alias, {
    ...query,
    beforeWork: () => limits.take("message"),
  });
  return image
    ? await send(ctx, request, image, alias)
    : new Response(null, { status: 404 });
}

async function serveProxied(
  { ctx, limits }: State,
  request: Request,
  url: URL,
): Promise<Response> {
  const { url: target, ...query } = parseQuery(
    proxyQuery,
    legacy(url.searchParams),
  );
  const found = await readProxiedImage(ctx, target, {
    ...query,
    beforeWork: () => limits.take("message"),
  });
  if (found.kind === "redirect") {
    return new Response(null, {
      status: 307,
      headers: { location: found.url, "cache-control": "no-store" },
    });
  }
  const processed = query.file_type !== undefined ||
    query.max_size !== undefined;
  const name = found.name &&
    withEnding(found.name, processed, found.image.content_type);
  return await send(ctx, request, found.image, name);
}

/** Parameters of Lemmy 0.19 by their later names. */
function legacy(query: URLSearchParams): URLSearchParams {
  const result = new URLSearchParams(query);
  for (
    const [old, name] of [["format", "file_type"], ["thumbnail", "max_size"]]
  ) {
    const value = result.get(old);
    result.delete(old);
    if (value !== null && !result.has(name)) result.set(name, value);
  }
  return result;
}

function withEnding(
  name: string,
  processed: boolean,
  contentType: string,
): string {
  const dot = name.lastIndexOf(".");
  if (dot < 0) return `${name}.jpg`;
  return processed
    ? `${name.slice(0, dot)}.${formatOf(contentType) ?? "jpg"}`
    : name;
}

async function send(
  ctx: State["ctx"],
  request: Request,
  image: ReadableImage,
  name: string | null,
): Promise<Response> {
  const headers = new Headers({
    "content-type": image.content_type,
    "cache-control": CACHE_CONTROL,
    "accept-ranges": "bytes",
    "last-modified": new Date(image.published_at).toUTCString(),
    "content-security-policy": POLICY,
    "cross-origin-resource-policy": "cross-origin",
  });
  if (name) {
    headers.set(
      "content-disposition",
      `inline; filename="${percentEncode(name)}"`,
    );
  }
  const range = byteRange(request.headers.get("range"), image.bytes);
  if (range === "unsatisfiable") {
    headers.set("content-range", `bytes */${image.bytes}`);
    return new Response(null, { status: 416, headers });
  }
  const length = range ? range.end - range.start + 1 : image.bytes;
  headers.set("content-length", String(length));
  if (range) {
    headers.set(
      "content-range",
      `bytes ${range.start}-${range.end}/${image.bytes}`,
    );
  }
  const status = range ? 206 : 200;
  if (request.method === "HEAD") return new Response(null, { status, headers });
  const body = await openImage(ctx, image, range ?? undefined);
  if (!body) return new Response(null, { status: 404 });
  return new Response(body, { status, headers });
}

/** A request for one range of bytes (RFC 9110 §14.2); null for none, or what need not be heeded. */
function byteRange(
  header: string | null,
  length: number,
): { start: number; end: number } | "unsatisfiable" | null {
  const parts = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "");
  if (!parts || (parts[1] === "" && parts[2] === "")) return null;
  if (parts[1] === "") {
    const count = Math.min(Number(parts[2]), length);
    if (count === 0) return "unsatisfiable";
    return { start: length - count, end: length - 1 };
  }
  const start = Number(parts[1]);
  const end = Math.min(
    parts[2] === "" ? Infinity : Number(parts[2]),
    length - 1,
  );
  if (start >= length) return "unsatisfiable";
  return start > end ? null : { start, end };
}

/** As in addresses of the proxy: all but letters, digits and `-_.~`. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
