import { SETTING_BOXES } from "../../components/settings_form.tsx";
import { requireViewer } from "../../lib/domain/account/session.ts";
import {
  type SaveUserSettings,
  saveUserSettings,
} from "../../lib/domain/account/settings.ts";
import {
  COMMENT_SORTS,
  LISTING_TYPES,
  POST_LISTING_MODES,
  POST_SORTS,
  VOTE_SHOWS,
} from "../../lib/domain/enums.ts";
import { seeOther } from "../../lib/http/redirect.ts";
import { define } from "../../lib/http/state.ts";
import { formFields, refusal, type Values } from "../(_shared)/forms.ts";
import { oneOf, parseTimeRange } from "../(_shared)/params.ts";
import { SettingsPage, settingsPage } from "../(_shared)/settings_page.tsx";

/** A sent settings form as changes; unknown values of selects change nothing. */
function changes(values: Values, languages: number[]): SaveUserSettings {
  const input: SaveUserSettings = {
    display_name: values.display_name,
    bio: values.bio,
    email: values.email,
    matrix_user_id: values.matrix_user_id,
    bot_account: values.bot_account === "true",
    theme: values.theme,
    interface_language: values.interface_language,
    discussion_languages: languages,
    default_listing_type: oneOf(
      LISTING_TYPES,
      values.default_listing_type ?? null,
    ),
    post_listing_mode: oneOf(
      POST_LISTING_MODES,
      values.post_listing_mode ?? null,
    ),
    default_post_sort_type: oneOf(
      POST_SORTS,
      values.default_post_sort_type ?? null,
    ),
    default_comment_sort_type: oneOf(
      COMMENT_SORTS,
      values.default_comment_sort_type ?? null,
    ),
    default_post_time_range_seconds: parseTimeRange(
      values.default_post_time_range ?? null,
    ),
    default_items_per_page: values.default_items_per_page === undefined
      ? undefined
      : Number(values.default_items_per_page),
    show_downvotes: oneOf(VOTE_SHOWS, values.show_downvotes ?? null),
    blocking_keywords: values.blocking_keywords?.split("\n")
      .map((line) => line.trim()).filter((line) => line !== ""),
  };
  for (const [name] of SETTING_BOXES) input[name] = values[name] === "true";
  return input;
}

export const handler = define.handlers({
  GET(ctx) {
    return ctx.redirect(`/settings${ctx.url.search}`, 302);
  },
  async POST(ctx) {
    requireViewer(ctx.state.ctx);
    const { values, ids } = await formFields(ctx);
    const chosen = ids("discussion_languages");
    try {
      await saveUserSettings(ctx.state.ctx, changes(values, chosen));
      return seeOther(ctx, "/settings", {
        kind: "success",
        key: "flash.settings_saved",
      });
    } catch (thrown) {
      const refused = refusal(thrown);
      return await settingsPage(ctx, {
        tab: "settings",
        values,
        chosen,
        ...refused,
      });
    }
  },
});

export default define.page<typeof handler>(({ data, state, url }) => (
  <SettingsPage data={data} state={state} url={url} />
));
