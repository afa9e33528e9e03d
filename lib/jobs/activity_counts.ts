import { query } from "../domain/context.ts";
import type { JobContext } from "./job.ts";

/** Columns and the time they look back (content §7.3). */
const WINDOWS = {
  users_active_day: "1 day",
  users_active_week: "1 week",
  users_active_month: "1 month",
  users_active_half_year: "6 months",
} as const;

/** Everybody who wrote or voted since `$1`, with the community where it was. */
const ACTIVE = `
  select a.person_id, a.community_id, u.local from (
    select creator_id as person_id, community_id from post where published_at > $1::timestamptz
    union
    select creator_id, community_id from comment where published_at > $1
    union
    select v.person_id, p.community_id from post_actions v join post p on p.id = v.post_id
    where v.voted_at > $1
    union
    select v.person_id, m.community_id from comment_actions v join comment m on m.id = v.comment_id
    where v.voted_at > $1
  ) a join person u on u.id = a.person_id and not u.bot_account`;

/** Active people of the last day; hourly. */
export async function updateDailyActivity(ctx: JobContext): Promise<void> {
  await count(ctx, "users_active_day");
}

/** Active people of all windows, interactions of the month and number of users; daily. */
export async function updateActivity(ctx: JobContext): Promise<void> {
  for (const column of Object.keys(WINDOWS)) {
    await count(ctx, column as keyof typeof WINDOWS);
  }
  await query(
    ctx,
    `with d as (
       select c.id, coalesce(sum(p.comments + p.upvotes + p.downvotes), 0)::int4 as n
       from community c left join post p on p.community_id = c.id
         and p.published_at > $1::timestamptz - interval '1 month'
       group by c.id
     ), locked as (
       select c.id, d.n from community c join d on d.id = c.id
       where c.interactions_month <> d.n order by c.id for no key update of c
     )
     update community c set interactions_month = locked.n from locked where c.id = locked.id`,
    [ctx.now.toISOString()],
  );
  await query(
    ctx,
    `update local_site l set users = (
       select count(*) from local_user u join person p on p.id = u.person_id
       where u.accepted_application and not p.deleted and not exists (
         select from instance_actions b where b.person_id = p.id
           and b.instance_id = p.instance_id and b.received_ban_at is not null))`,
  );
}

async function count(
  ctx: JobContext,
  column: keyof typeof WINDOWS,
): Promise<void> {
  const [{ since }] = await query<{ since: string }>(
    ctx,
    "select $1::timestamptz - $2::interval as since",
    [ctx.now.toISOString(), WINDOWS[column]],
  );
  await query(
    ctx,
    `with active as (${ACTIVE}), d as (
       select community_id as id, count(*)::int4 as n from active group by community_id
     ), locked as (
       select c.id, coalesce(d.n, 0) as n from community c left join d on d.id = c.id
       where c.${column} <> coalesce(d.n, 0) order by c.id for no key update of c
     ), communities as (
       update community c set ${column} = locked.n from locked where c.id = locked.id
     )
     update local_site set ${column} =
       (select count(distinct person_id) from active where local)`,
    [since],
  );
}
