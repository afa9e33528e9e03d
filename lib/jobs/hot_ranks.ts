import { query } from "../domain/context.ts";
import type { JobContext } from "./job.ts";

const BATCH = 1000;

interface Ranked {
  /** Ids of the rows that the next run has to look at, newest first. */
  ids: string;
  /** Recomputes the rows `$1`, but for those that are locked, at the instant `$2`. */
  update: string;
}

const POSTS: Ranked = {
  ids: `select id from post where hot_rank > 0 or hot_rank_active > 0
    order by published_at desc, id desc`,
  update: `
    with batch as (
      select p.id, hot_rank(p.score, p.published_at, $2::timestamptz) as hot,
        hot_rank(p.score, coalesce(p.newest_comment_time_necro_at, p.published_at),
          $2::timestamptz) as active,
        scaled_rank(p.score, p.published_at, c.interactions_month, $2::timestamptz) as scaled
      from post p join community c on c.id = p.community_id
      where p.id = any($1::int4[]) order by p.id for no key update of p skip locked
    )
    update post set hot_rank = batch.hot, hot_rank_active = batch.active,
      scaled_rank = batch.scaled
    from batch where post.id = batch.id and (post.hot_rank, post.hot_rank_active,
      post.scaled_rank) is distinct from (batch.hot, batch.active, batch.scaled)`,
};

const COMMENTS: Ranked = {
  ids:
    "select id from comment where hot_rank > 0 order by published_at desc, id desc",
  update: `
    with batch as (
      select id, hot_rank(score, published_at, $2::timestamptz) as hot from comment
      where id = any($1::int4[]) order by id for no key update skip locked
    )
    update comment set hot_rank = batch.hot from batch
    where comment.id = batch.id and comment.hot_rank <> batch.hot`,
};

const COMMUNITIES: Ranked = {
  ids:
    "select id from community where hot_rank > 0 order by published_at desc, id desc",
  update: `
    with batch as (
      select id, hot_rank(subscribers, published_at, $2::timestamptz) as hot from community
      where id = any($1::int4[]) order by id for no key update skip locked
    )
    update community set hot_rank = batch.hot from batch
    where community.id = batch.id and community.hot_rank <> batch.hot`,
};

/**
 * Recomputes the ranks that fall with time, by the formulas of content §7.1. Rows whose rank has
 * fallen to zero are done with for good. Each thousand rows is a transaction; what somebody is
 * writing to just then waits for the next run.
 */
export async function updateHotRanks(ctx: JobContext): Promise<void> {
  for (const ranked of [COMMENTS, COMMUNITIES, POSTS]) {
    const rows = await query<{ id: number }>(ctx, ranked.ids);
    for (let start = 0; start < rows.length; start += BATCH) {
      if (ctx.stopping?.()) return;
      const ids = rows.slice(start, start + BATCH).map(({ id }) => id);
      await query(ctx, ranked.update, [ids, ctx.now.toISOString()]);
    }
  }
}
