import { formatRelativeTime } from "../../lib/i18n/mod.ts";
import type { PostView } from "../../lib/domain/views.ts";
import { actorHandle } from "../../lib/domain/actor_name.ts";
import { Icon } from "../icon.tsx";
import type { Ui } from "../ui.ts";

/** The states of a post as words and signs (web-ui §4.1). */
export function PostBadges(
  { ui, view, language }: { ui: Ui; view: PostView; language?: string },
) {
  const { post, community, tags } = view;
  const { t } = ui;
  return (
    <>
      {tags.map((tag) => (
        <a
          key={tag.id}
          class="chip"
          href={`/c/${actorHandle(community)}?tagId=${tag.id}`}
          dir="auto"
        >
          {tag.display_name ?? tag.name}
        </a>
      ))}
      {language && <span class="badge">{language}</span>}
      {post.scheduled_publish_time_at && (
        <span class="badge warn">
          {t("post.publishes", {
            time: formatRelativeTime(
              t.language,
              post.scheduled_publish_time_at,
              ui.now,
            ),
          })}
        </span>
      )}
      {post.removed && <span class="badge red">{t("badge.removed")}</span>}
      {post.deleted && <span class="badge red">{t("badge.deleted")}</span>}
      {post.locked && (
        <span class="badge warn">
          <Icon name="lock" />
          {t("badge.locked")}
        </span>
      )}
      {post.featured_community && (
        <span class="badge pri">
          <Icon name="pin" />
          {t("badge.featured_community")}
        </span>
      )}
      {post.featured_local && (
        <span class="badge">
          <Icon name="pin" />
          {t("badge.featured_local")}
        </span>
      )}
      {(post.nsfw || community.nsfw) && (
        <span class="badge red">{t("badge.nsfw")}</span>
      )}
      {post.federation_pending && (
        <span class="badge warn">{t("badge.pending")}</span>
      )}
    </>
  );
}
