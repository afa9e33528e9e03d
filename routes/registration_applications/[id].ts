import { approveApplication } from "../../lib/domain/account/application.ts";
import { define } from "../../lib/http/state.ts";
import { idParam, perform } from "../(_shared)/forms.ts";

const LIST = "/registration_applications";

export const handler = define.handlers({
  GET: (ctx) => ctx.redirect(LIST, 302),
  POST(ctx) {
    const id = idParam(ctx);
    return perform(ctx, LIST, async (values) => {
      const approve = values.approve === "true";
      await approveApplication(ctx.state.ctx, {
        id,
        approve,
        deny_reason: approve ? undefined : values.deny_reason ?? "",
      });
      return {
        kind: "success",
        key: approve
          ? "flash.application_approved"
          : "flash.application_denied",
      };
    });
  },
});
