import { LIMITS } from "../../lib/domain/text/rules.ts";
import type { CommunityTag, PostView } from "../../lib/domain/views.ts";
import {
  Checkbox,
  FileField,
  type FormError,
  FormId,
  FormProblem,
  Honeypot,
  Select,
  TextArea,
  TextField,
} from "../form/field.tsx";
import { Markdown } from "../markdown.tsx";
import type { Ui } from "../ui.ts";
import { SimilarPosts } from "./similar_posts.tsx";

/** Fields that can show their own error. */
export const POST_FIELDS = [
  "name",
  "url",
  "file",
  "body",
  "alt_text",
  "custom_thumbnail",
  "language_id",
  "community",
  "nsfw",
  "scheduled_publish_time_at",
] as const;

export interface PostFormProps {
  ui: Ui;
  action: string;
  submit: string;
  values: Record<string, string>;
  error: FormError | null;
  preview: boolean;
  /** Posts that say the same already, where they were looked for. */
  similar?: readonly PostView[];
  /** Communities to choose from; absent when editing. */
  communities?: readonly (readonly [string, string])[];
  languages: readonly { id: number; name: string }[];
  tags: readonly CommunityTag[];
  /** Tags that are set, by id. */
  chosenTags: readonly number[];
  cancel: string;
}

/** Creating and editing a post (web-ui §3.5). */
export function PostForm(props: PostFormProps) {
  const { ui, values, error } = props;
  const { t } = ui;
  const nsfwAllowed = !ui.site.local_site.nsfw_content_disallowed;
  return (
    <form
      method="post"
      action={props.action}
      enctype="multipart/form-data"
      class="form"
    >
      <FormProblem ui={ui} error={error} fields={POST_FIELDS} />
      <FormId ui={ui} />
      {props.communities && (
        <div class="field">
          <label for="f-community">{t("form.community")}</label>
          <input
            id="f-community"
            name="community"
            list="communities"
            value={values.community}
            required
            placeholder={t("placeholder.community")}
            autocomplete="off"
            aria-describedby="community-help"
            aria-invalid={error?.field === "community" ? "true" : undefined}
          />
          <datalist id="communities">
            {props.communities.map(([value, text]) => (
              <option key={value} value={value}>{text}</option>
            ))}
          </datalist>
          {error?.field === "community" && (
            <span class="err">{t.error(error.code, error.detail)}</span>
          )}
          <span class="help" id="community-help">{t("help.picker")}</span>
        </div>
      )}
      <TextField
        ui={ui}
        name="name"
        label={t("form.title")}
        value={values.name}
        help={t("help.post_title")}
        error={error}
        required
        minLength={3}
        maxLength={LIMITS.postTitle}
        autofocus={!values.name}
      />
      {props.communities && (
        <div id="similar" aria-live="polite">
          {props.similar && <SimilarPosts ui={ui} posts={props.similar} open />}
        </div>
      )}
      <TextField
        ui={ui}
        name="url"
        type="url"
        label={t("form.url")}
        value={values.url}
        help={t("help.url")}
        error={error}
        placeholder={t("placeholder.url")}
      />
      {!ui.site.local_site.image_upload_disabled && (
        <FileField
          ui={ui}
          name="file"
          label={t("form.file")}
          help={t("help.public_upload")}
          error={error}
          video={ui.site.local_site.image_allow_video_uploads}
        />
      )}
      <TextArea
        ui={ui}
        name="body"
        label={t("form.body")}
        value={values.body}
        help={t("help.markdown")}
        error={error}
        maxLength={LIMITS.postBody}
        rows={8}
        markdown
      />
      {props.preview && values.body && (
        <div class="card" aria-label={t("form.preview")}>
          <Markdown ui={ui} text={values.body} id="preview" />
        </div>
      )}
      <details open={Boolean(values.alt_text || values.custom_thumbnail)}>
        <summary class="link">{t("setup.more")}</summary>
        <TextField
          ui={ui}
          name="alt_text"
          label={t("form.alt_text")}
          value={values.alt_text}
          help={t("help.alt_text")}
          error={error}
          maxLength={LIMITS.altText}
        />
        <TextField
          ui={ui}
          name="custom_thumbnail"
          type="url"
          label={t("form.custom_thumbnail")}
          value={values.custom_thumbnail}
          error={error}
        />
      </details>
      <Select
        ui={ui}
        name="language_id"
        label={t("form.language")}
        value={values.language_id ?? "0"}
        error={error}
        options={props.languages.map(({ id, name }) => [
          String(id),
          id === 0 ? t("form.undetermined") : name,
        ])}
      />
      {props.tags.length > 0 && (
        <fieldset>
          <legend>{t("form.tags")}</legend>
          {props.tags.map((tag) => (
            <Checkbox
              key={tag.id}
              name={`tag_${tag.id}`}
              label={tag.display_name ?? tag.name}
              checked={props.chosenTags.includes(tag.id)}
            />
          ))}
        </fieldset>
      )}
      {nsfwAllowed && (
        <Checkbox
          name="nsfw"
          label={t("form.nsfw")}
          help={t("help.nsfw")}
          checked={values.nsfw === "true"}
        />
      )}
      {props.communities && (
        <TextField
          ui={ui}
          name="scheduled_publish_time_at"
          type="datetime-local"
          label={t("form.schedule")}
          value={values.scheduled_publish_time_at}
          help={t("help.schedule", { zone: "UTC" })}
          error={error}
        />
      )}
      <Honeypot ui={ui} />
      <div class="row">
        <button class="btn go" type="submit">{props.submit}</button>
        <button
          class="btn"
          type="submit"
          name="preview"
          value="true"
          formNoValidate
        >
          {t("action.preview")}
        </button>
        {!ui.site.local_site.image_upload_disabled && (
          <button
            class="btn"
            type="submit"
            name="upload"
            value="true"
            formNoValidate
          >
            {t("action.upload")}
          </button>
        )}
        <a class="link" href={props.cancel}>{t("action.cancel")}</a>
      </div>
    </form>
  );
}
