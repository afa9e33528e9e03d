import { LIMITS } from "../../lib/domain/text/rules.ts";
import { Markdown } from "../markdown.tsx";
import {
  type FormError,
  FormId,
  FormProblem,
  TextArea,
} from "../form/field.tsx";
import type { Ui } from "../ui.ts";

/** The form that writes, answers or edits a comment; it works and previews without JavaScript. */
export function CommentForm(
  {
    ui,
    action,
    label,
    submit,
    value = "",
    preview,
    error,
    cancel,
    back,
    focus,
  }: {
    ui: Ui;
    action: string;
    label: string;
    submit: string;
    value?: string;
    /** Text to show as it will look. */
    preview?: string;
    error?: FormError | null;
    cancel?: string;
    /** Where a successful submit returns to. */
    back?: string;
    focus?: boolean;
  },
) {
  const { t } = ui;
  return (
    <form method="post" action={action} class="form" data-comment-form>
      <FormProblem ui={ui} error={error} fields={["content"]} />
      <FormId ui={ui} />
      {back && <input type="hidden" name="return" value={back} />}
      <TextArea
        ui={ui}
        name="content"
        label={label}
        value={value}
        maxLength={LIMITS.body}
        placeholder={t("placeholder.comment")}
        help={t("help.markdown")}
        error={error}
        rows={4}
        required
        markdown
        autofocus={focus}
      />
      {preview !== undefined && (
        <div class="card" aria-label={t("form.preview")}>
          <Markdown ui={ui} text={preview} id="preview" />
        </div>
      )}
      <div class="row">
        <button class="btn go" type="submit">{submit}</button>
        <button
          class="btn"
          type="submit"
          name="preview"
          value="true"
          formNoValidate
        >
          {t("action.preview")}
        </button>
        {cancel && (
          <a class="link" href={cancel} data-cancel>{t("action.cancel")}</a>
        )}
      </div>
    </form>
  );
}
