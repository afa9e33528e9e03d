import { VERSION } from "../../lib/config/version.ts";
import type { Ui } from "../ui.ts";

/** The end of every page (web-ui §2.2). */
export function Footer({ ui }: { ui: Ui }) {
  const { t, site } = ui;
  return (
    <footer class="foot">
      <ul aria-label={t("footer.label")}>
        <li>Tundra {VERSION}</li>
        {site.local_site.legal_information && (
          <li>
            <a href="/legal">{t("footer.legal")}</a>
          </li>
        )}
        <li>
          <a href="/communities">{t("nav.communities")}</a>
        </li>
        <li>
          <a href="/preferences">{t("nav.preferences")}</a>
        </li>
        <li>
          <a href="/docs/api">{t("title.api")}</a>
        </li>
      </ul>
    </footer>
  );
}
