/**
 * The app that the build serves. Fresh middlewares run in the order in which they stand here.
 */
import { App, type Context, staticFiles } from "fresh";
import { handleApiV4 } from "./lib/api/v4/mod.ts";
import { serveLegacyImage } from "./lib/api/v4/serve_image.ts";
import { DISCOVERY } from "./lib/discovery/handler.ts";
import { receiveActivity } from "./lib/federation/inbox/handler.ts";
import { activityPub } from "./lib/federation/serve/middleware.ts";
import { handleFeed } from "./lib/feeds/handler.ts";
import { exchangeOf } from "./lib/http/exchange.ts";
import { catchErrors } from "./lib/http/middleware/catch_errors.ts";
import { feedAddresses } from "./lib/http/middleware/feed_addresses.ts";
import { idempotency, requestLimits } from "./lib/http/middleware/limits.ts";
import { prepare } from "./lib/http/middleware/prepare.ts";
import { sameOrigin } from "./lib/http/middleware/same_origin.ts";
import { session } from "./lib/http/middleware/session.ts";
import type { State } from "./lib/http/state.ts";
import { handleLive } from "./lib/live/handler.ts";

/** The inbox of every actor here is the same one. */
const receive = ({ state, req }: Context<State>) => {
  const { wakeProcess } = exchangeOf(req).services;
  return receiveActivity(state.ctx, req, wakeProcess);
};

export const app = new App<State>()
  .use(prepare, catchErrors)
  .use(staticFiles())
  .use(
    session,
    sameOrigin,
    idempotency,
    requestLimits,
    feedAddresses,
    activityPub,
  )
  .get("/feeds/*", (ctx) => handleFeed(ctx.state, ctx.req))
  .get("/pictrs/image/:alias", (ctx) => serveLegacyImage(ctx.state, ctx.req))
  .get("/api/v3/image_proxy", (ctx) => serveLegacyImage(ctx.state, ctx.req))
  .all("/api/v4/*", (ctx) => handleApiV4(ctx.state, ctx.req))
  .get("/live", ({ state, req }) => {
    const { live: hub, database: { sql } } = exchangeOf(req).services;
    return handleLive(req, { ctx: state.ctx, client: state.client, hub, sql });
  })
  .post("/inbox", receive)
  .post("/u/:name/inbox", receive)
  .post("/c/:name/inbox", receive)
  .fsRoutes();

for (const [path, answer] of Object.entries(DISCOVERY)) {
  app.get(path, (ctx) => answer(ctx.state, ctx.url));
}
