import type { Ctx } from "../context.ts";
import { proxiedImageUrl } from "../text/image_links.ts";

type Site = Pick<Ctx, "config">;

/** Public address of a stored image. */
export function imageUrl({ config }: Site, alias: string): string {
  return `${config.origin}/api/v4/image/${alias}`;
}

/** Public address of somebody else's picture through our proxy, scaled if a size is given. */
export function proxyUrl(
  { config }: Site,
  url: string,
  maxSize?: number,
): string {
  const address = proxiedImageUrl({ origin: config.origin }, url);
  return maxSize === undefined ? address : `${address}&max_size=${maxSize}`;
}

/** What one of our own image addresses stands for (moderation-and-operations §6.1). */
export type OwnImage =
  | { kind: "stored"; alias: string }
  | { kind: "proxied"; url: string };

const STORED = /^\/(?:api\/v4\/image|pictrs\/image)\/([^/]+)$/;
const PROXIED = /^\/api\/(?:v4\/image\/proxy|v3\/image_proxy)$/;

/** Whether an address is on this site: host and port alike. */
export function isOwnUrl({ config }: Site, url: string): boolean {
  return URL.parse(url)?.host === new URL(config.origin).host;
}

/** Reads an address of ours, older forms included; null for whatever is no image of ours. */
export function ownImage(ctx: Site, text: string): OwnImage | null {
  const url = URL.parse(text);
  if (!url || !isOwnUrl(ctx, text)) return null;
  if (PROXIED.test(url.pathname)) {
    const inner = url.searchParams.get("url");
    return inner === null ? null : { kind: "proxied", url: inner };
  }
  const alias = STORED.exec(url.pathname)?.[1];
  return alias === undefined || ["proxy", "list", "health"].includes(alias)
    ? null
    : { kind: "stored", alias };
}
