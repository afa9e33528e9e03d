import type { CommunityView } from "../../lib/domain/views.ts";
import type { Ui } from "../ui.ts";
import { CommunityLink } from "./community_link.tsx";
import { FollowButton } from "./follow_button.tsx";

/** A community in a list, with what it is about and how busy it is. */
export function CommunityItem({ ui, view }: { ui: Ui; view: CommunityView }) {
  const { t } = ui;
  const { community } = view;
  return (
    <li class="row post">
      <div class="t grow">
        <h2>
          <CommunityLink ui={ui} community={community} icon />
        </h2>
        {community.summary && (
          <p class="small" dir="auto">{community.summary}</p>
        )}
        <div class="meta">
          <span>
            {t("count.subscribers", { count: community.subscribers })}
          </span>
          <span>
            {t("count.users_month", { count: community.users_active_month })}
          </span>
          <span>
            {t("count.posts", { count: community.posts })} ·{" "}
            {t("count.comments", { count: community.comments })}
          </span>
          {community.visibility !== "public" && (
            <span class="badge">{t(`visibility.${community.visibility}`)}</span>
          )}
          {community.nsfw && <span class="badge red">{t("badge.nsfw")}</span>}
        </div>
      </div>
      <FollowButton ui={ui} view={view} small />
    </li>
  );
}
