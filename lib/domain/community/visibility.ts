import type { Ctx } from "../context.ts";
import type { Conditions } from "../conditions.ts";
import type { Relations } from "../account/relations.ts";
import type { CommunityActions, CommunityVisibility } from "../views.ts";

/** Whether the caller may read what a community holds (content §3.2). */
export function canReadCommunity(
  ctx: Ctx,
  community: { visibility: CommunityVisibility },
  actions:
    | Pick<CommunityActions, "follow_state" | "became_moderator_at">
    | undefined,
): boolean {
  const { viewer } = ctx;
  switch (community.visibility) {
    case "local_only_private":
      return viewer !== null;
    case "private":
      return viewer !== null &&
        (viewer.local_user.admin || actions?.follow_state === "accepted" ||
          actions?.became_moderator_at !== undefined);
    default:
      return true;
  }
}

/**
 * The read rule of content §3.2 as a condition on community `c` of a listing. `hideUnlisted` adds
 * the rule of feeds over many communities: unlisted ones only for their followers. `orNone` lets
 * rows pass that belong to no community.
 */
export function addVisibility(
  conditions: Conditions,
  ctx: Ctx,
  relations: Relations,
  options: { hideUnlisted: boolean; orNone?: boolean },
): void {
  const none = options.orNone ? "c.id is null or " : "";
  if (!ctx.viewer) {
    const shown = ["public", "local_only_public"];
    if (!options.hideUnlisted) shown.push("unlisted");
    conditions.add(
      `${none}c.visibility = any(${conditions.value(shown, "text[]")})`,
    );
    return;
  }
  if (!ctx.viewer.local_user.admin) {
    const member = [...relations.followed, ...relations.moderated];
    conditions.add(
      `${none}c.visibility <> 'private' or c.id = any(${
        conditions.value(member, "int4[]")
      })`,
    );
  }
  if (options.hideUnlisted) {
    conditions.add(
      `${none}c.visibility <> 'unlisted' or c.id = any(${
        conditions.value(relations.followed, "int4[]")
      })`,
    );
  }
}
