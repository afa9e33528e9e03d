import { type Context, page } from "fresh";
import {
  ACCOUNT_FIELDS,
  AccountFields,
} from "../components/form/account_fields.tsx";
import { type FormError, FormProblem } from "../components/form/field.tsx";
import { Layout } from "../components/shell/layout.tsx";
import {
  SITE_FIELDS,
  SiteDetails,
  SiteEssentials,
} from "../components/site_form.tsx";
import { uiOf } from "../components/ui.ts";
import {
  isFirstAccount,
  isSetupToken,
  register,
} from "../lib/domain/account/register.ts";
import { LemmyError } from "../lib/domain/errors.ts";
import { requireAdmin } from "../lib/domain/permissions.ts";
import { createSite } from "../lib/domain/site/edit.ts";
import { sessionCookie } from "../lib/http/cookies.ts";
import { seeOther } from "../lib/http/redirect.ts";
import { define, type State } from "../lib/http/state.ts";
import { formValues, refusal, type Values } from "./(_shared)/forms.ts";
import { siteChanges, siteValues } from "./(_shared)/site_values.ts";

const NO_STORE = { "cache-control": "no-store" };

/** Whether this visitor may make the first account: at the machine, or with the logged word. */
async function isOperator(
  ctx: Context<State>,
  token: string,
): Promise<boolean> {
  return ctx.state.client.loopback ||
    (token !== "" && await isSetupToken(ctx.state.ctx, token));
}

/** First the admin's account, then the site (web-ui §3.16). */
export const handler = define.handlers({
  async GET(ctx) {
    const { ctx: domain } = ctx.state;
    if (domain.site.local_site.site_setup) return ctx.redirect("/", 302);
    const token = ctx.url.searchParams.get("token") ?? "";
    const first = await isFirstAccount(domain);
    const mine = domain.viewer?.local_user.admin ?? false;
    const allowed = mine || (first && await isOperator(ctx, token));
    const values: Values = { ...siteValues(domain.site), token };
    if (values.name === "New Site") values.name = "";
    return page({
      step: mine ? "site" as const : "admin" as const,
      allowed,
      first,
      values,
      error: null as FormError | null,
    }, { headers: NO_STORE, status: allowed ? 200 : 403 });
  },

  async POST(ctx) {
    const { ctx: domain, client, limits } = ctx.state;
    if (domain.site.local_site.site_setup) return ctx.redirect("/", 303);
    const { password, password_verify, ...values } = await formValues(ctx);
    const step = values.step === "site" ? "site" as const : "admin" as const;
    try {
      if (step === "site") {
        requireAdmin(domain);
        await createSite(domain, siteChanges(values));
        return seeOther(ctx, "/", {
          kind: "success",
          key: "flash.site_created",
        });
      }
      limits.take("register");
      if (!await isFirstAccount(domain)) {
        throw new LemmyError("registration_closed");
      }
      const { jwt } = await register(domain, {
        username: values.username ?? "",
        email: values.email || undefined,
        password: password ?? "",
        password_verify: password_verify ?? "",
        stay_logged_in: true,
        token: values.token || undefined,
      }, client);
      const response = seeOther(ctx, "/setup");
      response.headers.append(
        "set-cookie",
        sessionCookie(domain.config, jwt!, { stayLoggedIn: true }),
      );
      return response;
    } catch (thrown) {
      const { error, status } = refusal(thrown);
      return page(
        { step, allowed: true, first: true, values, error },
        { status, headers: NO_STORE },
      );
    }
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { values, error, step } = data;
  const local = /^(localhost|127\.|\[::1\])/.test(ui.hostname);
  return (
    <Layout ui={ui} title={t("title.setup")} noindex>
      <div class="form narrow">
        <h1>{t("setup.welcome")}</h1>
        {!data.allowed && (
          <p class="notice bad">
            {t(data.first ? "setup.not_operator" : "setup.in_progress")}
          </p>
        )}
        {local && <p class="notice">{t("notice.setup_hostname")}</p>}
        {data.allowed && step === "admin" && (
          <form method="post" action="/setup" class="card">
            <h2>{t("setup.step_admin")}</h2>
            <FormProblem ui={ui} error={error} fields={ACCOUNT_FIELDS} />
            <input type="hidden" name="step" value="admin" />
            <input type="hidden" name="token" value={values.token} />
            <AccountFields ui={ui} values={values} error={error} />
            <button class="btn go" type="submit">{t("action.continue")}</button>
          </form>
        )}
        {data.allowed && step === "site" && (
          <form method="post" action="/setup" class="card">
            <h2>{t("setup.step_site")}</h2>
            <FormProblem ui={ui} error={error} fields={SITE_FIELDS} />
            <input type="hidden" name="step" value="site" />
            <SiteEssentials ui={ui} values={values} error={error} />
            <details>
              <summary class="btn">{t("setup.more")}</summary>
              <SiteDetails ui={ui} values={values} error={error} />
            </details>
            <p>
              <button class="btn go" type="submit">{t("setup.submit")}</button>
            </p>
          </form>
        )}
      </div>
    </Layout>
  );
});
