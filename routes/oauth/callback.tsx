import { type Context, page } from "fresh";
import {
  Checkbox,
  type FormError,
  FormProblem,
  TextArea,
  TextField,
} from "../../components/form/field.tsx";
import { ConsentFields } from "../../components/form/consent_fields.tsx";
import { Markdown } from "../../components/markdown.tsx";
import { Layout } from "../../components/shell/layout.tsx";
import { uiOf } from "../../components/ui.ts";
import { LemmyError } from "../../lib/domain/errors.ts";
import {
  authenticateWithOAuth,
  callbackAddress,
} from "../../lib/domain/oauth/authenticate.ts";
import { LIMITS } from "../../lib/domain/text/rules.ts";
import { sessionCookie } from "../../lib/http/cookies.ts";
import { returnPath, seeOther } from "../../lib/http/redirect.ts";
import { define, type State } from "../../lib/http/state.ts";
import { refusal } from "../(_shared)/forms.ts";
import {
  forgetOAuthStep,
  OAUTH_ANSWER_LENGTH,
  type OAuthStep,
  offeredProviders,
  readOAuthStep,
} from "../(_shared)/oauth_step.ts";

/** Refusals that a better answer to the questions for a new account may mend. */
const ASKS = new Set([
  "registration_username_required",
  "registration_application_answer_required",
  "username_already_taken",
  "invalid_name",
  "slurs",
]);

async function signIn(
  ctx: Context<State>,
  step: OAuthStep,
  code: string,
): Promise<Response> {
  const { ctx: domain, client, limits, t } = ctx.state;
  limits.take("register");
  const { account } = step;
  const unread = domain.site.local_site.legal_information &&
    account.username && account.legal !== "true";
  if (unread) {
    throw new LemmyError("unknown", { detail: t("form.accept_legal") });
  }
  const result = await authenticateWithOAuth(domain, {
    code,
    oauth_provider_id: step.provider,
    redirect_uri: callbackAddress(domain),
    pkce_code_verifier: step.code_verifier,
    username: account.username || undefined,
    answer: account.answer,
    show_nsfw: account.username ? account.show_nsfw === "true" : undefined,
    stay_logged_in: account.stay_logged_in === "true",
  }, client);
  if (!result.jwt) {
    return seeOther(ctx, "/", {
      kind: "success",
      key: result.registration_created
        ? "flash.application_sent"
        : "flash.verify_email",
    });
  }
  const response = seeOther(ctx, returnPath(step.prev, "/"));
  response.headers.append(
    "set-cookie",
    sessionCookie(domain.config, result.jwt, {
      stayLoggedIn: account.stay_logged_in === "true",
    }),
  );
  return response;
}

/** Where a provider sends the browser back to. New people are asked, then sent there once more. */
export const handler = define.handlers({
  async GET(ctx) {
    const query = ctx.url.searchParams;
    const step = readOAuthStep(ctx, query.get("state"));
    const forget = forgetOAuthStep(ctx);
    const failed = (code: string) => {
      const response = seeOther(ctx, "/login", {
        kind: "error",
        key: `error.${code}`,
      });
      response.headers.append("set-cookie", forget);
      return response;
    };
    if (!step || query.has("error")) {
      return failed(
        step ? "oauth_login_failed" : "oauth_authorization_invalid",
      );
    }
    try {
      const response = await signIn(ctx, step, query.get("code") ?? "");
      response.headers.append("set-cookie", forget);
      return response;
    } catch (thrown) {
      const { error, status } = refusal(thrown);
      if (!ASKS.has(error.code)) return failed(error.code);
      const { headers } = await offeredProviders(ctx);
      // The first time around nobody has been asked yet.
      const asked = step.account.username !== undefined;
      const shown: FormError | null = asked ? error : null;
      return page({ step, error: shown }, {
        status: asked ? status : 200,
        headers: { ...headers, "set-cookie": forget },
      });
    }
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { step, error } = data;
  const { local_site, site } = ui.site;
  const applies = local_site.registration_mode === "require_application";
  return (
    <Layout ui={ui} title={t("title.signup")} noindex>
      <form method="post" action="/oauth/start" class="form card narrow">
        <h1>{t("title.signup")}</h1>
        <FormProblem ui={ui} error={error} fields={["username", "answer"]} />
        <input type="hidden" name="provider" value={String(step.provider)} />
        <input type="hidden" name="prev" value={step.prev} />
        <TextField
          ui={ui}
          name="username"
          label={t("form.username")}
          value={step.account.username}
          help={t("help.username")}
          error={error}
          required
          minLength={2}
          maxLength={LIMITS.actorName}
          autocomplete="username"
          autofocus
        />
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
            value={step.account.answer}
            error={error}
            maxLength={OAUTH_ANSWER_LENGTH}
            required
          />
        )}
        <ConsentFields
          ui={ui}
          showNsfw={step.account.show_nsfw === "true" ||
            site.content_warning !== undefined}
        />
        <Checkbox
          name="stay_logged_in"
          label={t("form.stay_logged_in")}
          checked={step.account.stay_logged_in === "true"}
        />
        <button class="btn go" type="submit">{t("signup.submit")}</button>
      </form>
    </Layout>
  );
});
