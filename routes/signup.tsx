import { type Context, page } from "fresh";
import {
  ACCOUNT_FIELDS,
  AccountFields,
} from "../components/form/account_fields.tsx";
import { CaptchaField } from "../components/form/captcha_field.tsx";
import { ConsentFields } from "../components/form/consent_fields.tsx";
import {
  Checkbox,
  type FormError,
  FormProblem,
  Honeypot,
  TextArea,
  TextField,
} from "../components/form/field.tsx";
import { Markdown } from "../components/markdown.tsx";
import { OAuthButtons } from "../components/oauth_buttons.tsx";
import { Layout } from "../components/shell/layout.tsx";
import { uiOf } from "../components/ui.ts";
import { newCaptcha } from "../lib/domain/account/captcha.ts";
import { register } from "../lib/domain/account/register.ts";
import { registeredJustNow } from "../lib/domain/account/registered.ts";
import { LemmyError } from "../lib/domain/errors.ts";
import { sessionCookie } from "../lib/http/cookies.ts";
import { seeOther } from "../lib/http/redirect.ts";
import { define, type State } from "../lib/http/state.ts";
import { formValues, refusal, type Values } from "./(_shared)/forms.ts";
import { offeredProviders } from "./(_shared)/oauth_step.ts";

/** The form, with a new riddle if sign-ups must solve one. */
async function show(
  ctx: Context<State>,
  { values, error, status }: {
    values: Values;
    error: FormError | null;
    status: number;
  },
) {
  // A new one each time: the one before may be used up.
  const captcha = await newCaptcha(ctx.state.ctx);
  const wrong = error?.field === "captcha_answer";
  const shown = wrong
    ? { ...error, detail: ctx.state.t("captcha.wrong") }
    : error;
  const { providers, headers } = await offeredProviders(ctx);
  return page({
    values,
    error: shown,
    captcha,
    providers: ctx.state.ctx.site.local_site.oauth_registration
      ? providers
      : [],
  }, { status, headers });
}

export const handler = define.handlers({
  async GET(ctx) {
    const { ctx: domain } = ctx.state;
    const { registration_mode, site_setup } = domain.site.local_site;
    if (domain.viewer) return ctx.redirect("/", 302);
    if (!site_setup) return ctx.redirect("/setup", 302);
    if (registration_mode === "closed") {
      const to = domain.site.local_site.private_instance ? "/login" : "/";
      return seeOther(ctx, to, {
        kind: "error",
        key: "flash.registration_closed",
      });
    }
    const values: Values = { token: ctx.url.searchParams.get("token") ?? "" };
    return await show(ctx, { values, error: null, status: 200 });
  },

  async POST(ctx) {
    const { ctx: domain, client, limits } = ctx.state;
    const { password, password_verify, ...values } = await formValues(ctx);
    try {
      limits.take("register");
      const stayLoggedIn = values.stay_logged_in === "true";
      if (domain.site.local_site.legal_information && values.legal !== "true") {
        throw new LemmyError("unknown", {
          detail: ctx.state.t("form.accept_legal"),
        });
      }
      const form = {
        username: values.username ?? "",
        password: password ?? "",
        password_verify: password_verify ?? "",
        email: values.email || undefined,
        answer: values.answer,
        honeypot: values.honeypot,
        show_nsfw: values.show_nsfw === "true",
        stay_logged_in: stayLoggedIn,
        token: values.token || undefined,
        captcha_uuid: values.captcha_uuid,
        captcha_answer: values.captcha_answer,
      };
      const result = await register(domain, form, client).catch(
        async (refusal) => {
          const before = await registeredJustNow(domain, form, client, refusal);
          if (before === null) throw refusal;
          return before;
        },
      );
      if (!result.jwt) {
        return seeOther(ctx, "/", {
          kind: "success",
          key: result.registration_created
            ? "flash.application_sent"
            : "flash.verify_email",
        });
      }
      const response = seeOther(ctx, "/communities");
      response.headers.append(
        "set-cookie",
        sessionCookie(domain.config, result.jwt, { stayLoggedIn }),
      );
      return response;
    } catch (thrown) {
      return await show(ctx, { values, ...refusal(thrown) });
    }
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { values, error, captcha, providers } = data;
  const { local_site, site } = ui.site;
  const applies = local_site.registration_mode === "require_application";
  const title = t(
    local_site.private_instance ? "title.signup_apply" : "title.signup",
  );
  return (
    <Layout ui={ui} title={title} noindex>
      <form method="post" action="/signup" class="form card narrow">
        <h1>{title}</h1>
        <FormProblem
          ui={ui}
          error={error}
          fields={[...ACCOUNT_FIELDS, "captcha_answer"]}
        />
        {local_site.private_instance && <p>{t("signup.private_site")}</p>}
        <AccountFields ui={ui} values={values} error={error} />
        {local_site.registration_mode === "require_invitation" && (
          <TextField
            ui={ui}
            name="token"
            label={t("form.invite")}
            value={values.token}
            help={t("signup.invitation_only")}
            error={error}
            required
          />
        )}
        {applies && local_site.application_question && (
          <Markdown
            ui={ui}
            text={local_site.application_question}
            id="question"
          />
        )}
        {applies && (
          <TextArea
            ui={ui}
            name="answer"
            label={t("form.application_answer")}
            value={values.answer}
            error={error}
            required
          />
        )}
        {captcha && <CaptchaField ui={ui} captcha={captcha} error={error} />}
        <ConsentFields
          ui={ui}
          showNsfw={values.show_nsfw === "true" ||
            (error === null && site.content_warning !== undefined)}
        />
        <Checkbox
          name="stay_logged_in"
          label={t("form.stay_logged_in")}
          checked={values.stay_logged_in === "true"}
        />
        <Honeypot ui={ui} />
        <button class="btn go" type="submit">
          {t(applies ? "signup.apply" : "signup.submit")}
        </button>
        <p class="small">
          {t("signup.have_account")} <a href="/login">{t("nav.login")}</a>
        </p>
      </form>
      <OAuthButtons ui={ui} providers={providers} />
    </Layout>
  );
});
