import { dropEmptyRows } from "../action_rows.ts";
import { type Ctx, lockPersons, query } from "../context.ts";
import { deleteImagesOf } from "../image/delete.ts";
import type { BulkRow, BulkStep } from "../moderation/bulk_task.ts";
import { unfollowForDeleted } from "../multi_community/site_follows.ts";
import { OVERWRITE_POST, OVERWRITTEN } from "../text/overwritten.ts";

/**
 * Deletes an account's profile at once: name, pictures, offices, e-mail address, invitations and
 * ways in through other sites are gone, and the person counts as deleted. The row stays, so that
 * the name is not given away again. The address of a banned account stays too: else its owner
 * could come back with it (accounts-and-site §2.13).
 */
export async function eraseProfile(ctx: Ctx, personId: number): Promise<void> {
  await query(
    ctx,
    `update person set display_name = null, avatar = null, banner = null, bio = null,
       matrix_user_id = null, deleted = true, updated_at = $2::timestamptz
     where id = $1::int4`,
    [personId, ctx.now.toISOString()],
  );
  await query(
    ctx,
    `update local_user set email = null where person_id = $1::int4
       and not exists (select from instance_actions where person_id = $1
         and instance_id = $2::int4 and received_ban_at is not null)`,
    [personId, ctx.site.instance.id],
  );
  for (
    const table of [
      "oauth_account",
      "email_verification",
      "password_reset_request",
      "local_user_invite",
    ] as const
  ) {
    await ctx.db.deleteFrom(table)
      .where(
        "local_user_id",
        "in",
        (user) =>
          user.selectFrom("local_user").select("id")
            .where("person_id", "=", personId),
      ).execute();
  }
  const offices = await query<{ community_id: number }>(
    ctx,
    `update community_actions set became_moderator_at = null
     where person_id = $1::int4 and became_moderator_at is not null returning community_id`,
    [personId],
  );
  const communities = offices.map((row) => row.community_id);
  await dropEmptyRows(ctx, "community_actions", communities, personId);
  await unfollowForDeleted(ctx, personId);
}

/** Items that one transaction changes. */
const BATCH = 500;

/** Overwrites everything a person wrote and removes what they uploaded: the task `erase_person`. */
export const ERASE_PERSON: readonly BulkStep[] = [
  async (ctx, task) => {
    await deleteImagesOf(ctx, task.person_id);
    return null;
  },
  (ctx, task) => eraseItems(ctx, task, "post", OVERWRITE_POST),
  (ctx, task) => eraseItems(ctx, task, "comment", "content = $2"),
];

async function eraseItems(
  ctx: Ctx,
  task: BulkRow,
  kind: "post" | "comment",
  overwrite: string,
): Promise<number | null> {
  await lockPersons(ctx, [task.person_id]);
  const rows = await query<{ id: number }>(
    ctx,
    `with found as (
       select id from ${kind} where creator_id = $1::int4 and id > $3::int4
       order by id limit ${BATCH} for no key update
     )
     update ${kind} i set ${overwrite}, deleted = true,
       deleted_at = coalesce(i.deleted_at, $4::timestamptz)
     from found where i.id = found.id returning i.id`,
    [task.person_id, OVERWRITTEN, task.after_id, ctx.now.toISOString()],
  );
  return rows.length === 0 ? null : Math.max(...rows.map((row) => row.id));
}
