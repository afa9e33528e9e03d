import { type Context, page } from "fresh";
import {
  Checkbox,
  type FormError,
  FormProblem,
  TextField,
} from "../components/form/field.tsx";
import { OAuthButtons } from "../components/oauth_buttons.tsx";
import { Layout } from "../components/shell/layout.tsx";
import { uiOf } from "../components/ui.ts";
import { login } from "../lib/domain/account/login.ts";
import { sessionCookie } from "../lib/http/cookies.ts";
import { returnPath, seeOther } from "../lib/http/redirect.ts";
import { define, type State } from "../lib/http/state.ts";
import { formValues, refusal, type Values } from "./(_shared)/forms.ts";
import { keepLoginStep } from "./(_shared)/login_step.ts";
import { offeredProviders } from "./(_shared)/oauth_step.ts";

async function show(
  ctx: Context<State>,
  { values, error, status }: {
    values: Values;
    error: FormError | null;
    status: number;
  },
) {
  const { providers, headers } = await offeredProviders(ctx);
  return page({ values, error, providers }, { status, headers });
}

export const handler = define.handlers({
  async GET(ctx) {
    if (ctx.state.ctx.viewer) return ctx.redirect("/", 302);
    const values: Values = { prev: ctx.url.searchParams.get("prev") ?? "" };
    return await show(ctx, { values, error: null, status: 200 });
  },

  async POST(ctx) {
    const { ctx: domain, client, limits } = ctx.state;
    const { password, ...values } = await formValues(ctx);
    const stayLoggedIn = values.stay_logged_in === "true";
    try {
      limits.take("register");
      const token = await login(domain, {
        username_or_email: values.username_or_email ?? "",
        password: password ?? "",
        stay_logged_in: stayLoggedIn,
      }, client);
      const response = seeOther(ctx, returnPath(values.prev, "/"));
      response.headers.append(
        "set-cookie",
        sessionCookie(domain.config, token, { stayLoggedIn }),
      );
      return response;
    } catch (thrown) {
      const { error, status } = refusal(thrown);
      if (error.code === "missing_totp_token") {
        const response = seeOther(ctx, "/login/totp");
        response.headers.append(
          "set-cookie",
          keepLoginStep(ctx, {
            username_or_email: values.username_or_email ?? "",
            password: password ?? "",
            stayLoggedIn,
            prev: values.prev ?? "",
          }),
        );
        return response;
      }
      return await show(ctx, { values, error, status });
    }
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { values, error, providers } = data;
  return (
    <Layout ui={ui} title={t("title.login")} noindex>
      <form method="post" action="/login" class="form card narrow">
        <h1>{t("title.login")}</h1>
        <FormProblem ui={ui} error={error} />
        <input type="hidden" name="prev" value={values.prev} />
        <TextField
          ui={ui}
          name="username_or_email"
          label={t("form.username_or_email")}
          value={values.username_or_email}
          required
          autocomplete="username"
          autofocus
        />
        <TextField
          ui={ui}
          name="password"
          type="password"
          label={t("form.password")}
          required
          autocomplete="current-password"
        />
        <Checkbox
          name="stay_logged_in"
          label={t("form.stay_logged_in")}
          checked={values.stay_logged_in === "true"}
        />
        <button class="btn go" type="submit">{t("login.submit")}</button>
        <p class="small">
          <a href="/login_reset">{t("login.forgot")}</a>
        </p>
        {ui.site.local_site.registration_mode !== "closed" && (
          <p class="small">
            {t("login.no_account")} <a href="/signup">{t("nav.signup")}</a>
          </p>
        )}
      </form>
      <OAuthButtons ui={ui} providers={providers} prev={values.prev} />
      {error?.code === "email_not_verified" && (
        <form
          method="post"
          action="/verify_email/resend"
          class="form card narrow"
        >
          <TextField
            ui={ui}
            name="email"
            type="email"
            label={t("form.email")}
            required
            autocomplete="email"
          />
          <button class="btn" type="submit">{t("login.resend")}</button>
        </form>
      )}
    </Layout>
  );
});
