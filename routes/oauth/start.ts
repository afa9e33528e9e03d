import { LemmyError } from "../../lib/domain/errors.ts";
import { beginAuthorization } from "../../lib/domain/oauth/authorization.ts";
import { seeOther } from "../../lib/http/redirect.ts";
import { define } from "../../lib/http/state.ts";
import { formValues, refusal } from "../(_shared)/forms.ts";
import { keepOAuthStep, OAUTH_ANSWER_LENGTH } from "../(_shared)/oauth_step.ts";

/** Sends the browser to a provider; a form, so that no other site can begin a login here. */
export const handler = define.handlers({
  GET: (ctx) => ctx.redirect("/login", 302),

  async POST(ctx) {
    const { provider, prev = "", ...account } = await formValues(ctx);
    try {
      ctx.state.limits.take("register");
      // It travels in a cookie, which has 4 kB at most.
      if ((account.answer ?? "").length > OAUTH_ANSWER_LENGTH) {
        throw new LemmyError("invalid_body_field");
      }
      const id = /^\d{1,9}$/.test(provider ?? "") ? Number(provider) : 0;
      const begun = await beginAuthorization(ctx.state.ctx, id);
      const response = new Response(null, {
        status: 303,
        headers: { location: begun.address, "cache-control": "no-store" },
      });
      response.headers.append(
        "set-cookie",
        keepOAuthStep(ctx, {
          provider: id,
          state: begun.state,
          code_verifier: begun.code_verifier,
          prev,
          account,
        }),
      );
      return response;
    } catch (thrown) {
      const { error } = refusal(thrown);
      return seeOther(ctx, "/login", {
        kind: "error",
        key: `error.${error.code}`,
      });
    }
  },
});
