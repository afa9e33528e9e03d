import type { Ctx } from "../context.ts";
import type { Conditions } from "../conditions.ts";
import type { Viewer } from "../account/session.ts";
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

/** Whether a viewer's row `a` is that of a follower. */
export const ACCEPTED = "a.follow_state = 'accepted'";
/** Whether a viewer's row `a` makes a member, who may read a private community. */
export const MEMBER = `${ACCEPTED} or a.became_moderator_at is not null`;

/**
 * Whether the viewer's row for community `c` meets a condition on `a`. Said of few communities, it
 * costs less than the ids of all that somebody follows, which `offset 0` keeps PostgreSQL from
 * collecting.
 */
export function hasActions(
  conditions: Conditions,
  viewer: Viewer,
  condition: string,
): string {
  return `exists (select from community_actions a where a.community_id = c.id
    and a.person_id = ${
    conditions.value(viewer.person.id, "int4")
  } and (${condition}) offset 0)`;
}

/**
 * The read rule of content §3.2 as a condition on community `c` of a listing. `hideUnlisted` adds
 * the rule of feeds over many communities: unlisted ones only for their followers. `orNone` lets
 * rows pass that belong to no community.
 */
export function addVisibility(
  conditions: Conditions,
  ctx: Ctx,
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
    conditions.add(
      `${none}c.visibility <> 'private' or ${
        hasActions(conditions, ctx.viewer, MEMBER)
      }`,
    );
  }
  if (options.hideUnlisted) {
    conditions.add(
      `${none}c.visibility <> 'unlisted' or ${
        hasActions(conditions, ctx.viewer, ACCEPTED)
      }`,
    );
  }
}
