import {
  communityTotals,
  ID_LIST,
  joinOnly,
  PERSON,
  PERSON_ACTIONS,
  select,
  selectCommunity,
} from "../columns.ts";
import { type Ctx, query, queryViews } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { readOwnedMultiCommunities } from "../multi_community/view.ts";
import { requireReadable } from "../permissions.ts";
import { RELATIONS } from "../post/view.ts";
import type {
  CommunityModeratorView,
  GetPersonDetailsResponse,
  PersonView,
} from "../views.ts";
import { refreshShown } from "../remote_lookup.ts";
import { siteOf } from "../site/site_of.ts";
import { findPersonId } from "./find.ts";

const TEXT = `
  select ${
  select("u", "person", PERSON)
}, coalesce(lu.admin, false) as is_admin,
    ${select("pa", "person_actions", PERSON_ACTIONS)},
    pa.person_id is not null as "person_actions.exists",
    coalesce(bl.received_ban_at, bh.received_ban_at) is not null as banned,
    coalesce(bl.ban_expires_at, bh.ban_expires_at) as ban_expires_at
  from ${ID_LIST}
  join person u on u.id = list.id
  left join local_user lu on lu.person_id = u.id and lu.admin
  ${
  joinOnly(
    "person_actions",
    "pa",
    "target_id = u.id and person_id = $2::int4",
  )
}
  left join instance_actions bl on bl.person_id = u.id and bl.instance_id = $3::int4
  left join instance_actions bh on bh.person_id = u.id and bh.instance_id = u.instance_id
  order by list.position`;

/** The persons with these ids as the viewer sees them, in the order of the ids. */
export async function readPersonViews(
  ctx: Ctx,
  ids: readonly number[],
): Promise<PersonView[]> {
  if (ids.length === 0) return [];
  return await queryViews<PersonView>(
    ctx,
    TEXT,
    [ids, ctx.viewer?.person.id ?? 0, ctx.site.instance.id],
    RELATIONS,
  );
}

/** One person; deleted ones only for admins. @throws LemmyError `not_found` */
export async function readPerson(ctx: Ctx, id: number): Promise<PersonView> {
  const [view] = await readPersonViews(ctx, [id]);
  const admin = ctx.viewer?.local_user.admin && !ctx.viewer.banned;
  if (!view || (view.person.deleted && !admin)) {
    throw new LemmyError("not_found");
  }
  return view;
}

/** Admins of this site, the oldest account first, as the caller sees them. */
export async function readAdmins(ctx: Ctx): Promise<PersonView[]> {
  const rows = await query<{ id: number }>(
    ctx,
    `select u.person_id as id from local_user u join person p on p.id = u.person_id
     where u.admin and not p.deleted order by u.id`,
  );
  return await readPersonViews(ctx, rows.map((r) => r.id));
}

/**
 * `GET /person`: by id, or by `name` or `name@host`.
 * @throws LemmyError `no_id_given`, `not_found`, `instance_is_private`
 */
export async function getPerson(
  ctx: Ctx,
  input: { person_id?: number; username?: string },
): Promise<GetPersonDetailsResponse> {
  requireReadable(ctx);
  if (input.person_id === undefined && input.username === undefined) {
    throw new LemmyError("no_id_given");
  }
  const id = input.person_id ?? await findPersonId(ctx, input.username!);
  const person_view = await readPerson(ctx, id);
  refreshShown(ctx, person_view.person);
  const site = await siteOf(ctx, person_view.person);
  return {
    person_view,
    ...(site && { site }),
    moderates: await readModerated(ctx, id),
    multi_communities_created: await readOwnedMultiCommunities(ctx, id),
  };
}

/** Communities a person moderates, by name; deleted ones for themself, removed ones for admins. */
export async function readModerated(
  ctx: Ctx,
  personId: number,
): Promise<CommunityModeratorView[]> {
  const own = ctx.viewer?.person.id === personId;
  const admin = ctx.viewer?.local_user.admin ?? false;
  return await queryViews<CommunityModeratorView>(
    ctx,
    `select ${selectCommunity("c")}, ${select("p", "moderator", PERSON)}
     from community_actions a join community c on c.id = a.community_id
     ${communityTotals("c")} join person p on p.id = a.person_id
     where a.person_id = $1::int4 and a.became_moderator_at is not null
       and ($2::boolean or not c.deleted)
       and ($3::boolean or not (c.removed or c.local_removed))
       and ($4::boolean or c.visibility <> 'local_only_private')
     order by lower(c.name), c.id`,
    [personId, own, admin, ctx.viewer !== null],
  );
}
