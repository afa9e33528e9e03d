import type { PersonView } from "../../lib/domain/views.ts";
import { formatDate } from "../../lib/i18n/mod.ts";
import type { Ui } from "../ui.ts";
import { PersonLink } from "./person_link.tsx";

/** A person in a list. */
export function PersonItem({ ui, view }: { ui: Ui; view: PersonView }) {
  const { t } = ui;
  const { person } = view;
  return (
    <li class="row post">
      <div class="t grow">
        <h2>
          <PersonLink ui={ui} person={person} avatar />
        </h2>
        <div class="meta">
          {view.is_admin && <span class="badge red">{t("badge.admin")}</span>}
          {person.bot_account && <span class="badge">{t("badge.bot")}</span>}
          <span>{t("count.posts", { count: person.post_count })}</span>
          <span>{t("count.comments", { count: person.comment_count })}</span>
          <span>
            {t("person.joined", {
              date: formatDate(t.language, person.published_at, "date"),
            })}
          </span>
        </div>
      </div>
    </li>
  );
}
