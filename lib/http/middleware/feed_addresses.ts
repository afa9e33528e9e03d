import { isRead } from "../request_kind.ts";
import { define } from "../state.ts";

/** Where the feed of a place was found in older versions and elsewhere (web-ui §1.2). */
const OTHER = /^(?:\/(?:feed|\.rss)|\/([ucm])\/([^/]+?)(?:\/feed|\.rss))$/;

/** Leads from the usual addresses of feeds to ours. */
export const feedAddresses = define.middleware((ctx) => {
  const parts = OTHER.exec(ctx.url.pathname);
  if (!parts || !isRead(ctx.req)) return ctx.next();
  const [, kind, name] = parts;
  const path = kind === undefined ? "local" : `${kind}/${name}`;
  return ctx.redirect(`/feeds/${path}.xml${ctx.url.search}`, 302);
});
