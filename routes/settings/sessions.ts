import { revokeSession } from "../../lib/domain/account/session.ts";
import { define } from "../../lib/http/state.ts";
import { perform } from "../(_shared)/forms.ts";

export const handler = define.handlers({
  GET(ctx) {
    return ctx.redirect(`/settings${ctx.url.search}`, 302);
  },
  POST(ctx) {
    return perform(ctx, "/settings?tab=sessions", async (values) => {
      await revokeSession(ctx.state.ctx, values.revoke ?? "");
      return { kind: "success", key: "flash.session_revoked" };
    });
  },
});
