import { COMMUNITY_VISIBILITIES } from "../../lib/domain/enums.ts";
import { LIMITS } from "../../lib/domain/text/rules.ts";
import {
  Checkbox,
  type FormError,
  FormId,
  FormProblem,
  LanguageSelect,
  Select,
  TextArea,
  TextField,
} from "../form/field.tsx";
import type { Ui } from "../ui.ts";

export const COMMUNITY_FIELDS = [
  "name",
  "title",
  "summary",
  "sidebar",
  "visibility",
  "discussion_languages",
  "nsfw",
] as const;

/** Creating and editing a community (web-ui §3.3). */
export function CommunityForm(
  { ui, action, submit, values, error, languages, chosen, create, cancel }: {
    ui: Ui;
    action: string;
    submit: string;
    values: Record<string, string>;
    error: FormError | null;
    languages: readonly { id: number; name: string }[];
    /** Languages that are set, by id. */
    chosen: readonly number[];
    /** The name can only be chosen once. */
    create: boolean;
    cancel: string;
  },
) {
  const { t } = ui;
  return (
    <form method="post" action={action} class="form">
      <FormProblem ui={ui} error={error} fields={COMMUNITY_FIELDS} />
      <FormId ui={ui} />
      {create && (
        <TextField
          ui={ui}
          name="name"
          label={t("form.name")}
          value={values.name}
          help={t("help.community_name")}
          error={error}
          required
          minLength={2}
          maxLength={LIMITS.actorName}
          autocomplete="off"
          autofocus
        />
      )}
      <TextField
        ui={ui}
        name="title"
        label={t("form.display_name")}
        value={values.title}
        help={t("help.community_title")}
        error={error}
        maxLength={LIMITS.displayName}
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
      <TextArea
        ui={ui}
        name="sidebar"
        label={t("form.sidebar")}
        value={values.sidebar}
        help={`${t("help.markdown")} ${t("help.sidebar_private")}`}
        error={error}
        maxLength={LIMITS.body}
        markdown
      />
      <Select
        ui={ui}
        name="visibility"
        label={t("form.visibility")}
        value={values.visibility ?? "public"}
        error={error}
        options={COMMUNITY_VISIBILITIES.map((value) => [
          value,
          `${t(`visibility.${value}`)} – ${t(`visibility_help.${value}`)}`,
        ])}
      />
      <LanguageSelect
        ui={ui}
        name="discussion_languages"
        label={t("form.languages")}
        help={t("help.languages_undetermined")}
        error={error}
        languages={languages}
        selected={chosen}
      />
      <Checkbox
        name="posting_restricted_to_mods"
        label={t("form.posting_restricted")}
        help={t("help.posting_restricted")}
        checked={values.posting_restricted_to_mods === "true"}
      />
      {!ui.site.local_site.nsfw_content_disallowed && (
        <Checkbox
          name="nsfw"
          label={t("form.nsfw")}
          help={t("help.nsfw")}
          checked={values.nsfw === "true"}
        />
      )}
      <div class="row">
        <button class="btn go" type="submit">{submit}</button>
        <a class="link" href={cancel}>{t("action.cancel")}</a>
      </div>
    </form>
  );
}
