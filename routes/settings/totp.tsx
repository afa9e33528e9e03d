import type { Context } from "fresh";
import { page } from "fresh";
import { type FormError, FormProblem } from "../../components/form/field.tsx";
import { TotpField } from "../../components/form/totp_field.tsx";
import { Layout } from "../../components/shell/layout.tsx";
import { uiOf } from "../../components/ui.ts";
import { requireViewer } from "../../lib/domain/account/session.ts";
import {
  editTotp,
  generateTotpSecret,
  readPendingTotp,
} from "../../lib/domain/account/totp.ts";
import { seeOther } from "../../lib/http/redirect.ts";
import { define, type State } from "../../lib/http/state.ts";
import { formValues, NO_STORE, refusal } from "../(_shared)/forms.ts";

async function show(
  ctx: Context<State>,
  refused: { error: FormError; status: number } | null = null,
) {
  const { ctx: domain } = ctx.state;
  requireViewer(domain);
  return page({
    address: await readPendingTotp(domain),
    error: refused?.error ?? null,
  }, { status: refused?.status ?? 200, headers: NO_STORE });
}

/** Two-factor login: set up, switched on with a first code, switched off with another. */
export const handler = define.handlers({
  GET: (ctx) => show(ctx),

  async POST(ctx) {
    const { ctx: domain, limits } = ctx.state;
    const viewer = requireViewer(domain);
    const values = await formValues(ctx);
    try {
      limits.take("register");
      if (values.totp_token === undefined) {
        await generateTotpSecret(domain);
        return seeOther(ctx, "/settings/totp");
      }
      const enabled = await editTotp(domain, {
        totp_token: values.totp_token,
        enabled: !viewer.local_user.totp_2fa_enabled,
      });
      return seeOther(ctx, "/settings?tab=account", {
        kind: "success",
        key: enabled ? "flash.totp_enabled" : "flash.totp_disabled",
      });
    } catch (thrown) {
      return await show(ctx, refusal(thrown));
    }
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { address, error } = data;
  const on = ui.viewer?.local_user.totp_2fa_enabled ?? false;
  return (
    <Layout ui={ui} title={t("settings.totp")} noindex>
      <form method="post" action="/settings/totp" class="form card narrow">
        <h1>{t("settings.totp")}</h1>
        <p>{t(on ? "settings.totp_on" : "settings.totp_off")}</p>
        <FormProblem ui={ui} error={error} fields={["totp_token"]} />
        {address && (
          <p>
            <a href={address}>{t("settings.totp_secret")}</a>{" "}
            <code>{new URL(address).searchParams.get("secret")}</code>
          </p>
        )}
        {(on || address) && (
          <TotpField
            ui={ui}
            error={error}
            help={on ? undefined : t("help.totp_enable")}
          />
        )}
        <div class="row">
          <button class="btn go" type="submit">
            {t(
              on
                ? "settings.totp_disable"
                : address
                ? "settings.totp_enable"
                : "settings.totp_start",
            )}
          </button>
          <a class="btn" href="/settings?tab=account">{t("action.cancel")}</a>
        </div>
      </form>
    </Layout>
  );
});
