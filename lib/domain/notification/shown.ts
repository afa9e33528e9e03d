import { relations } from "../account/relations.ts";
import { requireViewer } from "../account/session.ts";
import { addVisibility } from "../community/visibility.ts";
import type { Conditions } from "../conditions.ts";
import type { Ctx } from "../context.ts";
import { addBlocks, addBots } from "../listing_filters.ts";

/** What conditions on a notification `n` may look at. */
export const NOTIFICATION_JOINS = `
  left join comment m on m.id = n.comment_id
  left join post p on p.id = n.post_id
  left join private_message pm on pm.id = n.private_message_id
  left join community c on c.id = p.community_id`;

/**
 * Which notifications the viewer is shown, in lists and in counts (content §10.3): nothing its
 * author deleted, nothing hidden by a block, nothing from a community closed to the viewer (Q41),
 * nothing removed. A moderator's action stays in spite of removals and blocks, or it would never
 * be told (moderation-and-operations Q28).
 */
export async function addShownNotifications(
  where: Conditions,
  ctx: Ctx,
): Promise<void> {
  const viewer = requireViewer(ctx);
  const related = await relations(ctx);
  const me = where.value(viewer.person.id, "int4");
  where.add(
    `not coalesce(m.deleted, false) and not coalesce(p.deleted, false)
     and not coalesce(pm.deleted or pm.deleted_by_recipient and pm.recipient_id = ${me}, false)`,
  );
  // Conditions on a community are null for messages, which have none.
  const open = where.nested((inner) => {
    addVisibility(inner, ctx, related, { hideUnlisted: false });
    addBlocks(inner, related, "n");
  });
  where.add(
    `n.kind = 'mod_action' or not coalesce(m.removed, false) and not coalesce(p.removed, false)
     and not coalesce(pm.removed, false) and coalesce(${open}, true)`,
  );
  where.add(
    `n.creator_id = ${me} or ${
      where.nested((inner) => addBots(inner, ctx, "n"))
    }`,
  );
}
