import { page } from "fresh";
import {
  type FormError,
  FormProblem,
  TextField,
} from "../components/form/field.tsx";
import { Layout } from "../components/shell/layout.tsx";
import { uiOf } from "../components/ui.ts";
import { requestPasswordReset } from "../lib/domain/account/password_reset.ts";
import { seeOther } from "../lib/http/redirect.ts";
import { define } from "../lib/http/state.ts";
import { formValues, NO_STORE, refusal } from "./(_shared)/forms.ts";

export const handler = define.handlers({
  GET(ctx) {
    if (ctx.state.ctx.viewer) return ctx.redirect("/", 302);
    return page({ error: null as FormError | null }, { headers: NO_STORE });
  },

  /** The answer is the same whether the address is known or not. */
  async POST(ctx) {
    const { ctx: domain, limits } = ctx.state;
    const values = await formValues(ctx);
    try {
      limits.take("register");
      await requestPasswordReset(domain, { email: values.email ?? "" });
      return seeOther(ctx, "/login", {
        kind: "success",
        key: "flash.reset_sent",
      });
    } catch (thrown) {
      const { error, status } = refusal(thrown);
      return page({ error }, { status, headers: NO_STORE });
    }
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  return (
    <Layout ui={ui} title={t("title.login_reset")} noindex>
      <form method="post" action="/login_reset" class="form card narrow">
        <h1>{t("title.login_reset")}</h1>
        <FormProblem ui={ui} error={data.error} />
        <TextField
          ui={ui}
          name="email"
          type="email"
          label={t("form.email")}
          required
          autocomplete="email"
          autofocus
        />
        <button class="btn go" type="submit">{t("login.reset_submit")}</button>
      </form>
    </Layout>
  );
});
