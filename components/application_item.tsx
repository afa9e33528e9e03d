import type { RegistrationApplicationView } from "../lib/domain/views.ts";
import { Markdown } from "./markdown.tsx";
import { PersonLink } from "./person/person_link.tsx";
import { Time } from "./time.tsx";
import type { Ui } from "./ui.ts";

/** An application for an account, with the forms that decide it, or decide it anew. */
export function ApplicationItem(
  { ui, view }: { ui: Ui; view: RegistrationApplicationView },
) {
  const { t } = ui;
  const { registration_application: application, creator, admin } = view;
  const { accepted_application, email } = view.creator_local_user;
  const action = `/registration_applications/${application.id}`;
  return (
    <section class="card">
      <div class="meta">
        <PersonLink ui={ui} person={creator} />
        {email && <a href={`mailto:${email}`}>{email}</a>}
        <Time ui={ui} at={application.published_at} />
        {admin && (
          <span class="badge">
            {t(
              accepted_application
                ? "application.approved_by"
                : "application.denied_by",
              { person: admin.name },
            )}
          </span>
        )}
      </div>
      <Markdown
        ui={ui}
        text={application.answer}
        id={`application-${application.id}`}
        variant="no_images"
      />
      <form method="post" action={action} class="form">
        <input type="hidden" name="return" value={ui.here} />
        {!(admin && accepted_application) && (
          <button class="btn go" type="submit" name="approve" value="true">
            {t("action.approve")}
          </button>
        )}
        {!(admin && !accepted_application) && (
          <details>
            <summary class="btn">{t("action.deny")}</summary>
            <label class="field">
              {t("application.deny_reason")}
              <textarea name="deny_reason" rows={3} dir="auto">
                {application.deny_reason}
              </textarea>
            </label>
            <button class="btn bad" type="submit" name="approve" value="false">
              {t("action.deny")}
            </button>
          </details>
        )}
      </form>
    </section>
  );
}
