import { rowsOf } from "../../domain/columns.ts";
import { type Ctx, query } from "../../domain/context.ts";
import type { StoredEvent } from "../../jobs/event_consumer.ts";
import type { SentCommunity } from "./sending.ts";

/** Who did what an event tells. */
export interface Doer {
  id: number;
  ap_id: string;
  local: boolean;
  /** Of those who follow this person from elsewhere. */
  followers: string[];
}

export interface SentPost {
  id: number;
  ap_id: string;
  creator_id: number;
  author: string;
  /** Whether it is still to be published. */
  scheduled: boolean;
}

export interface SentComment {
  id: number;
  ap_id: string;
  creator_id: number;
  /** Ids of rows from the root of the thread to this comment, after a zero. */
  path: string;
  /**
   * The event tells of the comment as new, and so does a later one: it was written before the
   * publication of its post, which has come meanwhile.
   */
  told_again: boolean;
}

/**
 * What an event names, as it is now, the community with the visibility that it had; null where it
 * names none, or nothing is left.
 */
export interface Subject {
  person: Doer | null;
  community: SentCommunity | null;
  post: SentPost | null;
  comment: SentComment | null;
}

/**
 * SQL: the visibility of community `c` at the place `e` in the log, by which receivers know it until
 * they are told of the next change (Q47); what is local-only now is so at once.
 */
const VISIBILITY =
  `case when c.visibility like 'local_only%' then c.visibility else coalesce(
        (select v.data->>'visibility_before' from event v
         where v.kind = 'community_updated' and v.community_id = c.id
           and (v.xid, v.id) > (e.xid::xid8, e.id) and v.data->>'visibility_before' is not null
         order by v.xid, v.id limit 1), c.visibility) end`;

/** SQL: see `SentComment`. The log is searched only for what is older than its post is public. */
const TOLD_AGAIN =
  `e.kind = 'comment_created' and p.published_at > e.published_at and exists (
        select from event n where (n.xid, n.id) > (e.xid::xid8, e.id)
          and n.kind = 'comment_created' and n.comment_id = m.id)`;

const ROWS = rowsOf(
  [
    "$1::int4[]",
    "$2::int4[]",
    "$3::int4[]",
    "$4::int4[]",
    "$5::text[]",
    "$6::int8[]",
    "$7::text[]",
    "$8::timestamptz[]",
  ],
  "e (person, community, post, comment, xid, id, kind, published_at, position)",
);

const TEXT = `
  select case when u.id is not null then json_build_object('id', u.id, 'ap_id', u.ap_id,
      'local', u.local, 'followers', coalesce((select json_agg(distinct f.inbox_url)
        from person_follow x join person f on f.id = x.follower_id
        where x.person_id = u.id and not f.local), '[]')) end as person,
    case when c.id is not null then json_build_object('id', c.id, 'ap_id', c.ap_id,
      'local', c.local, 'visibility', ${VISIBILITY},
      'federated_visibility', c.federated_visibility, 'instance_id', c.instance_id,
      'inbox_url', c.inbox_url, 'followers_url', c.followers_url,
      'featured_url', c.featured_url, 'moderators_url', c.moderators_url) end as community,
    case when p.id is not null then json_build_object('id', p.id, 'ap_id', p.ap_id,
      'creator_id', p.creator_id, 'author', a.ap_id,
      'scheduled', p.scheduled_publish_time_at is not null) end as post,
    case when m.id is not null then json_build_object('id', m.id, 'ap_id', m.ap_id,
      'creator_id', m.creator_id, 'path', m.path, 'told_again', ${TOLD_AGAIN}) end as comment
  from ${ROWS}
  left join person u on u.id = e.person
  left join community c on c.id = e.community
  left join post p on p.id = e.post
  left join person a on a.id = p.creator_id
  left join comment m on m.id = e.comment
  order by e.position`;

/** A place in the log of events. */
export type Place = Pick<StoredEvent, "xid" | "id">;

/**
 * Reads what events name, in their order.
 * @param place where the log is, if not at each event
 */
export async function readSubjects(
  ctx: Pick<Ctx, "db">,
  events: readonly StoredEvent[],
  place?: Place,
): Promise<Subject[]> {
  const subjects = await query<Subject>(ctx, TEXT, [
    events.map((event) => event.person_id),
    events.map((event) => event.community_id),
    events.map((event) => event.post_id),
    events.map((event) => event.comment_id),
    events.map((event) => (place ?? event).xid),
    events.map((event) => (place ?? event).id),
    events.map((event) => event.kind),
    events.map((event) => event.published_at),
  ]);
  for (const { person, community } of subjects) {
    if (!person || community?.visibility !== "private") continue;
    person.followers = await inboxesInside(ctx, community, person.followers);
  }
  return subjects;
}

/**
 * Those of the inboxes that may receive what is written in a community: of a private one only such
 * as a member has, and of one elsewhere its members are not known (§9.2, 28).
 */
export async function inboxesInside(
  ctx: Pick<Ctx, "db">,
  community: SentCommunity,
  inboxes: readonly string[],
): Promise<string[]> {
  if (community.visibility !== "private") return [...inboxes];
  if (!community.local || inboxes.length === 0) return [];
  const rows = await query<{ inbox_url: string }>(
    ctx,
    `select distinct p.inbox_url
     from community_actions a join person p on p.id = a.person_id
     where a.community_id = $1::int4 and a.follow_state = 'accepted' and not p.local
       and p.inbox_url = any($2::text[])`,
    [community.id, inboxes],
  );
  return rows.map((row) => row.inbox_url);
}

/** Inboxes of those of the persons who are on other servers. */
export async function inboxesOf(
  ctx: Pick<Ctx, "db">,
  apIds: readonly unknown[],
): Promise<string[]> {
  if (apIds.length === 0) return [];
  const rows = await query<{ inbox_url: string }>(
    ctx,
    `select distinct inbox_url from person
     where lower(ap_id) = any($1::text[]) and not local`,
    [apIds.map((id) => String(id).toLowerCase())],
  );
  return rows.map((row) => row.inbox_url);
}

/** Inboxes of the sites of instances, as far as they are known; ours is none of them. */
export async function siteInboxes(
  ctx: Pick<Ctx, "db">,
  instanceIds: readonly (number | null)[],
): Promise<string[]> {
  const rows = await query<{ inbox_url: string }>(
    ctx,
    `select inbox_url from site
     where instance_id = any($1::int4[]) and private_key is null`,
    [instanceIds.filter((id) => id !== null)],
  );
  return rows.map((row) => row.inbox_url);
}

/** Inboxes of a community's moderators on other servers. */
export async function moderatorInboxes(
  ctx: Pick<Ctx, "db">,
  communityId: number,
): Promise<string[]> {
  const rows = await query<{ inbox_url: string }>(
    ctx,
    `select distinct p.inbox_url from community_actions a join person p on p.id = a.person_id
     where a.community_id = $1::int4 and a.became_moderator_at is not null and not p.local`,
    [communityId],
  );
  return rows.map((row) => row.inbox_url);
}
