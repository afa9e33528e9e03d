import { ID_LIST, PERSON, select } from "../columns.ts";
import { publicCommunities } from "../community/list.ts";
import { type Ctx, query, queryViews } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireReadable } from "../permissions.ts";
import { refreshShown } from "../remote_lookup.ts";
import type { CommunityView, MultiCommunityView } from "../views.ts";
import { findMultiCommunity } from "./find.ts";

/** Communities that a multi-community holds at most. */
export const MAX_ENTRIES = 50;

const MULTI =
  `id creator_id instance_id name title summary sidebar local deleted ap_id
  last_refreshed_at published_at updated_at subscribers subscribers_local communities`
    .split(/\s+/);

const TEXT = `
  select ${select("m", "multi", MULTI)}, ${select("u", "owner", PERSON)},
    f.follow_state
  from ${ID_LIST}
  join multi_community m on m.id = list.id
  join person u on u.id = m.creator_id
  left join multi_community_follow f on f.multi_community_id = m.id and f.person_id = $2::int4
  order by list.position`;

/** The multi-communities with these ids as the viewer sees them, in the order of the ids. */
export async function readMultiCommunityViews(
  ctx: Ctx,
  ids: readonly number[],
): Promise<MultiCommunityView[]> {
  if (ids.length === 0) return [];
  return await queryViews<MultiCommunityView>(ctx, TEXT, [
    ids,
    ctx.viewer?.person.id ?? 0,
  ]);
}

/**
 * One multi-community; deleted ones are their owner's alone (content Q18).
 * @throws LemmyError `not_found`
 */
export async function readMultiCommunity(
  ctx: Ctx,
  id: number,
): Promise<MultiCommunityView> {
  const [view] = await readMultiCommunityViews(ctx, [id]);
  const own = view?.multi.creator_id === ctx.viewer?.person.id;
  if (!view || (view.multi.deleted && !own)) throw new LemmyError("not_found");
  return view;
}

/**
 * `GET /multi_community`: by name (which wins) or id, with its communities as everybody sees them,
 * the busiest first.
 * @throws LemmyError `no_id_given`, `not_found`, `instance_is_private`
 */
export async function getMultiCommunity(
  ctx: Ctx,
  input: { id?: number; name?: string },
): Promise<
  { multi_community_view: MultiCommunityView; communities: CommunityView[] }
> {
  requireReadable(ctx);
  if (input.name === undefined && input.id === undefined) {
    throw new LemmyError("no_id_given");
  }
  const id = input.name !== undefined
    ? (await findMultiCommunity(ctx, input.name)).id
    : input.id!;
  const multi_community_view = await readMultiCommunity(ctx, id);
  refreshShown(ctx, multi_community_view.multi);
  return {
    multi_community_view,
    communities: await publicCommunities(ctx, {
      multi_community_id: id,
      sort: "active_monthly",
      limit: MAX_ENTRIES,
    }),
  };
}

/** Multi-communities that a person owns, by name; deleted ones only for themself. */
export async function readOwnedMultiCommunities(
  ctx: Ctx,
  personId: number,
): Promise<MultiCommunityView[]> {
  const rows = await query<{ id: number }>(
    ctx,
    `select id from multi_community where creator_id = $1::int4
       and (not deleted or creator_id = $2::int4) order by lower(name), id`,
    [personId, ctx.viewer?.person.id ?? 0],
  );
  return await readMultiCommunityViews(ctx, rows.map((row) => row.id));
}

/** Multi-communities that the viewer follows, by name. */
export async function readFollowedMultiCommunities(
  ctx: Ctx,
  me: number,
): Promise<MultiCommunityView[]> {
  const rows = await query<{ id: number }>(
    ctx,
    `select m.id from multi_community_follow f join multi_community m on m.id = f.multi_community_id
     where f.person_id = $1::int4 and (not m.deleted or m.creator_id = $1)
     order by lower(m.name), m.id`,
    [me],
  );
  return await readMultiCommunityViews(ctx, rows.map((row) => row.id));
}
