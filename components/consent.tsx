import { Markdown } from "./markdown.tsx";
import { Layout } from "./shell/layout.tsx";
import type { Ui } from "./ui.ts";

/** Stands in for a page until a visitor accepts the site's content warning (web-ui §2.3). */
export function ConsentPage({ ui }: { ui: Ui }) {
  const { t } = ui;
  return (
    <Layout ui={ui} title={t("notice.content_warning")} noindex>
      <form method="post" action="/preferences" class="form card narrow">
        <h1>{t("notice.content_warning")}</h1>
        <Markdown
          ui={ui}
          text={ui.site.site.content_warning ?? ""}
          id="warning"
          variant="no_images"
        />
        <input type="hidden" name="return" value={ui.here} />
        <div class="row">
          <button class="btn go" type="submit" name="consent" value="true">
            {t("action.continue")}
          </button>
          <a class="btn" href="/login">
            {t("nav.login")}
          </a>
        </div>
      </form>
    </Layout>
  );
}
