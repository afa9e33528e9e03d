import { type Ctx, query } from "../context.ts";
import { followed, relations } from "./relations.ts";
import { requireViewer } from "./session.ts";

/** Lists of a file of settings: ActivityPub ids, and domains of instances. */
export interface ImportLists {
  followed_communities: string[];
  saved_posts: string[];
  saved_comments: string[];
  blocked_communities: string[];
  blocked_users: string[];
  blocked_instances_communities: string[];
  blocked_instances_persons: string[];
}

interface Statement {
  /** Where an entry is looked up, and by what. */
  table: string;
  key: string;
  /**
   * `$1` is the caller, `$2` the entries, `$3` the time; where they stand, `$4` has the communities
   * that the caller belongs to and `$5` whether the caller is an admin.
   */
  text: string;
}

const READABLE = `not (c.deleted or c.removed or c.local_removed)
  and (c.visibility <> 'private' or c.id = any($4::int4[]) or $5::boolean)`;

const SAVE = `
  insert into post_actions (person_id, post_id, saved_at)
  select $1::int4, p.id, $3::timestamptz from post p join community c on c.id = p.community_id
  where p.ap_id = any($2::text[]) and not (p.deleted or p.removed)
    and p.scheduled_publish_time_at is null and ${READABLE}
  order by p.id
  on conflict (person_id, post_id) do update set saved_at = excluded.saved_at`;

const SAVE_COMMENT = `
  insert into comment_actions (person_id, comment_id, saved_at)
  select $1::int4, m.id, $3::timestamptz from comment m join post p on p.id = m.post_id
  join community c on c.id = m.community_id
  where m.ap_id = any($2::text[]) and p.scheduled_publish_time_at is null and ${READABLE}
  order by m.id
  on conflict (person_id, comment_id) do update set saved_at = excluded.saved_at`;

/** Fresh follows get the state that following by hand would give (deviation 9). */
const FOLLOW = `
  with followed as (
    insert into community_actions (person_id, community_id, followed_at, follow_state)
    select $1::int4, c.id, $3::timestamptz,
      case when c.visibility = 'private' and not (c.id = any($4::int4[]) or c.local and $5::boolean)
          then 'approval_required'
        when c.local then 'accepted' else 'pending' end
    from community c left join community_actions a on a.community_id = c.id and a.person_id = $1
    where lower(c.ap_id) = any($2::text[]) and not (c.deleted or c.removed)
      and a.received_ban_at is null
    order by c.id
    on conflict (person_id, community_id) do update set
      followed_at = excluded.followed_at, follow_state = excluded.follow_state
    where community_actions.follow_state is null
    returning community_id
  )
  insert into event (kind, person_id, community_id, data)
  select 'community_followed', $1, community_id, '{"follow": true}' from followed
  order by community_id`;

/** A block also ends a follow. */
const BLOCK_COMMUNITY = `
  with before as (
    select a.community_id from community_actions a join community c on c.id = a.community_id
    where a.person_id = $1::int4 and a.followed_at is not null and lower(c.ap_id) = any($2::text[])
  ), blocked as (
    insert into community_actions (person_id, community_id, blocked_at)
    select $1, c.id, $3::timestamptz from community c
    where lower(c.ap_id) = any($2) and not (c.deleted or c.removed) order by c.id
    on conflict (person_id, community_id) do update set blocked_at = excluded.blocked_at,
      followed_at = null, follow_state = null, follow_approver_id = null
  )
  insert into event (kind, person_id, community_id, data)
  select 'community_followed', $1, community_id, '{"follow": false}' from before
  order by community_id`;

const BLOCK_PERSON = `
  insert into person_actions (person_id, target_id, blocked_at)
  select $1::int4, p.id, $3::timestamptz from person p
  left join local_user u on u.person_id = p.id and u.admin
  where lower(p.ap_id) = any($2::text[]) and p.id <> $1 and u.id is null and not p.deleted
  order by p.id
  on conflict (person_id, target_id) do update set blocked_at = excluded.blocked_at`;

const blockInstance = (column: string) => `
  insert into instance_actions (person_id, instance_id, ${column})
  select $1::int4, i.id, $3::timestamptz from instance i
  join site s on s.instance_id <> i.id join local_site l on l.site_id = s.id
  where lower(i.domain) = any($2::text[]) order by i.id
  on conflict (person_id, instance_id) do update set ${column} = excluded.${column}`;

/** In the order of the specification: follows and saves, then blocks, those of instances last. */
const STATEMENTS: Record<keyof ImportLists, Statement> = {
  followed_communities: {
    table: "community",
    key: "lower(ap_id)",
    text: FOLLOW,
  },
  saved_posts: { table: "post", key: "ap_id", text: SAVE },
  saved_comments: { table: "comment", key: "ap_id", text: SAVE_COMMENT },
  blocked_communities: {
    table: "community",
    key: "lower(ap_id)",
    text: BLOCK_COMMUNITY,
  },
  blocked_users: { table: "person", key: "lower(ap_id)", text: BLOCK_PERSON },
  blocked_instances_communities: {
    table: "instance",
    key: "lower(domain)",
    text: blockInstance("blocked_communities_at"),
  },
  blocked_instances_persons: {
    table: "instance",
    key: "lower(domain)",
    text: blockInstance("blocked_persons_at"),
  },
};

/**
 * Follows, saves and blocks those entries that the site knows, as far as the caller might do it by
 * hand; the others are passed over.
 * @returns the entries that the site does not know
 */
export async function importLists(
  ctx: Ctx,
  lists: ImportLists,
): Promise<Partial<ImportLists>> {
  const viewer = requireViewer(ctx);
  const { moderated } = await relations(ctx);
  const member = [...await followed(ctx), ...moderated];
  const unknown: Partial<ImportLists> = {};
  const names = Object.keys(STATEMENTS) as (keyof ImportLists)[];
  for (const name of names) {
    const { table, key, text } = STATEMENTS[name];
    const folded = key.startsWith("lower(");
    const entries = [
      ...new Set(
        lists[name].map((entry) => folded ? entry.toLowerCase() : entry),
      ),
    ];
    if (entries.length === 0) continue;
    const further = text.includes("$4")
      ? [member, viewer.local_user.admin]
      : [];
    await query(ctx, text, [
      viewer.person.id,
      entries,
      ctx.now.toISOString(),
      ...further,
    ]);
    const missing = await query<{ entry: string }>(
      ctx,
      `select entry from unnest($1::text[]) entry
       where not exists (select from ${table} where ${key} = entry)`,
      [entries],
    );
    if (missing.length > 0) unknown[name] = missing.map((row) => row.entry);
  }
  return unknown;
}
