import { page } from "fresh";
import { type FormError, FormProblem } from "../../components/form/field.tsx";
import { Layout } from "../../components/shell/layout.tsx";
import { uiOf } from "../../components/ui.ts";
import { verifyEmail } from "../../lib/domain/account/verify_email.ts";
import { seeOther } from "../../lib/http/redirect.ts";
import { define } from "../../lib/http/state.ts";
import { NO_STORE, refusal } from "../(_shared)/forms.ts";

export const handler = define.handlers({
  /** Asks first: programs that look at the links in e-mails must not use them up. */
  GET() {
    return page({ error: null as FormError | null }, { headers: NO_STORE });
  },

  async POST(ctx) {
    const { ctx: domain, limits } = ctx.state;
    try {
      limits.take("register");
      await verifyEmail(domain, { token: ctx.params.token });
      return seeOther(ctx, domain.viewer ? "/settings" : "/login", {
        kind: "success",
        key: "flash.email_verified",
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
  const { error } = data;
  const expired = error?.code === "not_found";
  return (
    <Layout ui={ui} title={t("title.verify_email")} noindex>
      <form method="post" class="form card narrow">
        <h1>{t("title.verify_email")}</h1>
        {expired
          ? <p class="notice bad" role="alert">{t("login.link_expired")}</p>
          : <FormProblem ui={ui} error={error} />}
        {!error && (
          <button class="btn go" type="submit">{t("verify.confirm")}</button>
        )}
      </form>
    </Layout>
  );
});
