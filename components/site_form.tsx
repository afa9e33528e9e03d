import {
  CAPTCHA_DIFFICULTIES,
  COMMENT_SORTS,
  FEDERATION_MODES,
  POST_LISTING_MODES,
  POST_SORTS,
  REGISTRATION_MODES,
} from "../lib/domain/enums.ts";
import { LIMITS } from "../lib/domain/text/rules.ts";
import { THEMES } from "../lib/http/preferences.ts";
import {
  Checkbox,
  type FormError,
  Select,
  TextArea,
  TextField,
} from "./form/field.tsx";
import type { Ui } from "./ui.ts";

/** Fields of the site form that can show their own error. */
export const SITE_FIELDS = [
  "name",
  "summary",
  "sidebar",
  "content_warning",
  "legal_information",
  "registration_mode",
  "application_question",
  "default_post_listing_type",
  "default_items_per_page",
  "slur_filter_regex",
  "blocked_urls",
] as const;

interface Props {
  ui: Ui;
  values: Record<string, string>;
  error: FormError | null;
}

/** What a new site needs first: its name and who may join. */
export function SiteEssentials({ ui, values, error }: Props) {
  const { t } = ui;
  return (
    <>
      <TextField
        ui={ui}
        name="name"
        label={t("admin.name")}
        value={values.name}
        error={error}
        required
        maxLength={LIMITS.siteName}
      />
      <TextField
        ui={ui}
        name="summary"
        label={t("form.summary")}
        value={values.summary}
        help={t("help.summary")}
        error={error}
        maxLength={150}
      />
      <Select
        ui={ui}
        name="registration_mode"
        label={t("admin.registration_mode")}
        value={values.registration_mode}
        error={error}
        options={REGISTRATION_MODES.map((
          mode,
        ) => [mode, t(`registration.${mode}`)])}
      />
      <TextArea
        ui={ui}
        name="application_question"
        label={t("admin.application_question")}
        value={values.application_question}
        help={t("help.application_question")}
        error={error}
        rows={3}
        markdown
      />
    </>
  );
}

/** All other settings of the site (web-ui §5.2, tab Site). */
export function SiteDetails({ ui, values, error }: Props) {
  const { t } = ui;
  const box = (
    name: string,
    key: Parameters<typeof t>[0],
  ) => (
    <Checkbox
      name={name}
      label={t(key)}
      checked={values[name] === "true"}
    />
  );
  return (
    <>
      <TextArea
        ui={ui}
        name="sidebar"
        label={t("form.sidebar")}
        value={values.sidebar}
        help={t("help.markdown")}
        error={error}
        maxLength={LIMITS.body}
        markdown
      />
      <TextArea
        ui={ui}
        name="legal_information"
        label={t("admin.legal_information")}
        value={values.legal_information}
        help={t("help.markdown")}
        error={error}
        markdown
      />
      <TextArea
        ui={ui}
        name="content_warning"
        label={t("admin.content_warning")}
        value={values.content_warning}
        error={error}
        rows={3}
      />
      <fieldset>
        <legend>{t("settings.preferences")}</legend>
        <Select
          ui={ui}
          name="default_theme"
          label={t("admin.default_theme")}
          value={values.default_theme}
          options={[
            ["browser", t("theme.browser")],
            ...THEMES.map((theme) => [theme, theme] as const),
          ]}
        />
        <Select
          ui={ui}
          name="default_post_listing_type"
          label={t("admin.default_listing_type")}
          value={values.default_post_listing_type}
          error={error}
          options={(["local", "all", "suggested"] as const).map((
            type,
          ) => [type, t(`listing.${type}`)])}
        />
        <Select
          ui={ui}
          name="default_post_listing_mode"
          label={t("admin.default_post_listing_mode")}
          value={values.default_post_listing_mode}
          options={POST_LISTING_MODES.map((mode) => [mode, t(`view.${mode}`)])}
        />
        <Select
          ui={ui}
          name="default_post_sort_type"
          label={t("admin.default_post_sort_type")}
          value={values.default_post_sort_type}
          options={POST_SORTS.map((sort) => [sort, t(`sort.post.${sort}`)])}
        />
        <Select
          ui={ui}
          name="default_comment_sort_type"
          label={t("admin.default_comment_sort_type")}
          value={values.default_comment_sort_type}
          options={COMMENT_SORTS.map((
            sort,
          ) => [sort, t(`sort.comment.${sort}`)])}
        />
        <TextField
          ui={ui}
          name="default_items_per_page"
          type="number"
          min={1}
          max={50}
          label={t("admin.default_items_per_page")}
          value={values.default_items_per_page}
          error={error}
        />
      </fieldset>
      <fieldset>
        <legend>{t("vote.group")}</legend>
        {VOTES.map((name) => (
          <Select
            key={name}
            ui={ui}
            name={name}
            label={t(`admin.${name}`)}
            value={values[name]}
            options={FEDERATION_MODES.map((mode) => [
              mode,
              t(`vote_mode.${mode}`),
            ])}
          />
        ))}
      </fieldset>
      {box("private_instance", "admin.private_instance")}
      {box(
        "community_creation_admin_only",
        "admin.community_creation_admin_only",
      )}
      <Select
        ui={ui}
        name="captcha"
        label={t("admin.captcha")}
        value={values.captcha}
        options={(["off", ...CAPTCHA_DIFFICULTIES] as const).map((
          level,
        ) => [level, t(`captcha.${level}`)])}
      />
      {box("email_verification_required", "admin.email_verification_required")}
      {box("application_email_admins", "admin.application_email_admins")}
      {box("reports_email_admins", "admin.reports_email_admins")}
      {box("email_notifications_disabled", "admin.disable_email_notifications")}
      {box("nsfw_content_disallowed", "admin.disallow_nsfw_content")}
      {box("federation_enabled", "admin.federation_enabled")}
      <TextField
        ui={ui}
        name="slur_filter_regex"
        label={t("admin.slur_filter_regex")}
        value={values.slur_filter_regex}
        error={error}
      />
      <TextArea
        ui={ui}
        name="blocked_urls"
        label={t("admin.blocked_urls")}
        value={values.blocked_urls}
        help={t("admin.blocked_urls_help")}
        error={error}
        rows={4}
      />
    </>
  );
}

const VOTES = [
  "post_upvotes",
  "post_downvotes",
  "comment_upvotes",
  "comment_downvotes",
] as const;
