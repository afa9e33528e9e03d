import { page } from "fresh";
import { Select } from "../components/form/field.tsx";
import { Layout } from "../components/shell/layout.tsx";
import { uiOf } from "../components/ui.ts";
import { saveUserSettings } from "../lib/domain/account/settings.ts";
import { POST_LISTING_MODES } from "../lib/domain/enums.ts";
import {
  consentCookie,
  listingMode,
  PREFERENCE_COOKIES,
  preferenceCookie,
  readPreferences,
  THEMES,
} from "../lib/http/preferences.ts";
import { returnPath, seeOther } from "../lib/http/redirect.ts";
import { define } from "../lib/http/state.ts";
import { LANGUAGES } from "../lib/i18n/mod.ts";
import { formValues } from "./(_shared)/forms.ts";
import { oneOf } from "./(_shared)/params.ts";

/**
 * Display choices: of visitors in cookies, of users in their settings (web-ui §0.3). Values that
 * do not exist are ignored.
 */
export const handler = define.handlers({
  GET(ctx) {
    if (ctx.state.ctx.viewer) return ctx.redirect("/settings", 302);
    return page({ chosen: readPreferences(ctx.req.headers) });
  },

  async POST(ctx) {
    const { ctx: domain } = ctx.state;
    const values = await formValues(ctx);
    const response = seeOther(ctx, returnPath(values.return, "/"));
    if (domain.viewer && !domain.viewer.banned) {
      await saveUserSettings(domain, {
        post_listing_mode: oneOf(POST_LISTING_MODES, values.view ?? null),
        theme: values.theme || undefined,
      });
      return response;
    }
    if (values.consent === "true") {
      response.headers.append(
        "set-cookie",
        consentCookie(domain.config.tlsEnabled),
      );
    }
    for (const name of PREFERENCE_COOKIES) {
      const value = values[name];
      const cookie = value &&
        preferenceCookie(name, value, domain.config.tlsEnabled);
      if (cookie) response.headers.append("set-cookie", cookie);
    }
    return response;
  },
});

export default define.page<typeof handler>(({ data, state, url, req }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  return (
    <Layout ui={ui} title={t("title.preferences")} noindex>
      <form method="post" action="/preferences" class="form card narrow">
        <h1>{t("title.preferences")}</h1>
        <p class="muted">{t("notice.cookies")}</p>
        <input type="hidden" name="return" value="/preferences" />
        <Select
          ui={ui}
          name="theme"
          label={t("settings.theme")}
          value={data.chosen.theme ?? "instance"}
          options={[
            ["instance", t("theme.instance")],
            ["browser", t("theme.browser")],
            ...THEMES.map((theme) => [theme, theme] as const),
          ]}
        />
        <Select
          ui={ui}
          name="view"
          label={t("view.label")}
          value={listingMode(state, req.headers)}
          options={POST_LISTING_MODES.map((mode) => [mode, t(`view.${mode}`)])}
        />
        <Select
          ui={ui}
          name="language"
          label={t("language.label")}
          value={data.chosen.language ?? "browser"}
          options={[
            ["browser", t("language.browser")],
            ...LANGUAGES.map(({ code, name }) => [code, name] as const),
          ]}
        />
        <button class="btn go" type="submit">{t("action.save")}</button>
      </form>
    </Layout>
  );
});
