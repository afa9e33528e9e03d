import {
  communityTotals,
  PERSON,
  select,
  selectCommunity,
} from "../columns.ts";
import { Conditions } from "../conditions.ts";
import {
  type Ctx,
  inTransaction,
  query,
  queryListing,
  queryViews,
} from "../context.ts";
import {
  type Anchor,
  checkLimit,
  type Cursor,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { isModOrAdmin, requireActiveUser, standing } from "../permissions.ts";
import { relations } from "../account/relations.ts";
import type { Community, CommunityFollowerState, Person } from "../views.ts";

/** Somebody who follows a private community, or asks to. */
export interface PendingFollowerView {
  person: Person;
  community: Community;
  /** Nobody from the person's server follows the community yet. */
  is_new_instance: boolean;
  follow_state?: CommunityFollowerState;
}

interface Filter {
  /** Only requests that nobody has answered. */
  unread_only?: boolean;
  /** For admins: of all private communities, not only those the admin moderates. */
  all_communities?: boolean;
  page_cursor?: string;
  limit?: number;
}

const LIST = "pf";
const DEFAULT_LIMIT = 20;

/**
 * Followers of the private communities that the caller moderates, the earliest request first
 * (content §3.6, Q17). Moderators themselves are left out.
 * @throws LemmyError `not_a_mod_or_admin`, those of `requireActiveUser`, cursor errors
 */
export async function listPendingFollows(
  ctx: Ctx,
  filter: Filter,
): Promise<PagedResponse<PendingFollowerView>> {
  const { local_user } = requireActiveUser(ctx);
  const { moderated } = await relations(ctx);
  if (!local_user.admin && moderated.length === 0) {
    throw new LemmyError("not_a_mod_or_admin");
  }
  const limit = checkLimit(filter.limit, DEFAULT_LIMIT);
  const cursor = filter.page_cursor === undefined
    ? null
    : decodeCursor(LIST, filter.page_cursor);
  const where = new Conditions();
  where.add("c.visibility = 'private' and c.local and not c.deleted");
  where.add("a.followed_at is not null and a.became_moderator_at is null");
  if (!(local_user.admin && filter.all_communities)) {
    where.add(`c.id = any(${where.value(moderated, "int4[]")})`);
  }
  if (filter.unread_only) where.add("a.follow_state = 'approval_required'");
  const rows = await readPage(ctx, where, cursor, limit);
  const anchors = rows.map((row): Anchor => [row.person_id, row.community_id]);
  const items = await readViews(ctx, rows);
  return { items, ...pageCursors(LIST, cursor, anchors, limit) };
}

interface Row {
  person_id: number;
  community_id: number;
}

async function readPage(
  ctx: Ctx,
  where: Conditions,
  cursor: Cursor | null,
  limit: number,
): Promise<Row[]> {
  const back = cursor?.direction === "back";
  if (cursor) {
    const [anchor] = await query<{ followed_at: string | null }>(
      ctx,
      `select followed_at from community_actions
       where person_id = $1::int8 and community_id = $2::int8`,
      [cursor.anchor, cursor.second ?? 0],
    );
    if (!anchor?.followed_at) throw new LemmyError("not_found");
    const operator = (back ? "<" : ">") + (cursor.inclusive ? "=" : "");
    where.add(
      `(a.followed_at, a.person_id, a.community_id) ${operator} (${
        where.value(anchor.followed_at, "timestamptz")
      }, ${where.value(cursor.anchor, "int8")}, ${
        where.value(cursor.second, "int8")
      })`,
    );
  }
  const direction = back ? "desc" : "asc";
  const rows = await queryListing<Row>(
    ctx,
    `select a.person_id, a.community_id
     from community_actions a join community c on c.id = a.community_id where ${where}
     order by a.followed_at ${direction}, a.person_id ${direction}, a.community_id ${direction}
     limit ${limit}`,
    where.parameters,
  );
  return back ? rows.reverse() : rows;
}

async function readViews(
  ctx: Ctx,
  page: readonly Row[],
): Promise<PendingFollowerView[]> {
  return await queryViews<PendingFollowerView>(
    ctx,
    `select ${select("u", "person", PERSON)}, ${selectCommunity("c")},
       a.follow_state, not exists (select from community_actions o
         join person f on f.id = o.person_id
         where o.community_id = c.id and o.follow_state = 'accepted'
           and f.instance_id = u.instance_id) as is_new_instance
     from unnest($1::int4[], $2::int4[]) with ordinality as list (person, community, position)
     join community_actions a on a.person_id = list.person and a.community_id = list.community
     join person u on u.id = a.person_id
     join community c on c.id = a.community_id ${communityTotals("c")}
     order by list.position`,
    [page.map((row) => row.person_id), page.map((row) => row.community_id)],
  );
}

/**
 * Answers a request to join a private community. Who was denied may ask again.
 * @throws LemmyError `not_found` where nobody asks, `not_a_mod_or_admin`, `couldnt_update` for a
 * request that has been answered, those of `requireActiveUser`
 */
export async function approvePendingFollow(
  ctx: Ctx,
  input: { community_id: number; follower_id: number; approve: boolean },
): Promise<void> {
  const viewer = requireActiveUser(ctx);
  const { community_id, follower_id, approve } = input;
  const s = await standing(ctx, community_id);
  if (!s) throw new LemmyError("not_found");
  if (!isModOrAdmin(ctx, s)) throw new LemmyError("not_a_mod_or_admin");
  await inTransaction(ctx, async (ctx) => {
    const follow = await ctx.db.selectFrom("community_actions")
      .select("follow_state")
      .where("person_id", "=", follower_id)
      .where("community_id", "=", community_id)
      .where("followed_at", "is not", null)
      .forUpdate().executeTakeFirst();
    if (!follow) throw new LemmyError("not_found");
    if (follow.follow_state !== "approval_required") {
      throw new LemmyError("couldnt_update");
    }
    await ctx.db.updateTable("community_actions").set({
      follow_state: approve ? "accepted" : "denied",
      follow_approver_id: viewer.person.id,
    }).where("person_id", "=", follower_id)
      .where("community_id", "=", community_id).execute();
    await recordEvent(ctx, {
      kind: "follow_answered",
      community_id,
      person_id: follower_id,
      data: { approve },
    });
  });
}
