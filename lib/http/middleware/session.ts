import { authenticate } from "../../domain/account/session.ts";
import { translator } from "../../i18n/mod.ts";
import { cookieValue, endSessionCookie, FLASH_COOKIE } from "../cookies.ts";
import { exchangeOf } from "../exchange.ts";
import { clearFlashCookie, readFlash } from "../flash.ts";
import { isImagePath, isRead, sessionToken } from "../request_kind.ts";
import { define } from "../state.ts";

/**
 * Makes the domain context: reads the site and finds out who is signed in. It never refuses a
 * request; a page asked for with a void cookie says that the session has ended (web-ui §1.4).
 */
export const session = define.middleware(async (ctx) => {
  const { req, state } = ctx;
  const exchange = exchangeOf(req);
  const { services, api } = exchange;
  const site = await services.site();
  const db = services.database.kysely;
  const token = sessionToken(req.headers);
  const viewer = await authenticate(db, site, token?.token ?? null, {
    // Nearly everything that is read depends on them, and hardly anything that is done.
    relations: isRead(req) && !isImagePath(ctx.url.pathname),
  });
  exchange.viewer = viewer;
  state.ctx = {
    db,
    config: services.config,
    log: services.log,
    site,
    viewer,
    now: new Date(),
    outgoing: services.outgoing,
    remote: services.remote,
    media: services.media,
    shownImages: new Set(),
    wake: () => services.wake(),
    shareContent: (name, make) => services.content.get(name, make),
    siteChanged: () => services.siteChanged(),
  };
  if (api) return await ctx.next();

  const own = viewer?.local_user.interface_language;
  if (own && own !== "browser") state.t = translator(own);
  const ended = token?.kind === "cookie" && viewer === null;
  const cookie = cookieValue(req.headers.get("cookie"), FLASH_COOKIE);
  const shows = req.method === "GET";
  if (shows) {
    state.flash = ended
      ? { kind: "error", key: "notice.session_ended" }
      : readFlash(site.jwtSecret, cookie);
  }
  const response = await ctx.next();
  if (ended && !setsCookie(response, "jwt")) {
    response.headers.append("set-cookie", endSessionCookie(services.config));
  }
  // A redirect shows nothing: the message waits for the page behind it.
  const shown = shows && cookie !== null && response.status !== 303 &&
    response.status !== 302 && isPage(response);
  if (shown && !setsCookie(response, FLASH_COOKIE)) {
    response.headers.append("set-cookie", clearFlashCookie(services.config));
  }
  return response;
});

function isPage(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("text/html") ?? false;
}

function setsCookie(response: Response, name: string): boolean {
  return response.headers.getSetCookie().some((cookie) =>
    cookie.startsWith(`${name}=`)
  );
}
