import {
  COMMENT_SORTS,
  LISTING_TYPES,
  POST_LISTING_MODES,
  POST_SORTS,
  VOTE_SHOWS,
} from "../lib/domain/enums.ts";
import { LIMITS } from "../lib/domain/text/rules.ts";
import { THEMES } from "../lib/http/preferences.ts";
import { LANGUAGES } from "../lib/i18n/mod.ts";
import {
  Checkbox,
  type FormError,
  FormProblem,
  LanguageSelect,
  Select,
  TextArea,
  TextField,
} from "./form/field.tsx";
import { TIME_RANGES } from "./feed/controls.tsx";
import type { Ui } from "./ui.ts";

/** Settings that are boxes, in the order of the form. */
export const SETTING_BOXES = [
  ["show_nsfw", "settings.show_nsfw"],
  ["blur_nsfw", "settings.blur_nsfw"],
  ["show_score", "settings.show_score"],
  ["show_upvotes", "settings.show_upvotes"],
  ["show_upvote_percentage", "settings.show_upvote_percentage"],
  ["show_person_votes", "settings.show_person_votes"],
  ["show_avatars", "settings.show_avatars"],
  ["show_media", "settings.show_media"],
  ["animated_images_enabled", "settings.enable_animated_images"],
  ["hide_posts_with_media", "settings.hide_media"],
  ["show_bot_accounts", "settings.show_bot_accounts"],
  ["collapse_bot_comments", "settings.collapse_bot_comments"],
  ["show_read_posts", "settings.show_read_posts"],
  [
    "auto_mark_fetched_posts_as_read",
    "settings.auto_mark_fetched_posts_as_read",
  ],
  ["open_links_in_new_tab", "settings.open_links_in_new_tab"],
  ["private_messages_enabled", "settings.enable_private_messages"],
  ["send_notifications_to_email", "settings.send_notifications_to_email"],
] as const;

/** Fields that can show their own error. */
export const SETTING_FIELDS = [
  "display_name",
  "bio",
  "email",
  "matrix_user_id",
  "default_items_per_page",
  "discussion_languages",
  "blocking_keywords",
] as const;

/** Profile and preferences (web-ui §5.1). */
export function SettingsForm(
  { ui, values, error, languages, chosen }: {
    ui: Ui;
    values: Record<string, string>;
    error: FormError | null;
    languages: readonly { id: number; name: string }[];
    /** Languages the user reads, by id. */
    chosen: readonly number[];
  },
) {
  const { t } = ui;
  const themes = [
    ["browser", t("theme.browser")],
    ["instance", t("theme.instance")],
    ...THEMES.map((theme) => [theme, theme] as const),
  ] as const;
  return (
    <form method="post" action="/settings/profile" class="form">
      <FormProblem ui={ui} error={error} fields={SETTING_FIELDS} />
      <fieldset>
        <legend>{t("settings.profile")}</legend>
        <TextField
          ui={ui}
          name="display_name"
          label={t("settings.display_name")}
          value={values.display_name}
          help={t("help.display_name")}
          error={error}
          maxLength={LIMITS.displayName}
        />
        <TextArea
          ui={ui}
          name="bio"
          label={t("settings.bio")}
          value={values.bio}
          help={t("help.bio")}
          error={error}
          maxLength={LIMITS.bio}
          rows={4}
          markdown
        />
        <TextField
          ui={ui}
          name="email"
          type="email"
          label={t("settings.email")}
          value={values.email}
          error={error}
          autocomplete="email"
        />
        <TextField
          ui={ui}
          name="matrix_user_id"
          label={t("settings.matrix_user_id")}
          value={values.matrix_user_id}
          help={t("help.matrix_id")}
          error={error}
        />
        <Checkbox
          name="bot_account"
          label={t("settings.bot_account")}
          help={t("help.bot_account")}
          checked={values.bot_account === "true"}
        />
      </fieldset>
      <fieldset>
        <legend>{t("settings.preferences")}</legend>
        <Select
          ui={ui}
          name="theme"
          label={t("settings.theme")}
          value={values.theme}
          options={themes}
        />
        <Select
          ui={ui}
          name="interface_language"
          label={t("settings.interface_language")}
          value={values.interface_language}
          options={[
            ["browser", t("language.browser")],
            ...LANGUAGES.map(({ code, name }) => [code, name] as const),
          ]}
        />
        <LanguageSelect
          ui={ui}
          name="discussion_languages"
          label={t("settings.discussion_languages")}
          help={t("help.languages_undetermined")}
          error={error}
          languages={languages}
          selected={chosen}
        />
        <Select
          ui={ui}
          name="default_listing_type"
          label={t("settings.default_listing_type")}
          value={values.default_listing_type}
          options={LISTING_TYPES.map((type) => [type, t(`listing.${type}`)])}
        />
        <Select
          ui={ui}
          name="post_listing_mode"
          label={t("settings.post_listing_mode")}
          value={values.post_listing_mode}
          options={POST_LISTING_MODES.map((mode) => [mode, t(`view.${mode}`)])}
        />
        <Select
          ui={ui}
          name="default_post_sort_type"
          label={t("settings.default_post_sort_type")}
          value={values.default_post_sort_type}
          options={POST_SORTS.map((sort) => [sort, t(`sort.post.${sort}`)])}
        />
        <Select
          ui={ui}
          name="default_comment_sort_type"
          label={t("settings.default_comment_sort_type")}
          value={values.default_comment_sort_type}
          options={COMMENT_SORTS.map((
            sort,
          ) => [sort, t(`sort.comment.${sort}`)])}
        />
        <Select
          ui={ui}
          name="default_post_time_range"
          label={t("settings.default_post_time_range")}
          value={values.default_post_time_range}
          options={TIME_RANGES.map((range) => [
            range,
            t(range === "0days" ? "time_range.all" : `time_range.${range}`),
          ])}
        />
        <TextField
          ui={ui}
          name="default_items_per_page"
          type="number"
          min={1}
          max={50}
          label={t("settings.default_items_per_page")}
          value={values.default_items_per_page}
          error={error}
        />
        <Select
          ui={ui}
          name="show_downvotes"
          label={t("settings.show_downvotes")}
          value={values.show_downvotes}
          options={VOTE_SHOWS.map((show) => [show, t(`downvotes.${show}`)])}
        />
        {SETTING_BOXES.map(([name, key]) => (
          <Checkbox
            key={name}
            name={name}
            label={t(key)}
            checked={values[name] === "true"}
          />
        ))}
        <TextArea
          ui={ui}
          name="blocking_keywords"
          label={t("settings.blocking_keywords")}
          value={values.blocking_keywords}
          help={t("help.keywords")}
          error={error}
          rows={4}
        />
      </fieldset>
      <button class="btn go" type="submit">{t("action.save")}</button>
    </form>
  );
}
