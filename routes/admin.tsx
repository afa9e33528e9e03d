import { page } from "fresh";
import { type FormError, FormProblem } from "../components/form/field.tsx";
import { Layout } from "../components/shell/layout.tsx";
import {
  SITE_FIELDS,
  SiteDetails,
  SiteEssentials,
} from "../components/site_form.tsx";
import { uiOf } from "../components/ui.ts";
import { MarkdownEditor } from "../islands/MarkdownEditor.tsx";
import { requireAdmin } from "../lib/domain/permissions.ts";
import { editSite } from "../lib/domain/site/edit.ts";
import { seeOther } from "../lib/http/redirect.ts";
import { define } from "../lib/http/state.ts";
import { formValues, refusal } from "./(_shared)/forms.ts";
import { editorTexts } from "./(_shared)/post_page.tsx";
import { siteChanges, siteValues } from "./(_shared)/site_values.ts";

export const handler = define.handlers({
  GET(ctx) {
    requireAdmin(ctx.state.ctx);
    return page({
      values: siteValues(ctx.state.ctx.site),
      error: null as FormError | null,
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
      return page({ values, error }, { status });
    }
  },
});

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
      <MarkdownEditor texts={editorTexts(ui)} />
    </Layout>
  );
});
