import { type Ctx, query } from "../context.ts";
import { NOTIFYING_KINDS } from "../modlog/record.ts";

/**
 * Tells the person whom an entry of the modlog is about, if the entry is of a kind that is told and
 * the person has an account here (moderation-and-operations §2.8). Neither blocks nor mutes keep it
 * away, and moderators hear of what they do to themselves as well.
 * @returns id of the notification, or null
 */
export async function notifyOfModAction(
  ctx: Ctx,
  modlogId: number,
): Promise<number | null> {
  const [made] = await query<{ id: number }>(
    ctx,
    `insert into notification (recipient_id, creator_id, kind, post_id, comment_id, modlog_id,
       published_at)
     select u.person_id, l.moderator_id, 'mod_action', l.target_post_id, l.target_comment_id, l.id,
       l.published_at
     from modlog l join local_user u on u.person_id = l.target_person_id
     where l.id = $1::int4 and l.kind = any($2::text[]) and l.bulk_action_parent_id is null
     on conflict do nothing
     returning id`,
    [modlogId, NOTIFYING_KINDS],
  );
  return made?.id ?? null;
}
