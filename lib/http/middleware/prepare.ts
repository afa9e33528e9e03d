import { chooseLanguage, translator } from "../../i18n/mod.ts";
import { cookieValue, LANGUAGE_COOKIE } from "../cookies.ts";
import { exchangeOf } from "../exchange.ts";
import { define } from "../state.ts";

/** Fills in what is known before the database is asked, so that error pages can rely on it. */
export const prepare = define.middleware((ctx) => {
  const { requestId, client, limits, services } = exchangeOf(ctx.req);
  const language = chooseLanguage({
    cookie: cookieValue(ctx.req.headers.get("cookie"), LANGUAGE_COOKIE),
    acceptLanguage: client.acceptLanguage,
  });
  Object.assign(ctx.state, {
    requestId,
    client,
    limits,
    flash: null,
    t: translator(language),
    liveCursor: services.live.cursor,
  });
  return ctx.next();
});
