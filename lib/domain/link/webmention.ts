import { OutgoingError } from "../../http/guarded_client.ts";
import { type Ctx, query } from "../context.ts";
import { isOwnUrl, ownImage } from "../image/urls.ts";
import { forgetWish, postponeWish, StatusError, type Wish } from "./queue.ts";

export type WebmentionWish = Wish;

const MAX_BYTES = 1024 * 1024;
/** The standard asks for so many redirects at least to be followed. */
const REDIRECTS = 20;

/**
 * Wants the links of these new posts to be told of them (content §1.1): of those that everybody may
 * read, with a link to another site.
 */
export async function wantWebmentions(
  ctx: Pick<Ctx, "db" | "now">,
  postIds: readonly number[],
): Promise<void> {
  await query(
    ctx,
    `insert into post_webmention (post_id, due_at)
     select p.id, $2::timestamptz from post p join community c on c.id = p.community_id
     where p.id = any($1::int4[]) and p.local and p.url ~ '^https?://'
       and c.visibility in ('public', 'local_only_public')
     on conflict do nothing`,
    [postIds, ctx.now.toISOString()],
  );
}

/**
 * Tells a page that a post links to it, if it wants to be told (W3C Webmention, §3.1). Whoever does
 * not answer is told later; a refusal is final.
 */
export async function sendWebmention(
  ctx: Ctx,
  wish: WebmentionWish,
): Promise<void> {
  const [post] = await query<{ ap_id: string; url: string | null }>(
    ctx,
    `select ap_id, url from post
     where id = $1::int4 and not deleted and not removed`,
    [wish.post_id],
  );
  const own = post?.url ? ownImage(ctx, post.url) : null;
  const target = own?.kind === "proxied" ? own.url : post?.url;
  try {
    if (post && target && !isOwnUrl(ctx, target)) {
      await tell(ctx, post.ap_id, target);
    }
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error;
    ctx.log.debug("a page cannot be told of a post", { url: target, error });
    if (await postponeWish(ctx, "post_webmention", wish, error)) return;
  }
  await forgetWish(ctx, "post_webmention", wish);
}

async function tell(ctx: Ctx, source: string, target: string): Promise<void> {
  const endpoint = await endpointOf(ctx, target);
  if (!endpoint) return;
  const answer = await ctx.outgoing.request(endpoint, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ source, target }).toString(),
  });
  answer.discard();
  if (answer.status >= 300) {
    throw new StatusError(answer.status, new URL(endpoint).host);
  }
}

/** Where a page wants to be told, by its head or in its text; null if it does not. */
async function endpointOf(ctx: Ctx, url: string): Promise<string | null> {
  const answer = await ctx.outgoing.request(url, {
    headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" },
    redirects: REDIRECTS,
    maxBytes: MAX_BYTES,
    truncate: true,
  });
  if (answer.status >= 300) {
    answer.discard();
    throw new StatusError(answer.status, new URL(answer.url).host);
  }
  const named = fromHeader(answer.headers.get("link") ?? "");
  const isHtml = /html/i.test(answer.headers.get("content-type") ?? "");
  let found = named;
  if (found === null && isHtml) {
    // Loaded with the first page, as for the metadata.
    const { readWebmention } = await import("./page.ts");
    found = readWebmention(await answer.bytes());
  } else answer.discard();
  return found === null ? null : URL.parse(found, answer.url)?.href ?? null;
}

/** The target of a `Link` header with the relation (RFC 8288). */
function fromHeader(header: string): string | null {
  for (const [, target, parameters] of header.matchAll(/<([^>]*)>([^,]*)/g)) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;]+))/i.exec(parameters);
    const relations = (rel?.[1] ?? rel?.[2] ?? "").toLowerCase().split(/\s+/);
    if (relations.includes("webmention")) return target;
  }
  return null;
}
