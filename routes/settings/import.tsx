import { page } from "fresh";
import { type FormError, FormProblem } from "../../components/form/field.tsx";
import { Layout } from "../../components/shell/layout.tsx";
import { uiOf } from "../../components/ui.ts";
import {
  type ImportSettings,
  importSettings,
  settingsFile,
} from "../../lib/domain/account/import.ts";
import { requireViewer } from "../../lib/domain/account/session.ts";
import { readForm } from "../../lib/http/body.ts";
import { seeOther } from "../../lib/http/redirect.ts";
import { define } from "../../lib/http/state.ts";
import { NO_STORE, refusal } from "../(_shared)/forms.ts";

/** The settings in an uploaded file, or null if it holds none. */
async function readFile(
  file: FormDataEntryValue | null,
): Promise<ImportSettings | null> {
  if (!(file instanceof File)) return null;
  let value: unknown;
  try {
    // Null means absent, as it does for the API.
    value = JSON.parse(await file.text(), (_, member) => member ?? undefined);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const parsed = settingsFile.safeParse(value);
  return parsed.success ? parsed.data : null;
}

export const handler = define.handlers({
  GET(ctx) {
    requireViewer(ctx.state.ctx);
    return page({ error: null as FormError | null }, { headers: NO_STORE });
  },

  async POST(ctx) {
    const { ctx: domain, limits, t } = ctx.state;
    requireViewer(domain);
    try {
      limits.take("import_user_settings");
      const file = await readFile((await readForm(ctx.req)).get("file"));
      if (file) {
        await importSettings(domain, file);
        return seeOther(ctx, "/settings", {
          kind: "success",
          key: "flash.imported",
        });
      }
      const error = { code: "unknown", detail: t("settings.import_broken") };
      return page({ error }, { status: 400, headers: NO_STORE });
    } catch (thrown) {
      const { error, status } = refusal(thrown);
      return page({ error }, { status, headers: NO_STORE });
    }
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  return (
    <Layout ui={ui} title={t("settings.import")} noindex>
      <form
        method="post"
        action="/settings/import"
        enctype="multipart/form-data"
        class="form card narrow"
      >
        <h1>{t("settings.import")}</h1>
        <FormProblem ui={ui} error={data.error} />
        <p>{t("settings.import_help")}</p>
        <div class="field">
          <label for="f-file">{t("settings.import_file")}</label>
          <input
            id="f-file"
            type="file"
            name="file"
            accept="application/json,.json"
            required
          />
        </div>
        <div class="row">
          <button class="btn go" type="submit">{t("action.import")}</button>
          <a class="btn" href="/settings?tab=account">{t("action.cancel")}</a>
        </div>
      </form>
    </Layout>
  );
});
