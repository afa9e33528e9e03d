import { page } from "fresh";
import {
  Checkbox,
  type FormError,
  FormProblem,
  TextField,
} from "../../components/form/field.tsx";
import { Layout } from "../../components/shell/layout.tsx";
import { uiOf } from "../../components/ui.ts";
import { deleteAccount } from "../../lib/domain/account/delete.ts";
import { requireViewer } from "../../lib/domain/account/session.ts";
import { endSessionCookie } from "../../lib/http/cookies.ts";
import { seeOther } from "../../lib/http/redirect.ts";
import { define } from "../../lib/http/state.ts";
import { formValues, NO_STORE, refusal } from "../(_shared)/forms.ts";

export const handler = define.handlers({
  GET(ctx) {
    requireViewer(ctx.state.ctx);
    return page({ error: null as FormError | null, all: false }, {
      headers: NO_STORE,
    });
  },

  async POST(ctx) {
    const { ctx: domain, limits } = ctx.state;
    requireViewer(domain);
    const values = await formValues(ctx);
    const delete_content = values.delete_content === "true";
    try {
      limits.take("register");
      await deleteAccount(domain, {
        password: values.password ?? "",
        delete_content,
      });
      const response = seeOther(ctx, "/", {
        kind: "success",
        key: "flash.account_deleted",
      });
      response.headers.append("set-cookie", endSessionCookie(domain.config));
      return response;
    } catch (thrown) {
      const { error, status } = refusal(thrown);
      return page({ error, all: delete_content }, {
        status,
        headers: NO_STORE,
      });
    }
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  return (
    <Layout ui={ui} title={t("settings.delete_account")} noindex>
      <form method="post" action="/settings/delete" class="form card narrow">
        <h1>{t("settings.delete_account")}</h1>
        <FormProblem ui={ui} error={data.error} fields={["password"]} />
        <p>{t("help.delete_account")}</p>
        <TextField
          ui={ui}
          name="password"
          type="password"
          label={t("form.password")}
          error={data.error}
          required
          autocomplete="current-password"
        />
        <Checkbox
          name="delete_content"
          label={t("form.delete_content")}
          checked={data.all}
        />
        <div class="row">
          <button class="btn bad" type="submit">
            {t("settings.delete_account")}
          </button>
          <a class="btn" href="/settings?tab=account">{t("action.cancel")}</a>
        </div>
      </form>
    </Layout>
  );
});
