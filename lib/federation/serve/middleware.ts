import { exchangeOf } from "../../http/exchange.ts";
import {
  acceptsActivity,
  isActivityPath,
  isRead,
} from "../../http/request_kind.ts";
import { define } from "../../http/state.ts";
import { serveActivity } from "./handler.ts";

/** Paths that are a page for people and a document for other servers (§1.4). */
const SHARED = /^\/(?:$|[ucm]\/[^/]+$|(?:post|comment)\/[^/]+$)/;

/** Answers other servers, at the addresses of pages by what they accept. */
export const activityPub = define.middleware((ctx) => {
  const { req, url: { pathname } } = ctx;
  const asked = isActivityPath(pathname) ||
    SHARED.test(pathname) && acceptsActivity(req.headers.get("accept"));
  if (!isRead(req) || !asked) return ctx.next();
  return serveActivity(ctx.state.ctx, req, exchangeOf(req).services.config);
});
