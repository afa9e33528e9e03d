import type { PagedResponse } from "../lib/domain/cursor.ts";
import type { LocalUserInvite } from "../lib/domain/views.ts";
import { Pagination } from "./feed/pagination.tsx";
import { TextField } from "./form/field.tsx";
import { Time } from "./time.tsx";
import type { Ui } from "./ui.ts";

/** The reader's invitations, and a form for a new one. */
export function Invites(
  { ui, url, origin, invites }: {
    ui: Ui;
    url: URL;
    /** Of this site, for the links that are handed on. */
    origin: string;
    invites: PagedResponse<LocalUserInvite>;
  },
) {
  const { t } = ui;
  const used = ui.site.local_site.registration_mode === "require_invitation";
  return (
    <>
      <form method="post" action="/settings/invites" class="form card">
        <h2>{t("settings.invite_create")}</h2>
        {!used && <p>{t("help.invites_off")}</p>}
        <TextField
          ui={ui}
          name="max_uses"
          type="number"
          min={1}
          max={10_000}
          label={t("form.max_uses")}
        />
        <TextField
          ui={ui}
          name="expires_days"
          type="number"
          min={1}
          max={3650}
          label={t("form.expires_days")}
        />
        <button class="btn go" type="submit">{t("action.create")}</button>
      </form>
      <ul class="posts">
        {invites.items.map((invite) => (
          <li key={invite.token} class="row post">
            <div class="t grow">
              <a href={`/signup?token=${invite.token}`}>
                {`${origin}/signup?token=${invite.token}`}
              </a>
              <div class="meta">
                <Time ui={ui} at={invite.published_at} />
                <span>
                  {invite.uses_count}
                  {invite.max_uses !== null && ` / ${invite.max_uses}`}
                </span>
                {invite.expires_at && (
                  <span>
                    {t("form.expires")} <Time ui={ui} at={invite.expires_at} />
                  </span>
                )}
              </div>
            </div>
            <form method="post" action="/settings/invites">
              <input type="hidden" name="revoke" value={invite.token} />
              <button class="btn bad" type="submit">
                {t("action.revoke")}
              </button>
            </form>
          </li>
        ))}
      </ul>
      <Pagination
        ui={ui}
        url={url}
        next_page={invites.next_page}
        prev_page={invites.prev_page}
        empty={invites.items.length === 0}
      />
    </>
  );
}
