import {
  COMMUNITY_ACTIONS,
  communityTotals,
  ID_LIST,
  joinOnly,
  PERSON,
  select,
  selectCommunity,
} from "../columns.ts";
import { type Ctx, queryViews } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { RELATIONS } from "../post/view.ts";
import { readCommunityTags } from "../post/tags.ts";
import type {
  CommunityModeratorView,
  CommunityView,
  GetCommunityResponse,
} from "../views.ts";
import { communityLanguages } from "../language.ts";
import { requireReadable } from "../permissions.ts";
import { refreshShown } from "../remote_lookup.ts";
import { siteOf } from "../site/site_of.ts";
import { findCommunityId } from "./find.ts";

const TEXT = `
  select ${selectCommunity("c")}, ${
  select("ca", "community_actions", COMMUNITY_ACTIONS)
},
    ca.person_id is not null as "community_actions.exists",
    ($3::boolean or ca.became_moderator_at is not null) as can_mod
  from ${ID_LIST}
  join community c on c.id = list.id
  ${communityTotals("c")}
  ${
  joinOnly(
    "community_actions",
    "ca",
    "community_id = c.id and person_id = $2::int4",
  )
}
  order by list.position`;

/** The communities with these ids as the viewer sees them, in the order of the ids. */
export async function readCommunityViews(
  ctx: Ctx,
  ids: readonly number[],
): Promise<CommunityView[]> {
  if (ids.length === 0) return [];
  const views = await queryViews<CommunityView>(
    ctx,
    TEXT,
    [ids, ctx.viewer?.person.id ?? 0, ctx.viewer?.local_user.admin ?? false],
    RELATIONS,
  );
  const moderated = views.filter((v) => v.can_mod).map((v) => v.community.id);
  const tags = await readCommunityTags(ctx, ids, moderated);
  for (const view of views) view.tags = tags.get(view.community.id) ?? [];
  return views;
}

/**
 * One community for a direct read.
 * @param options.asMod false hides deleted and removed ones from their moderators too
 * @throws LemmyError `not_found`
 */
export async function readCommunity(
  ctx: Ctx,
  id: number,
  options: { asMod?: boolean } = {},
): Promise<CommunityView> {
  const [view] = await readCommunityViews(ctx, [id]);
  if (!view) throw new LemmyError("not_found");
  const { community } = view;
  const active = ctx.viewer !== null && !ctx.viewer.banned;
  const mod = (options.asMod ?? true) && active && view.can_mod;
  const hidden = ((community.deleted || community.removed) && !mod) ||
    (community.visibility === "local_only_private" && !ctx.viewer) ||
    (community.local_removed && !ctx.viewer?.local_user.admin);
  if (hidden) throw new LemmyError("not_found");
  return view;
}

/** Moderators in the order of their appointment. */
export async function readModerators(
  ctx: Ctx,
  communityId: number,
): Promise<CommunityModeratorView[]> {
  return await queryViews<CommunityModeratorView>(
    ctx,
    `select ${selectCommunity("c")}, ${select("p", "moderator", PERSON)}
     from community_actions a
     join community c on c.id = a.community_id ${communityTotals("c")}
     join person p on p.id = a.person_id
     where a.community_id = $1::int4 and a.became_moderator_at is not null
     order by a.became_moderator_at, a.person_id`,
    [communityId],
  );
}

/**
 * `GET /community`: by name (which wins) or id.
 * @throws LemmyError `no_id_given`, `not_found`, `instance_is_private`
 */
export async function getCommunity(
  ctx: Ctx,
  input: { id?: number; name?: string },
): Promise<GetCommunityResponse> {
  requireReadable(ctx);
  if (input.name === undefined && input.id === undefined) {
    throw new LemmyError("no_id_given");
  }
  const id = input.name !== undefined
    ? await findCommunityId(ctx, input.name)
    : input.id!;
  return await communityResponse(ctx, id);
}

/** View, site, moderators and languages of a community. */
export async function communityResponse(
  ctx: Ctx,
  id: number,
): Promise<GetCommunityResponse> {
  const community_view = await readCommunity(ctx, id);
  refreshShown(ctx, community_view.community);
  const [moderators, discussion_languages, site] = await Promise.all([
    readModerators(ctx, id),
    communityLanguages(ctx, id),
    siteOf(ctx, community_view.community),
  ]);
  return {
    community_view,
    moderators,
    discussion_languages,
    ...(site && { site }),
  };
}
