import { HttpError } from "fresh";
import { LemmyError } from "../../domain/errors.ts";
import { apiError, unavailable } from "../error_response.ts";
import { exchangeOf } from "../exchange.ts";
import { define } from "../state.ts";

/**
 * Answers the errors of the API and an absent database. Other errors go on to the error page of
 * the routes; those that nobody expected are logged here, with the id that the reader is shown.
 */
export const catchErrors = define.middleware(async (ctx) => {
  try {
    return await ctx.next();
  } catch (error) {
    const exchange = exchangeOf(ctx.req);
    const { log } = exchange.services;
    const away = unavailable(error, exchange);
    if (away) {
      log.warn("the database is not available", {
        request: exchange.requestId,
        error: (error as Error).message,
      });
      return away;
    }
    const expected = error instanceof LemmyError ||
      error instanceof HttpError && error.status < 500;
    if (!expected) {
      log.error("request failed", {
        request: exchange.requestId,
        method: ctx.req.method,
        path: ctx.url.pathname,
        error,
      });
    }
    if (exchange.api) return apiError(error);
    throw error;
  }
});
