import { actorHandle, actorHost } from "../../lib/domain/actor_name.ts";
import type {
  CommunityModeratorView,
  CommunityView,
} from "../../lib/domain/views.ts";
import {
  formatDate,
  formatNumber,
  formatNumberCompact,
} from "../../lib/i18n/mod.ts";
import { Markdown } from "../markdown.tsx";
import { PersonLink } from "../person/person_link.tsx";
import { Toggle } from "../post/post_actions.tsx";
import type { Ui } from "../ui.ts";
import { FollowButton } from "./follow_button.tsx";

/** Whether the viewer may post here, as far as can be told beforehand. */
export function canPost(ui: Ui, view: CommunityView): boolean {
  const { community, community_actions: actions } = view;
  if (
    !ui.viewer || ui.viewer.banned || community.deleted || community.removed
  ) {
    return false;
  }
  if (actions?.received_ban_at) return false;
  if (community.posting_restricted_to_mods && !actions?.became_moderator_at) {
    return false;
  }
  return community.visibility !== "private" ||
    actions?.follow_state === "accepted";
}

/** The sidebar of a community (web-ui §3.2). */
export function CommunityCard(
  { ui, view, moderators, heading = false }: {
    ui: Ui;
    view: CommunityView;
    moderators: CommunityModeratorView[];
    /** With name and banner, on pages that do not show them themselves. */
    heading?: boolean;
  },
) {
  const { t } = ui;
  const { community, community_actions: actions } = view;
  const handle = actorHandle(community);
  const identifier = `!${community.name}@${actorHost(community)}`;
  return (
    <section class="card" aria-label={t("community.rules")}>
      {heading && (
        <h2>
          <a href={`/c/${handle}`} dir="auto">
            {community.title ?? community.name}
          </a>
        </h2>
      )}
      {community.summary && <p dir="auto">{community.summary}</p>}
      {actions?.received_ban_at
        ? (
          <p class="notice bad">
            {actions.ban_expires_at
              ? t("community.banned_until", {
                date: formatDate(t.language, actions.ban_expires_at),
              })
              : t("community.banned")}
          </p>
        )
        : <FollowButton ui={ui} view={view} />}
      {canPost(ui, view) && (
        <p>
          <a class="btn wide" href={`/create_post?community=${handle}`}>
            {t("nav.create_post")}
          </a>
        </p>
      )}
      {view.can_mod && (
        <p>
          <a class="btn wide" href={`/c/${handle}/settings`}>
            {t("community.settings")}
          </a>
        </p>
      )}
      {ui.viewer && !actions?.followed_at && (
        <Toggle
          ui={ui}
          action={`/c/${handle}/block`}
          on={!actions?.blocked_at}
          label={t(
            actions?.blocked_at
              ? "action.unblock_community"
              : "action.block_community",
          )}
        />
      )}
      <p class="muted small">
        <bdi dir="ltr">{identifier}</bdi>
      </p>
      {community.posting_restricted_to_mods && (
        <p class="notice">{t("community.mods_only")}</p>
      )}
      {community.sidebar && (
        <Markdown ui={ui} text={community.sidebar} id={`s${community.id}`} />
      )}
      <p class="small">
        <b>{t(`visibility.${community.visibility}`)}</b> ·{" "}
        {t(`visibility_help.${community.visibility}`)}
      </p>
      <Counts
        ui={ui}
        counts={[
          ["count.users_day", community.users_active_day],
          ["count.users_week", community.users_active_week],
          ["count.users_month", community.users_active_month],
          ["count.users_half_year", community.users_active_half_year],
          ["count.subscribers", community.subscribers],
          ["count.subscribers_local", community.subscribers_local],
          ["count.posts", community.posts],
          ["count.comments", community.comments],
        ]}
      />
      {moderators.length > 0 && (
        <>
          <h3>{t("community.moderators")}</h3>
          <ul class="chips">
            {moderators.map(({ moderator }) => (
              <li key={moderator.id}>
                <PersonLink ui={ui} person={moderator} avatar />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

type CountKey =
  | "count.users"
  | "count.users_day"
  | "count.users_week"
  | "count.users_month"
  | "count.users_half_year"
  | "count.subscribers"
  | "count.subscribers_local"
  | "count.communities"
  | "count.posts"
  | "count.comments";

/** Numbers as small chips, exact in their tooltips. */
export function Counts(
  { ui, counts }: { ui: Ui; counts: readonly (readonly [CountKey, number])[] },
) {
  const { t } = ui;
  return (
    <ul class="chips">
      {counts.map(([key, count]) => (
        <li key={key} title={formatNumber(t.language, count)}>
          {t(key, {
            count,
          }).replace(
            formatNumber(t.language, count),
            formatNumberCompact(t.language, count),
          )}
        </li>
      ))}
    </ul>
  );
}
