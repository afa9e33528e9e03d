import { actorHandle } from "../../lib/domain/actor_name.ts";
import type { CommunityView } from "../../lib/domain/views.ts";
import { loginPath, type Ui } from "../ui.ts";

/** Subscribe, pending or joined: one button that sends the wanted state (web-ui §4.11). */
export function FollowButton(
  { ui, view, small = false }: { ui: Ui; view: CommunityView; small?: boolean },
) {
  const { t } = ui;
  const { community, community_actions: actions } = view;
  const classes = small ? "btn small" : "btn wide";
  if (!ui.viewer) {
    return (
      <a class={`${classes} go`} href={loginPath(ui)} rel="nofollow">
        {t("action.subscribe")}
      </a>
    );
  }
  const state = actions?.follow_state;
  const label = state ? t(`follow.${state}`) : t("action.subscribe");
  return (
    <form method="post" action={`/c/${actorHandle(community)}/follow`}>
      <input type="hidden" name="return" value={ui.here} />
      <button
        type="submit"
        name="on"
        value={String(!state)}
        class={state ? classes : `${classes} go`}
        title={state ? t("action.unsubscribe") : undefined}
        disabled={state === "denied" || actions?.received_ban_at !== undefined}
      >
        {label}
      </button>
    </form>
  );
}
