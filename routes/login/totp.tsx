import { page } from "fresh";
import { type FormError, FormProblem } from "../../components/form/field.tsx";
import { TotpField } from "../../components/form/totp_field.tsx";
import { Layout } from "../../components/shell/layout.tsx";
import { uiOf } from "../../components/ui.ts";
import { login } from "../../lib/domain/account/login.ts";
import { sessionCookie } from "../../lib/http/cookies.ts";
import { returnPath, seeOther } from "../../lib/http/redirect.ts";
import { define } from "../../lib/http/state.ts";
import { formValues, NO_STORE, refusal } from "../(_shared)/forms.ts";
import { forgetLoginStep, readLoginStep } from "../(_shared)/login_step.ts";

export const handler = define.handlers({
  GET(ctx) {
    if (!readLoginStep(ctx)) return ctx.redirect("/login", 302);
    return page({ error: null as FormError | null }, { headers: NO_STORE });
  },

  async POST(ctx) {
    const { ctx: domain, client, limits } = ctx.state;
    const values = await formValues(ctx);
    const step = readLoginStep(ctx);
    if (!step) return ctx.redirect("/login", 303);
    const { stayLoggedIn, prev, ...credentials } = step;
    try {
      limits.take("register");
      const token = await login(domain, {
        ...credentials,
        totp_2fa_token: values.totp_token || undefined,
        stay_logged_in: stayLoggedIn,
      }, client);
      const response = seeOther(ctx, returnPath(prev, "/"));
      response.headers.append(
        "set-cookie",
        sessionCookie(domain.config, token, { stayLoggedIn }),
      );
      response.headers.append("set-cookie", forgetLoginStep(ctx));
      return response;
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
    <Layout ui={ui} title={t("title.login")} noindex>
      <form method="post" action="/login/totp" class="form card narrow">
        <h1>{t("login.totp_title")}</h1>
        <FormProblem ui={ui} error={data.error} fields={["totp_token"]} />
        <TotpField ui={ui} error={data.error} autofocus />
        <button class="btn go" type="submit">{t("login.submit")}</button>
      </form>
    </Layout>
  );
});
