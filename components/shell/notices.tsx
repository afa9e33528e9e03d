import type { Flash } from "../../lib/http/state.ts";
import { formatDate, isMessageKey } from "../../lib/i18n/mod.ts";
import type { Ui } from "../ui.ts";

/** Messages above the content: what just happened, and a ban (web-ui §2.3). */
export function Notices({ ui, flash }: { ui: Ui; flash: Flash | null }) {
  const { t, viewer } = ui;
  return (
    <>
      {flash && isMessageKey(flash.key) && (
        <div
          class={flash.kind === "error" ? "notice bad" : "notice"}
          role={flash.kind === "error" ? "alert" : "status"}
        >
          <p>{t(flash.key, flash.params)}</p>
        </div>
      )}
      {viewer?.banned && (
        <div class="notice bad">
          <p>
            {viewer.ban_expires_at
              ? t("notice.banned_until", {
                date: formatDate(t.language, viewer.ban_expires_at),
              })
              : t("notice.banned")} <a href="/settings">{t("nav.settings")}</a>
          </p>
        </div>
      )}
    </>
  );
}
