import type { Ui } from "./ui.ts";

/** What else can be done with an account: each on a page of its own. */
export function AccountCards({ ui }: { ui: Ui }) {
  const { t } = ui;
  const on = ui.viewer?.local_user.totp_2fa_enabled ?? false;
  return (
    <>
      <section class="card narrow">
        <h2>{t("settings.totp")}</h2>
        <p>{t(on ? "settings.totp_on" : "settings.totp_off")}</p>
        <a class="btn" href="/settings/totp">
          {t(on ? "settings.totp_disable" : "settings.totp_start")}
        </a>
      </section>
      <section class="card narrow">
        <h2>{t("settings.import_export")}</h2>
        <p>{t("settings.export_help")}</p>
        <div class="row">
          <a class="btn" href="/settings/export">{t("settings.export")}</a>
          <a class="btn" href="/settings/import">{t("settings.import")}</a>
          <a class="btn" href="/settings/data">{t("settings.data_export")}</a>
        </div>
      </section>
      <section class="card narrow">
        <h2>{t("settings.delete_account")}</h2>
        <p>{t("help.delete_account")}</p>
        <a class="btn bad" href="/settings/delete">
          {t("settings.delete_account")}
        </a>
      </section>
    </>
  );
}
