import { type Db, query } from "../domain/context.ts";

/** Rows taken at once, so that a backlog is worked off in short transactions. */
const BATCH = 20_000;
/** Any number: one process folds at a time. */
const LOCK = 0x666f6c64;

/**
 * Adds the appended changes of totals to their rows (design §4), all that there are. The sum that
 * readers see is the same before and after, as both happen in one transaction.
 * @returns whether anything was folded
 */
export async function foldDeltas(db: Db): Promise<boolean> {
  let folded = false;
  for (let more = true; more;) {
    more = await db.transaction().execute(async (db) => {
      const ctx = { db };
      const [{ locked }] = await query<{ locked: boolean }>(
        ctx,
        `select pg_try_advisory_xact_lock(${LOCK}) as locked`,
      );
      if (!locked) return false;
      const [communities] = await query<{ count: number }>(
        ctx,
        `
        with gone as (
          delete from community_delta
          where id in (select id from community_delta order by id limit ${BATCH})
          returning community_id, posts, comments, subscribers, subscribers_local
        ), d as (
          select community_id as id, sum(posts)::int4 as posts, sum(comments)::int4 as comments,
            sum(subscribers)::int4 as subscribers,
            sum(subscribers_local)::int4 as subscribers_local
          from gone group by community_id
        ), locked as (
          select c.id from community c join d on d.id = c.id order by c.id for no key update of c
        ), updated as (
          update community c set posts = c.posts + d.posts, comments = c.comments + d.comments,
            subscribers = c.subscribers + d.subscribers,
            subscribers_local = c.subscribers_local + d.subscribers_local
          from d join locked on locked.id = d.id where c.id = d.id
        )
        select count(*) as count from gone`,
      );
      const [site] = await query<{ count: number }>(
        ctx,
        `
        with gone as (
          delete from site_delta where id in (select id from site_delta order by id limit ${BATCH})
          returning posts, comments, communities
        ), updated as (
          update local_site l set posts = l.posts + d.posts, comments = l.comments + d.comments,
            communities = l.communities + d.communities
          from (select coalesce(sum(posts), 0)::int4 as posts,
              coalesce(sum(comments), 0)::int4 as comments,
              coalesce(sum(communities), 0)::int4 as communities,
              count(*) as count from gone) d
          where d.count > 0
        )
        select count(*) as count from gone`,
      );
      folded ||= communities.count > 0 || site.count > 0;
      return communities.count === BATCH || site.count === BATCH;
    });
  }
  return folded;
}

/** SQL condition: there is something to fold. It is cheaper than a transaction every second. */
export const HAS_DELTAS =
  "exists (select from community_delta) or exists (select from site_delta)";
