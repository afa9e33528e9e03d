import { requireViewer } from "../account/session.ts";
import { dropEmptyRows } from "../action_rows.ts";
import { endFollow } from "../community/follow.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { recordModlog } from "../modlog/record.ts";
import { requireAdmin, requireCommunityMod } from "../permissions.ts";
import { readPersonViews } from "../person/view.ts";
import type { PersonView } from "../views.ts";
import { checkBanReason, checkExpiry } from "./ban_terms.ts";
import { addBulkTask } from "./bulk_task.ts";
import { requireHigherAdmin, requireHigherMod } from "./hierarchy.ts";

interface Ban {
  person_id: number;
  ban: boolean;
  remove_or_restore_data?: boolean;
  reason: string;
  /** Unix seconds. */
  expires_at?: number;
}

/**
 * Bans a person from the site or lifts the ban, which decides over everything the person does here
 * but leaves sessions, reading and export. What the person wrote is removed or restored after the
 * request if asked for (moderation-and-operations §2.4, §2.5).
 * @throws LemmyError `not_an_admin`, `not_higher_admin`, `invalid_body_field`,
 * `invalid_unix_time`, `ban_expiration_in_past`, `unknown` or `couldnt_create` for a person that
 * does not exist
 */
export async function banPerson(ctx: Ctx, input: Ban): Promise<PersonView> {
  requireAdmin(ctx);
  await requireHigherAdmin(ctx, [input.person_id]);
  checkBanReason(input.reason);
  const expires_at = checkExpiry(ctx, input.expires_at);
  return await inTransaction(ctx, async (ctx) => {
    await requirePerson(ctx, input);
    const modlog_id = await applyInstanceBan(ctx, {
      ...input,
      instance_id: ctx.site.instance.id,
    }, expires_at);
    await planData(ctx, input, modlog_id);
    return (await readPersonViews(ctx, [input.person_id]))[0];
  });
}

/** Bans a person from an instance, or lifts that, as decided there. @returns the modlog's entry */
export async function applyInstanceBan(
  ctx: Ctx,
  input: Omit<Ban, "expires_at"> & { instance_id: number },
  expires_at: string | null,
): Promise<number> {
  await setInstanceBan(ctx, input, expires_at, input.instance_id);
  return await recordModlog(ctx, {
    kind: "admin_ban",
    is_revert: !input.ban,
    reason: input.reason,
    expires_at,
    target_person_id: input.person_id,
    target_instance_id: input.instance_id,
  }, { remove_or_restore_data: input.remove_or_restore_data ?? false });
}

/** Writes or lifts the ban from an instance, ours unless named; a repeated one replaces the end (quirk Q3). */
export async function setInstanceBan(
  ctx: Ctx,
  { person_id, ban }: { person_id: number; ban: boolean },
  expiresAt: string | null,
  id = ctx.site.instance.id,
): Promise<void> {
  if (ban) {
    await query(
      ctx,
      `insert into instance_actions (person_id, instance_id, received_ban_at, ban_expires_at)
       values ($1::int4, $2::int4, $3::timestamptz, $4::timestamptz)
       on conflict (person_id, instance_id) do update set
         received_ban_at = excluded.received_ban_at, ban_expires_at = excluded.ban_expires_at`,
      [person_id, id, ctx.now.toISOString(), expiresAt],
    );
    return;
  }
  await query(
    ctx,
    `update instance_actions set received_ban_at = null, ban_expires_at = null
     where person_id = $1::int4 and instance_id = $2::int4`,
    [person_id, id],
  );
  await dropEmptyRows(ctx, "instance_actions", [id], person_id);
}

/**
 * Bans a person from a community, which ends a follow, or lifts the ban.
 * @throws LemmyError `invalid_unix_time`, `ban_expiration_in_past`, `not_higher_mod`,
 * `invalid_body_field`, those of `requireCommunityMod`, and `unknown` or `couldnt_create` for a
 * person that does not exist
 */
export async function banFromCommunity(
  ctx: Ctx,
  input: Ban & { community_id: number },
): Promise<PersonView> {
  requireViewer(ctx);
  const { community_id, person_id } = input;
  const expires_at = checkExpiry(ctx, input.expires_at);
  await requireCommunityMod(ctx, community_id);
  await requireHigherMod(ctx, community_id, person_id);
  checkBanReason(input.reason);
  return await inTransaction(ctx, async (ctx) => {
    await requirePerson(ctx, input);
    if (input.ban) await unfollowBanned(ctx, input);
    await applyCommunityBan(ctx, input, expires_at);
    return (await readPersonViews(ctx, [person_id]))[0];
  });
}

/**
 * Bans a person from a community, or lifts that, as decided, writes the modlog and plans the
 * removal or restoration of data.
 */
export async function applyCommunityBan(
  ctx: Ctx,
  input: Omit<Ban, "expires_at"> & { community_id: number },
  expires_at: string | null,
): Promise<void> {
  if (input.ban) await startCommunityBan(ctx, input, expires_at);
  else await endCommunityBan(ctx, input);
  const modlog_id = await recordModlog(ctx, {
    kind: "mod_ban_from_community",
    is_revert: !input.ban,
    reason: input.reason,
    expires_at,
    target_person_id: input.person_id,
    target_community_id: input.community_id,
  }, { remove_or_restore_data: input.remove_or_restore_data ?? false });
  await planData(ctx, input, modlog_id, input.community_id);
}

interface Banned {
  community_id: number;
  person_id: number;
}

async function startCommunityBan(
  ctx: Ctx,
  { community_id, person_id }: Banned,
  expiresAt: string | null,
): Promise<void> {
  await query(
    ctx,
    `insert into community_actions (person_id, community_id, received_ban_at, ban_expires_at)
     values ($1::int4, $2::int4, $3::timestamptz, $4::timestamptz)
     on conflict (person_id, community_id) do update set
       received_ban_at = excluded.received_ban_at, ban_expires_at = excluded.ban_expires_at`,
    [person_id, community_id, ctx.now.toISOString(), expiresAt],
  );
}

/** Who is banned here follows no longer; a ban that came from elsewhere leaves that to its server. */
async function unfollowBanned(
  ctx: Ctx,
  { community_id, person_id }: Banned,
): Promise<void> {
  if (!await endFollow(ctx, community_id, person_id)) return;
  await recordEvent(ctx, {
    kind: "community_followed",
    community_id,
    person_id,
    data: { follow: false },
  });
}

async function endCommunityBan(
  ctx: Ctx,
  { community_id, person_id }: Banned,
): Promise<void> {
  await query(
    ctx,
    `update community_actions set received_ban_at = null, ban_expires_at = null
     where person_id = $1::int4 and community_id = $2::int4`,
    [person_id, community_id],
  );
  await dropEmptyRows(ctx, "community_actions", [community_id], person_id);
}

/** Leaves the removal or restoration of what the person wrote to the jobs. */
async function planData(
  ctx: Ctx,
  { person_id, ban, remove_or_restore_data }: Ban,
  modlog_id: number,
  community_id?: number,
): Promise<void> {
  if (!remove_or_restore_data) return;
  await addBulkTask(ctx, {
    kind: ban ? "remove_data" : "restore_data",
    person_id,
    community_id,
    modlog_id,
  });
}

async function requirePerson(
  ctx: Ctx,
  { person_id, ban }: Ban,
): Promise<void> {
  const known = await query(ctx, "select from person where id = $1::int4", [
    person_id,
  ]);
  if (known.length > 0) return;
  throw ban
    ? new LemmyError("unknown", { detail: `there is no person ${person_id}` })
    : new LemmyError("couldnt_create");
}
