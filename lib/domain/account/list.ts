import { ID_LIST, LOCAL_USER, PERSON, select } from "../columns.ts";
import { Conditions } from "../conditions.ts";
import { CUSTOM_PLAN } from "../../db/session.ts";
import { type Ctx, queryViews } from "../context.ts";
import { decodeCursor, pageCursors, type PagedResponse } from "../cursor.ts";
import { LemmyError } from "../errors.ts";
import { pageIds } from "../keyset.ts";
import { requireAdmin } from "../permissions.ts";
import type { LocalUserView } from "../views.ts";

/** Ids are 32-bit, so no list is longer; `limit` of SQL takes it. */
const ALL = 0x7fffffff;

/** Accounts with what orders and filters them, which stands with the person, in an index of local ones. */
const ACCOUNTS =
  `(select u.id, p.id as person_id, p.published_at, p.deleted, p.instance_id
  from local_user u join person p on p.id = u.person_id where p.local)`;

/**
 * Accounts of this site for its admins, e-mail addresses included; deleted ones are left out.
 * Without `limit` all of them come at once, and a limit has no upper bound here
 * (accounts-and-site §5.2).
 * @throws LemmyError `not_an_admin`, `invalid_fetch_limit` for one below 1, cursor errors
 */
export async function listLocalUsers(
  ctx: Ctx,
  filter: {
    /** Bans in force now; those whose end has passed are left out. */
    banned_only?: boolean;
    sort?: "new" | "old";
    page_cursor?: string;
    limit?: number;
  },
): Promise<PagedResponse<LocalUserView>> {
  requireAdmin(ctx);
  const limit = filter.limit ?? ALL;
  if (!Number.isInteger(limit) || limit < 1 || limit > ALL) {
    throw new LemmyError("invalid_fetch_limit");
  }
  const cursor = filter.page_cursor === undefined
    ? null
    : decodeCursor("lu", filter.page_cursor);
  const keyset = {
    from: `${ACCOUNTS} l`,
    alias: "l",
    table: ACCOUNTS,
    segments: [{
      where: "true",
      keys: [
        { expression: "l.published_at", type: "timestamptz" },
        { expression: "l.person_id", type: "int4" },
      ],
      direction: filter.sort === "old" ? "asc" as const : "desc" as const,
    }],
  };
  const where = new Conditions();
  where.add("not l.deleted");
  if (filter.banned_only) {
    where.add(
      `exists (select from instance_actions b where b.person_id = l.person_id
         and b.instance_id = l.instance_id and b.received_ban_at is not null
         and (b.ban_expires_at is null or b.ban_expires_at > ${
        where.value(ctx.now.toISOString(), "timestamptz")
      }))`,
    );
  }
  const ids = await pageIds(ctx, keyset, where, cursor, limit);
  const items = await readLocalUserViews(ctx, ids);
  return { items, ...pageCursors("lu", cursor, ids, limit) };
}

/** Accounts from which on they are read by a plan for so many: a kept one looks each up on its own. */
const MANY = 1000;

/** The accounts with these ids of `local_user`, in the order of the ids. */
async function readLocalUserViews(
  ctx: Ctx,
  ids: readonly number[],
): Promise<LocalUserView[]> {
  const many = ids.length >= MANY;
  const rows = await queryViews<LocalUserView>(
    ctx,
    `${many ? CUSTOM_PLAN : ""}select ${
      select("l", "local_user", LOCAL_USER)
    }, ${
      select("u", "person", PERSON)
    }, b.received_ban_at is not null as banned, b.ban_expires_at
     from ${
      many
        ? "unnest($1::int4[]) with ordinality as list (id, position)"
        : ID_LIST
    }
     join local_user l on l.id = list.id join person u on u.id = l.person_id
     left join instance_actions b on b.person_id = u.id and b.instance_id = u.instance_id
     order by list.position`,
    [ids],
  );
  return rows.map((view) => ({
    ...view,
    ban_expires_at: view.ban_expires_at ?? null,
  }));
}
