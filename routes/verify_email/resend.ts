import { resendVerification } from "../../lib/domain/account/verify_email.ts";
import { define } from "../../lib/http/state.ts";
import { perform } from "../(_shared)/forms.ts";

export const handler = define.handlers({
  GET: (ctx) => ctx.redirect("/login", 302),
  POST(ctx) {
    return perform(ctx, "/login", async (values) => {
      ctx.state.limits.take("register");
      await resendVerification(ctx.state.ctx, { email: values.email ?? "" });
      return { kind: "success", key: "flash.reset_sent" };
    });
  },
});
