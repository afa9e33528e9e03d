import { scaledPicture } from "../pictures.ts";
import { actorHandle, actorHost } from "../../lib/domain/actor_name.ts";
import type { Community } from "../../lib/domain/views.ts";
import { showsAvatars, type Ui } from "../ui.ts";

/** A community's title, with the host of remote ones, leading to the local page. */
export function CommunityLink(
  { ui, community, icon = false }: {
    ui: Ui;
    community: Community;
    icon?: boolean;
  },
) {
  const title = community.title ?? community.name;
  return (
    <a
      href={`/c/${actorHandle(community)}`}
      title={`!${community.name}@${actorHost(community)}`}
      dir="auto"
    >
      {icon && community.icon && showsAvatars(ui) && (
        <img
          class="avatar"
          src={scaledPicture(ui, community.icon, "icon")}
          width={20}
          height={20}
          alt=""
          loading="lazy"
        />
      )}
      {community.local ? title : `${title}@${actorHost(community)}`}
    </a>
  );
}
