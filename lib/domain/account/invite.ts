import { Conditions } from "../conditions.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import {
  checkLimit,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { LemmyError } from "../errors.ts";
import { pageIds } from "../keyset.ts";
import { randomText } from "../random_text.ts";
import type { LocalUserInvite } from "../views.ts";
import { requireViewer } from "./session.ts";

const TOKEN_LENGTH = 12;
const DEFAULT_LIMIT = 20;
const LIST = "i";

/**
 * Makes an invitation of the caller's (accounts-and-site §2.5).
 * @param input.expires_at RFC 3339; absent: never
 * @param input.max_uses absent: any number
 * @throws LemmyError `too_many_invites`, `unknown` for a time that is none
 */
export async function createInvite(
  ctx: Ctx,
  input: { max_uses?: number; expires_at?: string },
): Promise<LocalUserInvite> {
  const viewer = requireViewer(ctx);
  const expires_at = input.expires_at === undefined
    ? null
    : checkTime(input.expires_at);
  const user = viewer.local_user.id;
  return await inTransaction(ctx, async (ctx) => {
    // Two at once of one user must not both be the last.
    await query(
      ctx,
      "select from local_user where id = $1::int4 for no key update",
      [user],
    );
    if (!viewer.local_user.admin || viewer.banned) {
      const limit = ctx.site.local_site.max_invites_per_user_allowed;
      const own = await query(
        ctx,
        "select from local_user_invite where local_user_id = $1::int4",
        [user],
      );
      if (own.length >= limit) throw new LemmyError("too_many_invites");
    }
    const [{ id }] = await query<{ id: number }>(
      ctx,
      `insert into local_user_invite (token, local_user_id, max_uses, expires_at, published_at)
       values ($1, $2::int4, $3::int4, $4::timestamptz, $5::timestamptz) returning id`,
      [
        randomText(TOKEN_LENGTH),
        user,
        input.max_uses ?? null,
        expires_at,
        ctx.now.toISOString(),
      ],
    );
    const [invite] = await readInvites(ctx, [id]);
    return invite;
  });
}

const TIME =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/i;

/** Before it the database counts years in another way. */
const YEAR_1 = Date.parse("0001-01-01T00:00:00Z");

function checkTime(text: string): string {
  const time = TIME.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time) || time < YEAR_1) {
    throw new LemmyError("unknown", { detail: "expires_at is not a time" });
  }
  return new Date(time).toISOString();
}

/**
 * Takes an invitation back.
 * @throws LemmyError `not_found`, `invalid_invite_token` for another one's, also to admins
 */
export async function revokeInvite(
  ctx: Ctx,
  input: { token: string },
): Promise<void> {
  const viewer = requireViewer(ctx);
  const [invite] = await query<{ id: number; local_user_id: number }>(
    ctx,
    "select id, local_user_id from local_user_invite where token = $1",
    [input.token],
  );
  if (!invite) throw new LemmyError("not_found");
  if (invite.local_user_id !== viewer.local_user.id) {
    throw new LemmyError("invalid_invite_token");
  }
  await ctx.db.deleteFrom("local_user_invite").where("id", "=", invite.id)
    .execute();
}

/** The caller's invitations, newest first. */
export async function listInvites(
  ctx: Ctx,
  input: { page_cursor?: string; limit?: number },
): Promise<PagedResponse<LocalUserInvite>> {
  const limit = checkLimit(input.limit, DEFAULT_LIMIT);
  const cursor = input.page_cursor === undefined
    ? null
    : decodeCursor(LIST, input.page_cursor);
  const where = new Conditions();
  where.add(
    `v.local_user_id = ${
      where.value(requireViewer(ctx).local_user.id, "int4")
    }`,
  );
  const ids = await pageIds(
    ctx,
    {
      from: "local_user_invite v",
      alias: "v",
      table: "local_user_invite",
      segments: [{
        where: "true",
        keys: [
          { expression: "v.published_at", type: "timestamptz" },
          { expression: "v.id", type: "int4" },
        ],
        direction: "desc",
      }],
    },
    where,
    cursor,
    limit,
  );
  const items = await readInvites(ctx, ids);
  return { items, ...pageCursors(LIST, cursor, ids, limit) };
}

/** What is absent is null here; internal ids are not sent. */
async function readInvites(
  ctx: Ctx,
  ids: readonly number[],
): Promise<LocalUserInvite[]> {
  return await query<LocalUserInvite>(
    ctx,
    `select v.token, v.max_uses, v.uses_count, v.expires_at, v.published_at
     from unnest($1::int4[]) with ordinality as list (id, position)
     join local_user_invite v on v.id = list.id order by list.position`,
    [ids],
  );
}

/**
 * Checks that an invitation may be used.
 * @throws LemmyError `missing_invite_token`, `invalid_invite_token`
 */
export async function checkInvite(
  ctx: Ctx,
  token: string | undefined,
): Promise<void> {
  if (!token) throw new LemmyError("missing_invite_token", { field: "token" });
  const rows = await query(
    ctx,
    `select from local_user_invite
     where token = $1 and (expires_at is null or expires_at > $2::timestamptz)`,
    [token, ctx.now.toISOString()],
  );
  if (rows.length === 0) {
    throw new LemmyError("invalid_invite_token", { field: "token" });
  }
}

/**
 * Uses an invitation, in the transaction of the sign-up; its last use removes it.
 * @returns who invited
 * @throws LemmyError `invalid_invite_token` when others have used it up meanwhile
 */
export async function useInvite(ctx: Ctx, token: string): Promise<number> {
  const [used] = await query<{ local_user_id: number; spent: boolean }>(
    ctx,
    `update local_user_invite set uses_count = uses_count + 1
     where token = $1 and (expires_at is null or expires_at > $2::timestamptz)
     returning local_user_id, coalesce(uses_count >= max_uses, false) as spent`,
    [token, ctx.now.toISOString()],
  );
  if (!used) throw new LemmyError("invalid_invite_token", { field: "token" });
  if (used.spent) {
    await ctx.db.deleteFrom("local_user_invite").where("token", "=", token)
      .execute();
  }
  return used.local_user_id;
}
