import { page } from "fresh";
import {
  type FormError,
  FormProblem,
  PictureForm,
} from "../../components/form/field.tsx";
import { Layout } from "../../components/shell/layout.tsx";
import {
  SITE_FIELDS,
  SiteDetails,
  SiteEssentials,
} from "../../components/site_form.tsx";
import { uiOf } from "../../components/ui.ts";
import { MarkdownEditor } from "../../islands/MarkdownEditor.tsx";
import { readDiskUse } from "../../lib/domain/image/list.ts";
import { requireAdmin } from "../../lib/domain/permissions.ts";
import { editSite } from "../../lib/domain/site/edit.ts";
import { seeOther } from "../../lib/http/redirect.ts";
import { define } from "../../lib/http/state.ts";
import { formValues, refusal } from "../(_shared)/forms.ts";
import { editorTexts } from "../(_shared)/post_page.tsx";
import { siteChanges, siteValues } from "../(_shared)/site_values.ts";

/** Those that are pages of their own. */
const TABS: ReadonlySet<string> = new Set(["federation", "uploads"]);

export const handler = define.handlers({
  async GET(ctx) {
    requireAdmin(ctx.state.ctx);
    const tab = ctx.url.searchParams.get("tab");
    if (tab && TABS.has(tab)) return ctx.redirect(`/admin/${tab}`, 302);
    return page({
      values: siteValues(ctx.state.ctx.site),
      error: null as FormError | null,
      disk: await readDiskUse(ctx.state.ctx),
    });
  },
  async POST(ctx) {
    requireAdmin(ctx.state.ctx);
    const values = await formValues(ctx);
    try {
      await editSite(ctx.state.ctx, siteChanges(values));
      return seeOther(ctx, "/admin", {
        kind: "success",
        key: "flash.site_saved",
      });
    } catch (thrown) {
      const { error, status } = refusal(thrown);
      const disk = await readDiskUse(ctx.state.ctx);
      return page({ values, error, disk }, { status });
    }
  },
});

/** Megabytes with one decimal. */
function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20 * 10) / 10;
}

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  return (
    <Layout ui={ui} title={t("title.admin")} noindex>
      <h1>{t("title.admin")}</h1>
      <form method="post" action="/admin" class="form">
        <FormProblem ui={ui} error={data.error} fields={SITE_FIELDS} />
        <SiteEssentials ui={ui} values={data.values} error={data.error} />
        <SiteDetails ui={ui} values={data.values} error={data.error} />
        <button class="btn go" type="submit">{t("action.save")}</button>
      </form>
      <PictureForm
        ui={ui}
        action="/admin/icon"
        name="icon"
        label={t("form.icon")}
        current={ui.site.site.icon}
      />
      <PictureForm
        ui={ui}
        action="/admin/banner"
        name="banner"
        label={t("form.banner")}
        current={ui.site.site.banner}
      />
      <section class="card narrow">
        <h2>{t("admin.disk")}</h2>
        <ul>
          {(["uploads", "thumbnails", "cache"] as const).map((kind) => (
            <li key={kind}>
              {t(`admin.disk.${kind}`, { size: megabytes(data.disk[kind]) })}
            </li>
          ))}
        </ul>
        <a href="/admin/uploads">{t("admin.tab.uploads")}</a>
      </section>
      <section class="card narrow">
        <h2>{t("admin.tab.federation")}</h2>
        <a href="/admin/federation">{t("admin.federation_queues")}</a>
      </section>
      <MarkdownEditor texts={editorTexts(ui)} />
    </Layout>
  );
});
