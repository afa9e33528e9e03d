import { type Ctx, query } from "../context.ts";
import { extractMentions } from "../text/mentions.ts";
import type { NotificationType } from "../views.ts";

/** A notification that was just made. */
export interface NewNotification {
  id: number;
  recipient_id: number;
  kind: NotificationType;
}

/**
 * Of those who might be told, whom to tell (content §10.2), for an item `i` with its author and
 * place and a list of candidates: each person once, as the first of its kinds; not who wrote it;
 * not who hides the author, the community or the instance of either; not who has muted the post or
 * the community; not who may not read it (Q41); and nobody twice.
 */
const INSERT = `
  insert into notification (recipient_id, creator_id, kind, post_id, comment_id, published_at)
  select r.id, i.creator_id, chosen.kind, i.post_id, i.comment_id, $2::timestamptz
  from (select distinct on (person_id) person_id, kind from candidates
    order by person_id, rank) chosen
  cross join i
  join community c on c.id = i.community_id
  join person author on author.id = i.creator_id
  join person r on r.id = chosen.person_id and not r.deleted
  join local_user u on u.person_id = r.id
  left join person_actions pa on pa.person_id = r.id and pa.target_id = author.id
  left join post_actions poa on poa.person_id = r.id and poa.post_id = i.post_id
  left join community_actions ca on ca.person_id = r.id and ca.community_id = c.id
  left join instance_actions ic on ic.person_id = r.id and ic.instance_id = c.instance_id
  left join instance_actions ip on ip.person_id = r.id and ip.instance_id = author.instance_id
  where r.id <> i.creator_id and pa.blocked_at is null and ca.blocked_at is null
    and ic.blocked_communities_at is null and ip.blocked_persons_at is null
    and poa.notifications is distinct from 'mute' and ca.notifications is distinct from 'mute'
    and (c.visibility <> 'private' or u.admin or ca.follow_state = 'accepted'
      or ca.became_moderator_at is not null)
  order by r.id
  on conflict do nothing
  returning id, recipient_id, kind`;

/** Persons of this site with the names `$3`. */
const MENTIONED = `
  select person.id, 2, 'mention' from person, i
  where person.instance_id = $4::int4 and lower(person.name) = any($3::text[])`;

const COMMENT = `
  with i as (
    select m.id as comment_id, m.post_id, m.community_id, m.creator_id,
      coalesce(parent.creator_id, p.creator_id) as parent_creator_id
    from comment m join post p on p.id = m.post_id
    left join comment parent on m.level > 1
      and parent.id = split_part(m.path, '.', m.level)::int4
    where m.id = $1::int4 and not (m.deleted or m.removed or p.deleted or p.removed)
      and p.scheduled_publish_time_at is null
  ), candidates (person_id, rank, kind) as (
    select parent_creator_id, 1, 'reply' from i
    union all ${MENTIONED}
    union all select a.person_id, 3, 'subscribed' from i join post_actions a
      on a.post_id = i.post_id and a.notifications = 'all_comments'
    union all select a.person_id, 3, 'subscribed' from i join community_actions a
      on a.community_id = i.community_id and a.notifications = 'all_posts_and_comments'
  ) ${INSERT}`;

const POST = `
  with i as (
    select null::int4 as comment_id, id as post_id, community_id, creator_id from post
    where id = $1::int4 and not (deleted or removed) and scheduled_publish_time_at is null
  ), candidates (person_id, rank, kind) as (
    ${MENTIONED.trim()}
    union all select a.person_id, 3, 'subscribed' from i join post_actions a
      on a.post_id = i.post_id and a.notifications = 'all_comments'
    union all select a.person_id, 3, 'subscribed' from i join community_actions a
      on a.community_id = i.community_id
        and a.notifications in ('all_posts', 'all_posts_and_comments')
  ) ${INSERT}`;

/**
 * Tells whoever a new or changed comment concerns: whom it answers, whom it mentions, and who asked
 * to hear of the post or community. After a change only those are told who were not yet.
 * @param mentioned of a comment of another server: the names of whom it mentions here
 */
export async function notifyOfComment(
  ctx: Ctx,
  id: number,
  mentioned?: readonly string[],
): Promise<NewNotification[]> {
  const [comment] = await query<{ text: string; local: boolean }>(
    ctx,
    "select content as text, local from comment where id = $1::int4",
    [id],
  );
  return comment ? await notify(ctx, COMMENT, id, comment, mentioned) : [];
}

/** The same for a post; its title mentions nobody (Q31). */
export async function notifyOfPost(
  ctx: Ctx,
  id: number,
  mentioned?: readonly string[],
): Promise<NewNotification[]> {
  const [post] = await query<{ text: string | null; local: boolean }>(
    ctx,
    "select body as text, local from post where id = $1::int4",
    [id],
  );
  return post ? await notify(ctx, POST, id, post, mentioned) : [];
}

async function notify(
  ctx: Ctx,
  statement: string,
  id: number,
  item: { text: string | null; local: boolean },
  mentioned: readonly string[] = [],
): Promise<NewNotification[]> {
  // What arrives from elsewhere names whom it mentions apart from its text.
  const names = item.local ? mentionedHere(ctx, item.text ?? "") : mentioned;
  return await query<NewNotification>(ctx, statement, [
    id,
    ctx.now.toISOString(),
    names,
    ctx.site.instance.id,
  ]);
}

/** Names of this site that a text mentions, in lower case. */
function mentionedHere(ctx: Ctx, text: string): string[] {
  const here = ctx.config.hostname.toLowerCase();
  return extractMentions(text).filter(({ host }) => host === here)
    .map(({ name }) => name.toLowerCase());
}
