import type { Sql } from "../db/connection.ts";

/**
 * A place in the log of events, written `xid.id`. Rows are ordered by the transaction that wrote
 * them, then by id: ids alone come before commits, so whoever remembers the last id loses what
 * commits late (design §4).
 */
export interface Cursor {
  xid: bigint;
  id: number;
}

export function parseCursor(text: string | null | undefined): Cursor | null {
  const parts = /^(\d{1,19})\.(\d{1,15})$/.exec(text ?? "");
  return parts ? { xid: BigInt(parts[1]), id: Number(parts[2]) } : null;
}

export function formatCursor({ xid, id }: Cursor): string {
  return `${xid}.${id}`;
}

export function compareCursors(a: Cursor, b: Cursor): number {
  if (a.xid !== b.xid) return a.xid < b.xid ? -1 : 1;
  return a.id - b.id;
}

/** An event as live pages need it: what it is about and the counts now, never who or what text. */
export interface LiveEvent {
  /** `xid.id`. */
  cursor: string;
  kind: string;
  person_id: number | null;
  community_id: number | null;
  post_id: number | null;
  comment_id: number | null;
  /** Ids from the root 0 down to the comment, as in `comment.path`; null without a comment. */
  path: string | null;
  /** Whether the site's and the communities' feeds may tell of it to everybody. */
  listed: boolean;
  /** Whether the post waits for its publication: then only its own page may tell. */
  scheduled: boolean;
  /** Whether the community is of this site. */
  local: boolean;
  /** Counts of the comment if there is one, else of the post. */
  score: number | null;
  upvotes: number | null;
  downvotes: number | null;
  /** Comments of the post. */
  comments: number | null;
}

const COLUMNS = `
  select e.xid::text || '.' || e.id as cursor, e.kind, e.person_id, e.community_id, e.post_id,
    e.comment_id, m.path, coalesce(c.local, false) as local,
    p.scheduled_publish_time_at is not null as scheduled,
    coalesce(c.visibility in ('public', 'local_only_public') and not (c.deleted or c.removed
      or c.local_removed) and p.scheduled_publish_time_at is null, false) as listed,
    case when m.id is null then p.score else m.score end as score,
    case when m.id is null then p.upvotes else m.upvotes end as upvotes,
    case when m.id is null then p.downvotes else m.downvotes end as downvotes,
    p.comments
  from event e
  left join post p on p.id = e.post_id
  left join comment m on m.id = e.comment_id
  left join community c on c.id = e.community_id
  where (e.xid, e.id) > ($1::xid8, $2::int8)
    and e.xid < pg_snapshot_xmin(pg_current_snapshot())`;

/**
 * The events after a place, oldest first, at most `limit`. It stops before the oldest transaction
 * that still runs, so that nothing that commits later can lie behind the last event given.
 * @param filter further SQL condition over `e`, `c` with parameters from `$4` on
 */
export async function readEvents(
  sql: Sql,
  after: Cursor,
  limit: number,
  filter = "",
  parameters: number[] = [],
): Promise<LiveEvent[]> {
  const rows = await sql.unsafe<LiveEvent[]>(
    `${COLUMNS} ${filter} order by e.xid, e.id limit $3::int4`,
    [String(after.xid), after.id, limit, ...parameters],
  );
  return [...rows];
}

/** The place before which everything is decided; a reader that starts here misses nothing later. */
export async function currentCursor(sql: Sql): Promise<Cursor> {
  const [{ xid }] = await sql<[{ xid: string }]>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as xid`;
  return { xid: BigInt(xid), id: 0 };
}

/** The first event that is still in the log, if any. */
export async function oldestCursor(sql: Sql): Promise<Cursor | null> {
  const rows = await sql<{ cursor: string }[]>`
    select xid::text || '.' || id as cursor from event order by xid, id limit 1`;
  return rows.length === 0 ? null : parseCursor(rows[0].cursor);
}

/** Whether anything after the place exists that may not be told yet. */
export async function hasUndecided(sql: Sql, after: Cursor): Promise<boolean> {
  const [{ found }] = await sql<[{ found: boolean }]>`
    select exists (select from event
      where (xid, id) > (${
    String(after.xid)
  }::xid8, ${after.id}::int8)) as found`;
  return found;
}
