import { type FormError, FormProblem } from "./form/field.tsx";
import { Layout } from "./shell/layout.tsx";
import type { Ui } from "./ui.ts";

/** A page that asks before something is done (web-ui §0.2). */
export function ConfirmPage(
  { ui, question, detail, action, on, submit, back, danger = false, error }: {
    ui: Ui;
    question: string;
    detail?: string;
    action: string;
    /** Wanted state, for toggles. */
    on?: boolean;
    submit: string;
    back: string;
    danger?: boolean;
    error?: FormError | null;
  },
) {
  return (
    <Layout ui={ui} title={ui.t("title.confirm")} noindex>
      <form method="post" action={action} class="form card">
        <h1>{question}</h1>
        <FormProblem ui={ui} error={error} />
        {detail && <p dir="auto">{detail}</p>}
        <input type="hidden" name="return" value={back} />
        {on !== undefined && (
          <input type="hidden" name="on" value={String(on)} />
        )}
        <div class="row">
          <button class={danger ? "btn bad" : "btn go"} type="submit">
            {submit}
          </button>
          <a class="btn" href={back}>{ui.t("action.cancel")}</a>
        </div>
      </form>
    </Layout>
  );
}
