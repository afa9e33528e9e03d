import type { Ui } from "../ui.ts";
import { Checkbox } from "./field.tsx";

/**
 * What a new account agrees to and wants to see: the site's legal text if there is one, and NSFW
 * unless the site has none.
 */
export function ConsentFields(
  { ui, showNsfw }: { ui: Ui; showNsfw: boolean },
) {
  const { t } = ui;
  const { local_site } = ui.site;
  return (
    <>
      {local_site.legal_information && (
        <label class="check">
          <input type="checkbox" name="legal" value="true" required />
          <span>
            {t("form.accept_legal")} <a href="/legal">{t("footer.legal")}</a>
          </span>
        </label>
      )}
      {!local_site.nsfw_content_disallowed && (
        <Checkbox
          name="show_nsfw"
          label={t("form.show_nsfw")}
          checked={showNsfw}
        />
      )}
    </>
  );
}
