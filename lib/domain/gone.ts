import { parseActorName } from "./actor_name.ts";
import { canReadCommunity } from "./community/visibility.ts";
import { type Ctx, query } from "./context.ts";
import type { CommunityVisibility } from "./views.ts";

/** Why something that was here is not shown any more. */
export type Gone =
  | "post_deleted"
  | "post_removed"
  | "community_deleted"
  | "community_removed";

interface Row {
  visibility: CommunityVisibility;
  follow_state: "accepted" | "pending" | "approval_required" | null;
  became_moderator_at: string | null;
  community_deleted: boolean;
  community_removed: boolean;
  post_deleted: boolean;
  post_removed: boolean;
}

const COMMUNITY = `c.visibility, a.follow_state, a.became_moderator_at,
  c.deleted as community_deleted, c.removed or c.local_removed as community_removed`;
const RELATION =
  `left join community_actions a on a.community_id = c.id and a.person_id = $2::int4`;

/**
 * Why a post that the viewer may not read is not there; null when it never was, or is hidden for
 * another reason, which looks the same (web-ui §1.4).
 */
export async function whyPostGone(
  ctx: Ctx,
  postId: number,
): Promise<Gone | null> {
  const [row] = await query<Row>(
    ctx,
    `select ${COMMUNITY}, p.deleted as post_deleted, p.removed as post_removed
     from post p join community c on c.id = p.community_id ${RELATION}
     where p.id = $1::int4 and p.scheduled_publish_time_at is null`,
    [postId, ctx.viewer?.person.id ?? 0],
  );
  return row ? reason(ctx, row) : null;
}

/** As `whyPostGone`, for a community by its name. */
export async function whyCommunityGone(
  ctx: Ctx,
  text: string,
): Promise<Gone | null> {
  const { name, domain } = parseActorName(text, ctx.config.hostname);
  const [row] = await query<Row>(
    ctx,
    `select ${COMMUNITY}, false as post_deleted, false as post_removed
     from community c join instance i on i.id = c.instance_id ${RELATION}
     where lower(c.name) = lower($1) and lower(i.domain) = lower($3)
     order by c.deleted or c.removed, c.id limit 1`,
    [name, ctx.viewer?.person.id ?? 0, domain ?? ctx.site.instance.domain],
  );
  return row ? reason(ctx, row) : null;
}

function reason(ctx: Ctx, row: Row): Gone | null {
  const readable = canReadCommunity(ctx, row, {
    follow_state: row.follow_state ?? undefined,
    became_moderator_at: row.became_moderator_at ?? undefined,
  });
  if (!readable) return null;
  if (row.community_removed) return "community_removed";
  if (row.community_deleted) return "community_deleted";
  if (row.post_removed) return "post_removed";
  return row.post_deleted ? "post_deleted" : null;
}
