import { OutgoingError } from "../../http/guarded_client.ts";
import { contentTypeOf, sniff, SNIFFED_BYTES } from "../../media/kinds.ts";
import { requireViewer } from "../account/session.ts";
import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { ownImage } from "../image/urls.ts";
import type { PageMetadata } from "./page.ts";
import { StatusError } from "./queue.ts";

/** What a link leads to. */
export interface LinkMetadata extends PageMetadata {
  content_type?: string;
}

const MAX_BYTES = 1024 * 1024;
const HTML = /^(?:text\/html|application\/xhtml\+xml)$/;

/** Media types by the ending of an address, for servers that name none. */
const ENDINGS: Record<string, string> = {
  avif: "image/avif",
  gif: "image/gif",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  png: "image/png",
  svg: "image/svg+xml",
  webp: "image/webp",
  mp4: "video/mp4",
  ogv: "video/ogg",
  webm: "video/webm",
  mp3: "audio/mpeg",
  ogg: "audio/ogg",
  opus: "audio/ogg",
  wav: "audio/wav",
  html: "text/html",
  htm: "text/html",
  pdf: "application/pdf",
  txt: "text/plain",
};

/**
 * `GET /post/site_metadata`: what a link leads to, for who is about to post it.
 * @throws LemmyError `invalid_url`, `blocked_url`, `unknown` when it cannot be had
 */
export async function getSiteMetadata(
  ctx: Ctx,
  input: { url: string },
): Promise<{ metadata: LinkMetadata }> {
  requireViewer(ctx);
  const url = URL.parse(input.url);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new LemmyError("invalid_url", { field: "url" });
  }
  if (ctx.site.blocklist.matches(url.href)) {
    throw new LemmyError("blocked_url", { field: "url" });
  }
  try {
    return { metadata: await fetchMetadata(ctx, url.href) };
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error;
    throw new LemmyError("unknown", { detail: error.message, cause: error });
  }
}

/**
 * Looks at what a link leads to (content §1.3): the media type, and what a page says of itself.
 * Our own images are looked up in the database.
 * @throws OutgoingError when it cannot be had
 */
export async function fetchMetadata(
  ctx: Ctx,
  url: string,
): Promise<LinkMetadata> {
  const own = ownImage(ctx, url);
  if (own?.kind === "stored") {
    const content_type = await storedType(ctx, own.alias);
    return content_type === null ? {} : { content_type };
  }
  const target = own?.kind === "proxied" ? own.url : url;
  const answer = await ctx.outgoing.request(target, {
    headers: {
      accept: "text/html,application/xhtml+xml,*/*;q=0.8",
      range: `bytes=0-${MAX_BYTES - 1}`,
    },
    redirects: 3,
    maxBytes: MAX_BYTES,
    truncate: true,
  });
  if (answer.status >= 300) {
    answer.discard();
    throw new StatusError(answer.status, new URL(answer.url).host);
  }
  const header = answer.headers.get("content-type");
  const type = mediaType(header) ?? guess(answer.url);
  if (type !== undefined && HTML.test(type)) {
    const charset = /charset\s*=\s*"?([\w:.-]+)/i.exec(header ?? "")?.[1];
    // Loaded with the first page: its parser is of no use to most workers.
    const { readPage } = await import("./page.ts");
    const page = readPage(await answer.bytes(), answer.url, charset);
    return { ...page, content_type: type };
  }
  if (type?.endsWith("/octet-stream")) {
    return { content_type: await sniffed(answer.chunks()) ?? type };
  }
  answer.discard();
  return type === undefined ? {} : { content_type: type };
}

/** The type of one of our own images; null if there is none of that name. */
async function storedType(ctx: Ctx, alias: string): Promise<string | null> {
  const rows = await query<{ content_type: string }>(
    ctx,
    `select b.content_type from local_image i join image_blob b on b.hash = i.hash
     where i.pictrs_alias = $1`,
    [alias],
  );
  return rows[0]?.content_type ?? null;
}

/** A media type without its parameters, if it is one. */
function mediaType(header: string | null): string | undefined {
  return /^\s*([\w.+-]+\/[\w.+-]+)/.exec(header ?? "")?.[1].toLowerCase();
}

function guess(url: string): string | undefined {
  const { pathname } = new URL(url);
  const ending = pathname.slice(pathname.lastIndexOf(".") + 1).toLowerCase();
  return Object.hasOwn(ENDINGS, ending) ? ENDINGS[ending] : undefined;
}

async function sniffed(
  chunks: AsyncIterable<Uint8Array>,
): Promise<string | null> {
  const head = new Uint8Array(SNIFFED_BYTES);
  let length = 0;
  for await (const chunk of chunks) {
    const part = chunk.subarray(0, head.length - length);
    head.set(part, length);
    length += part.length;
    if (length === head.length) break;
  }
  const format = sniff(head.subarray(0, length));
  return format && contentTypeOf(format);
}
