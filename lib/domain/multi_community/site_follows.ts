import { dropEmptyRows } from "../action_rows.ts";
import { type Ctx, query } from "../context.ts";
import { recordEvent } from "../event/record.ts";

/** Any number: of several changes of lists each sees what the one before it has done. */
const LOCK = 7_236_061;

interface Member {
  id: number;
  wanted: boolean;
  gone: boolean;
  followed: boolean;
  is_private: boolean;
}

/**
 * Has the site's hidden account follow those of the communities of other servers that are on a list
 * which is kept or followed here, so that their posts arrive, and follow no longer those that are
 * on none (federation §2.7). Within the transaction that has changed the lists or who follows them.
 */
export async function followForLists(
  ctx: Ctx,
  communityIds: readonly number[],
): Promise<void> {
  if (communityIds.length === 0) return;
  const account = ctx.site.systemAccountId;
  await query(ctx, `select pg_advisory_xact_lock(${LOCK})`);
  const members = await query<Member>(
    ctx,
    `select c.id, c.deleted or c.removed as gone, a.followed_at is not null as followed,
       c.visibility = 'private' as is_private,
       exists (select from multi_community_entry e
         join multi_community m on m.id = e.multi_community_id
         where e.community_id = c.id and not m.deleted and (m.local
           or exists (select from multi_community_follow f join person p on p.id = f.person_id
             where f.multi_community_id = m.id and p.local and not p.deleted
               and f.follow_state <> 'denied'))
       ) as wanted
     from community c left join community_actions a
       on a.community_id = c.id and a.person_id = $2::int4
     where c.id = any($1::int4[]) and not c.local order by c.id`,
    [communityIds, account],
  );
  const added = members.filter(({ wanted, gone, followed }) =>
    wanted && !gone && !followed
  );
  const removed = members.filter(({ wanted, followed }) => followed && !wanted);
  for (const { id, is_private } of added) {
    await query(
      ctx,
      `insert into community_actions (person_id, community_id, followed_at, follow_state)
       values ($1::int4, $2::int4, $3::timestamptz, $4)
       on conflict (person_id, community_id) do update set
         followed_at = excluded.followed_at, follow_state = excluded.follow_state`,
      [
        account,
        id,
        ctx.now.toISOString(),
        is_private ? "approval_required" : "pending",
      ],
    );
    await recordFollow(ctx, id, true);
  }
  const ended = removed.map((member) => member.id);
  if (ended.length === 0) return;
  await query(
    ctx,
    `update community_actions set followed_at = null, follow_state = null,
       follow_approver_id = null, follow_ap_id = null
     where person_id = $1::int4 and community_id = any($2::int4[])`,
    [account, ended],
  );
  await dropEmptyRows(ctx, "community_actions", ended, account);
  for (const id of ended) await recordFollow(ctx, id, false);
}

/** `followForLists` of everything on one list, after the first follower came or the last one left. */
export async function followForMembers(
  ctx: Ctx,
  multiCommunityId: number,
): Promise<void> {
  const members = await query<{ community_id: number }>(
    ctx,
    "select community_id from multi_community_entry where multi_community_id = $1::int4",
    [multiCommunityId],
  );
  await followForLists(ctx, members.map((member) => member.community_id));
}

/**
 * `followForLists` of everything on the lists of other servers that a person follows, who has just
 * been deleted: the follows stay, but nobody reads here any more what they bring.
 */
export async function unfollowForDeleted(
  ctx: Ctx,
  personId: number,
): Promise<void> {
  const members = await query<{ community_id: number }>(
    ctx,
    `select distinct e.community_id from multi_community_follow f
     join multi_community m on m.id = f.multi_community_id
     join multi_community_entry e on e.multi_community_id = m.id
     where f.person_id = $1::int4 and not m.local`,
    [personId],
  );
  await followForLists(ctx, members.map((member) => member.community_id));
}

async function recordFollow(
  ctx: Ctx,
  community_id: number,
  follow: boolean,
): Promise<void> {
  await recordEvent(ctx, {
    kind: "community_followed",
    community_id,
    person_id: ctx.site.systemAccountId,
    data: { follow },
  });
}
