import { HttpError } from "fresh";
import { ConsentPage } from "../components/consent.tsx";
import { uiOf } from "../components/ui.ts";
import { LemmyError } from "../lib/domain/errors.ts";
import { hasConsented } from "../lib/http/preferences.ts";
import { isRead } from "../lib/http/request_kind.ts";
import { define } from "../lib/http/state.ts";

/** Pages that a private or unfinished site shows to everybody. */
const OPEN =
  /^\/(setup|login|login_reset|password_change|verify_email|oauth|signup|preferences|legal|logout)(\/|$)/;

/**
 * Sends everyone to the set-up while there is no site yet, and turns the domain's refusals into
 * what a reader can use: the sign-in page, or an error page with the right status (web-ui §1.3,
 * §1.4).
 */
export default define.middleware(async (ctx) => {
  const { site } = ctx.state.ctx;
  if (!site.local_site.site_setup && !OPEN.test(ctx.url.pathname)) {
    return ctx.redirect("/setup", 302);
  }
  const asks = site.site.content_warning !== undefined &&
    !ctx.state.ctx.viewer && isRead(ctx.req) &&
    !OPEN.test(ctx.url.pathname) && !hasConsented(ctx.req.headers);
  if (asks) {
    return await ctx.render(<ConsentPage ui={uiOf(ctx.state, ctx.url)} />);
  }
  try {
    return await ctx.next();
  } catch (error) {
    if (!(error instanceof LemmyError)) throw error;
    const here = isRead(ctx.req) ? ctx.url.pathname + ctx.url.search : "/";
    if (error.code === "incorrect_login" && !ctx.state.ctx.viewer) {
      return ctx.redirect(`/login?prev=${encodeURIComponent(here)}`, 303);
    }
    if (error.code === "instance_is_private") {
      const closed = site.local_site.registration_mode === "closed";
      return ctx.redirect(closed ? "/login" : "/signup", 302);
    }
    const status = FORBIDDEN.has(error.code) ? 403 : error.status;
    throw new HttpError(status, error.code, { cause: error });
  }
});

/** Refusals for want of a right rather than for a fault of the request. */
const FORBIDDEN = new Set([
  "not_an_admin",
  "not_a_mod_or_admin",
  "not_a_moderator",
  "not_top_mod",
  "no_post_edit_allowed",
  "no_comment_edit_allowed",
  "site_ban",
  "person_is_banned_from_community",
]);
