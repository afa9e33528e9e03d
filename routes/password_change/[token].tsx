import { page } from "fresh";
import {
  type FormError,
  FormProblem,
  TextField,
} from "../../components/form/field.tsx";
import { Layout } from "../../components/shell/layout.tsx";
import { uiOf } from "../../components/ui.ts";
import { changePasswordAfterReset } from "../../lib/domain/account/password_reset.ts";
import { LIMITS } from "../../lib/domain/text/rules.ts";
import { seeOther } from "../../lib/http/redirect.ts";
import { define } from "../../lib/http/state.ts";
import { formValues, NO_STORE, refusal } from "../(_shared)/forms.ts";

export const handler = define.handlers({
  GET() {
    return page({ error: null as FormError | null }, { headers: NO_STORE });
  },

  async POST(ctx) {
    const { ctx: domain, limits } = ctx.state;
    const values = await formValues(ctx);
    try {
      limits.take("register");
      await changePasswordAfterReset(domain, {
        token: ctx.params.token,
        password: values.password ?? "",
        password_verify: values.password_verify ?? "",
      });
      return seeOther(ctx, "/login", {
        kind: "success",
        key: "flash.password_changed",
      });
    } catch (thrown) {
      const { error, status } = refusal(thrown);
      // The link is used up by any attempt (accounts-and-site §2.9).
      return page({ error }, { status, headers: NO_STORE });
    }
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { error } = data;
  return (
    <Layout ui={ui} title={t("title.password_change")} noindex>
      {error
        ? (
          <div class="form card narrow">
            <h1>{t("title.password_change")}</h1>
            {error.code !== "deleted" && <FormProblem ui={ui} error={error} />}
            <p>{t("login.link_expired")}</p>
            <a class="btn go" href="/login_reset">{t("login.forgot")}</a>
          </div>
        )
        : (
          <form method="post" class="form card narrow">
            <h1>{t("title.password_change")}</h1>
            <TextField
              ui={ui}
              name="password"
              type="password"
              label={t("form.password_new")}
              help={t("help.password")}
              required
              minLength={10}
              maxLength={LIMITS.password}
              autocomplete="new-password"
              autofocus
            />
            <TextField
              ui={ui}
              name="password_verify"
              type="password"
              label={t("form.password_verify")}
              required
              autocomplete="new-password"
            />
            <button class="btn go" type="submit">{t("action.save")}</button>
          </form>
        )}
    </Layout>
  );
});
