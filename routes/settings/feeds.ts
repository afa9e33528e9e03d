import { rotateFeedToken } from "../../lib/domain/account/feed_token.ts";
import { define } from "../../lib/http/state.ts";
import { perform } from "../(_shared)/forms.ts";

export const handler = define.handlers({
  GET: (ctx) => ctx.redirect("/settings?tab=account", 302),
  POST(ctx) {
    return perform(ctx, "/settings?tab=account", async () => {
      await rotateFeedToken(ctx.state.ctx);
      return { kind: "success", key: "flash.token_rotated" };
    });
  },
});
