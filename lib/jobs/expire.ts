import { deleteIfEmpty } from "../domain/action_rows.ts";
import { query } from "../domain/context.ts";
import { SUBMISSION_HOURS } from "../domain/submission.ts";
import { OVERWRITE_POST, OVERWRITTEN } from "../domain/text/overwritten.ts";
import type { JobContext } from "./job.ts";

const BATCH = 1000;

/**
 * Lifts bans of people and blocks of servers whose time is over; silently, as they told when they
 * would end.
 */
export async function liftExpiredBans(ctx: JobContext): Promise<void> {
  const now = ctx.now.toISOString();
  for (
    const [table, target] of [
      ["community_actions", "community_id"],
      ["instance_actions", "instance_id"],
    ] as const
  ) {
    const lifted = await query<{ person_id: number; target_id: number }>(
      ctx,
      `update ${table} set received_ban_at = null, ban_expires_at = null
       where ban_expires_at < $1::timestamptz returning person_id, ${target} as target_id`,
      [now],
    );
    await deleteIfEmpty(ctx, table, lifted);
  }
  await query(
    ctx,
    "delete from federation_blocklist where expires_at < $1::timestamptz",
    [now],
  );
}

/**
 * Overwrites what its authors deleted a month ago, counted from the deletion (content Q20).
 * Rows of moderators' removals are kept: their text is evidence.
 */
export async function overwriteDeleted(ctx: JobContext): Promise<void> {
  const before = `$1::timestamptz - interval '1 month'`;
  await inBatches(
    ctx,
    `with batch as (
       select id from post where deleted and deleted_at < ${before} and name <> $2
       order by id limit ${BATCH} for no key update skip locked
     )
     update post set ${OVERWRITE_POST}
     from batch where post.id = batch.id returning post.id`,
  );
  await inBatches(
    ctx,
    `with batch as (
       select id from comment where deleted and deleted_at < ${before} and content <> $2
       order by id limit ${BATCH} for no key update skip locked
     )
     update comment set content = $2 from batch where comment.id = batch.id returning comment.id`,
  );
}

async function inBatches(ctx: JobContext, statement: string): Promise<void> {
  for (let count = BATCH; count === BATCH;) {
    const parameters = [ctx.now.toISOString(), OVERWRITTEN];
    count = (await query(ctx, statement, parameters)).length;
  }
}

/** Removes events that are a day old and that all have acted on who act on events. */
export async function deleteOldEvents(ctx: JobContext): Promise<void> {
  for (let count = BATCH; count === BATCH;) {
    const rows = await query(
      ctx,
      `delete from event where id in (select id from event
         where published_at < $1::timestamptz - interval '1 day'
           and not exists (select from event_consumer c where (c.xid, c.id) < (event.xid, event.id))
         limit ${BATCH}) returning id`,
      [ctx.now.toISOString()],
    );
    count = rows.length;
  }
}

/** Removes sessions that have ended by themselves, and links of e-mails that hold no more. */
export async function deleteExpiredSessions(ctx: JobContext): Promise<void> {
  const now = [ctx.now.toISOString()];
  await query(
    ctx,
    "delete from login_token where expires_at < $1::timestamptz",
    now,
  );
  for (const table of ["email_verification", "password_reset_request"]) {
    await query(
      ctx,
      `delete from ${table} where published_at < $1::timestamptz - interval '8 days'`,
      now,
    );
  }
}

/** Removes invitations and captchas whose time is over. */
export async function deleteExpiredInvites(ctx: JobContext): Promise<void> {
  const now = [ctx.now.toISOString()];
  await query(
    ctx,
    "delete from local_user_invite where expires_at < $1::timestamptz",
    now,
  );
  await query(
    ctx,
    "delete from captcha where published_at < $1::timestamptz - interval '1 hour'",
    now,
  );
}

/**
 * Removes the accounts of applicants who were denied and applied over a week ago, with their
 * persons (accounts-and-site §5.3). Follows go first, while the counters can still tell that they
 * were local (content §13).
 */
export async function deleteDeniedAccounts(ctx: JobContext): Promise<void> {
  const denied = await query<{ person_id: number }>(
    ctx,
    `select u.person_id from registration_application a
     join local_user u on u.id = a.local_user_id
     where a.admin_id is not null and not u.accepted_application and not u.admin
       and a.published_at < $1::timestamptz - interval '7 days'
     order by u.person_id`,
    [ctx.now.toISOString()],
  );
  for (const { person_id } of denied) {
    await ctx.db.transaction().execute(async (db) => {
      await db.deleteFrom("community_actions")
        .where("person_id", "=", person_id).execute();
      await db.deleteFrom("person").where("id", "=", person_id).execute();
    });
  }
}

/** Forgets forms that nobody can have pressed twice any more. */
export async function deleteOldSubmissions(ctx: JobContext): Promise<void> {
  await query(
    ctx,
    `delete from form_submission
     where published_at < $1::timestamptz - $2::int4 * interval '1 hour'`,
    [ctx.now.toISOString(), SUBMISSION_HOURS],
  );
}

/** Counts posts by language, for the order of the language list. */
export async function countLanguages(ctx: JobContext): Promise<void> {
  await query(
    ctx,
    `insert into language_use (language_id, posts)
     select l.id, count(p.id)::int4 from language l left join post p on p.language_id = l.id
       and not (p.deleted or p.removed)
     group by l.id
     on conflict (language_id) do update set posts = excluded.posts
     where language_use.posts <> excluded.posts`,
  );
}
