import type { ComponentChildren } from "preact";
import type { Ui } from "../ui.ts";

/** What went wrong with a submitted form, and where. */
export interface FormError {
  code: string;
  detail?: string;
  field?: string;
}

interface Common {
  name: string;
  label: string;
  help?: string;
  error?: FormError | null;
  ui: Ui;
}

/** The message of a refused form, unless a field shows it itself. */
export function FormProblem(
  { ui, error, fields = [] }: {
    ui: Ui;
    error?: FormError | null;
    /** Names of the fields that show their own errors. */
    fields?: readonly string[];
  },
) {
  if (!error) return null;
  const shown = error.field !== undefined && fields.includes(error.field);
  return (
    <div class="notice bad" role="alert" id="problem">
      <p>
        {shown ? ui.t("error_page.form") : ui.t.error(error.code, error.detail)}
      </p>
    </div>
  );
}

/**
 * Tells one showing of a form from every other, so that a button pressed twice makes one thing
 * (`submitOnce`).
 */
export function FormId({ ui }: { ui: Ui }) {
  return <input type="hidden" name="form_id" value={ui.requestId} />;
}

function described(props: Common) {
  const bad = props.error?.field === props.name;
  const ids = [
    props.help && `${props.name}-help`,
    bad && `${props.name}-error`,
  ].filter(Boolean).join(" ");
  return {
    bad,
    attributes: {
      id: `f-${props.name}`,
      name: props.name,
      "aria-invalid": bad ? "true" as const : undefined,
      "aria-describedby": ids || undefined,
    },
  };
}

function Frame(
  { children, ...props }: Common & { children: ComponentChildren },
) {
  const { bad } = described(props);
  return (
    <div class="field">
      <label for={`f-${props.name}`}>{props.label}</label>
      {children}
      {bad && (
        <span class="err" id={`${props.name}-error`}>
          {props.ui.t.error(props.error!.code, props.error!.detail)}
        </span>
      )}
      {props.help && (
        <span class="help" id={`${props.name}-help`}>{props.help}</span>
      )}
    </div>
  );
}

/** A one-line field with label, help and error. */
export function TextField(
  props: Common & {
    value?: string;
    type?: string;
    required?: boolean;
    minLength?: number;
    maxLength?: number;
    autocomplete?: string;
    placeholder?: string;
    pattern?: string;
    min?: number;
    max?: number;
    autofocus?: boolean;
    inputMode?: "numeric";
  },
) {
  const { attributes } = described(props);
  return (
    <Frame {...props}>
      <input
        {...attributes}
        type={props.type ?? "text"}
        value={props.value}
        required={props.required}
        minLength={props.minLength}
        maxLength={props.maxLength}
        min={props.min}
        max={props.max}
        autocomplete={props.autocomplete}
        placeholder={props.placeholder}
        pattern={props.pattern}
        inputMode={props.inputMode}
        autofocus={props.autofocus}
        dir="auto"
      />
    </Frame>
  );
}

/** A Markdown text area; an island adds toolbar and preview. */
export function TextArea(
  props: Common & {
    value?: string;
    required?: boolean;
    maxLength?: number;
    placeholder?: string;
    rows?: number;
    markdown?: boolean;
    autofocus?: boolean;
  },
) {
  const { attributes } = described(props);
  return (
    <Frame {...props}>
      <textarea
        {...attributes}
        required={props.required}
        maxLength={props.maxLength}
        placeholder={props.placeholder}
        rows={props.rows ?? 6}
        autofocus={props.autofocus}
        data-markdown={props.markdown ? "" : undefined}
        dir="auto"
      >
        {props.value}
      </textarea>
    </Frame>
  );
}

/** A choice of one. Options are value and text. */
export function Select(
  props: Common & {
    value?: string;
    options: readonly (readonly [string, string])[];
  },
) {
  const { attributes } = described(props);
  return (
    <Frame {...props}>
      <select {...attributes}>
        {props.options.map(([value, text]) => (
          <option key={value} value={value} selected={value === props.value}>
            {text}
          </option>
        ))}
      </select>
    </Frame>
  );
}

/** A choice of several languages. */
export function LanguageSelect(
  props: Common & {
    selected: readonly number[];
    languages: readonly { id: number; name: string }[];
  },
) {
  const { attributes } = described(props);
  const chosen = new Set(props.selected);
  return (
    <Frame {...props}>
      <select {...attributes} multiple size={8}>
        {props.languages.map(({ id, name }) => (
          <option key={id} value={String(id)} selected={chosen.has(id)}>
            {name}
          </option>
        ))}
      </select>
    </Frame>
  );
}

/** A picture or video to upload; the form must be multipart. */
export function FileField(props: Common & { video?: boolean }) {
  const { attributes } = described(props);
  return (
    <Frame {...props}>
      <input
        {...attributes}
        type="file"
        accept={`image/jpeg,image/png,image/gif,image/webp,image/avif${
          props.video ? ",video/mp4,video/webm" : ""
        }`}
      />
    </Frame>
  );
}

/** A picture that takes effect at once: shown, replaced or removed (web-ui §4.9). */
export function PictureForm(
  { ui, action, name, label, current }: {
    ui: Ui;
    /** Where the file goes. */
    action: string;
    name: string;
    label: string;
    /** Address of the present picture. */
    current?: string;
  },
) {
  const { t } = ui;
  return (
    <form
      method="post"
      action={action}
      enctype="multipart/form-data"
      class="form card picture"
    >
      {current && <img src={current} alt={label} height={96} loading="lazy" />}
      <FileField
        ui={ui}
        name={name}
        label={label}
        help={t("help.public_upload")}
      />
      <div class="row">
        <button class="btn" type="submit">{t("action.upload")}</button>
        {current && (
          <button class="btn bad" type="submit" name="remove" value="true">
            {t("action.remove")}
          </button>
        )}
      </div>
    </form>
  );
}

/** A box to tick; absent from the form data when it is not. */
export function Checkbox(
  { name, label, checked, help }: {
    name: string;
    label: string;
    checked: boolean;
    help?: string;
  },
) {
  return (
    <label class="check">
      <input type="checkbox" name={name} value="true" checked={checked} />
      <span>
        {label}
        {help && <small class="muted">{help}</small>}
      </span>
    </label>
  );
}

/** A field that people never see; what fills it in is a machine. */
export function Honeypot({ ui }: { ui: Ui }) {
  return (
    <div class="pot" aria-hidden="true">
      <label>
        {ui.t("form.honeypot")}
        <input name="honeypot" tabIndex={-1} autocomplete="off" />
      </label>
    </div>
  );
}
