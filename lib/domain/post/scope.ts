import { followed, followsWidely, relations } from "../account/relations.ts";
import { ACCEPTED } from "../community/visibility.ts";
import { findCommunityId } from "../community/find.ts";
import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { findMultiCommunity } from "../multi_community/find.ts";
import { findPersonId } from "../person/find.ts";
import type { ListingType } from "../views.ts";
import type { PostFilter } from "./list.ts";

/** Which communities a listing covers, with names resolved. */
export interface Scope {
  type: ListingType;
  community_id?: number;
  creator_id?: number;
  /** Communities of a multi-community. */
  communities?: number[];
  /** Of followed communities, which are so many that they are told by the viewer's rows. */
  widely: boolean;
}

/** @throws LemmyError `not_found` for unknown names, `cannot_combine_community_id_and_multi_community_id` */
export async function resolveScope(
  ctx: Ctx,
  filter: PostFilter,
): Promise<Scope> {
  const community_id = filter.community_name
    ? await findCommunityId(ctx, filter.community_name)
    : filter.community_id;
  const creator_id = filter.creator_username
    ? await findPersonId(ctx, filter.creator_username)
    : filter.creator_id;
  const multi = filter.multi_community_name
    ? (await findMultiCommunity(ctx, filter.multi_community_name)).id
    : filter.multi_community_id;
  if (multi !== undefined && community_id !== undefined) {
    throw new LemmyError("cannot_combine_community_id_and_multi_community_id");
  }
  const communities = multi === undefined
    ? undefined
    : await multiCommunityEntries(ctx, multi);
  // Within one community or list the caller's default listing type would only hide posts.
  const type = community_id !== undefined
    ? "all"
    : filter.type_ ?? (multi !== undefined ? "all" : undefined) ??
      ctx.viewer?.local_user.default_listing_type ??
      ctx.site.local_site.default_post_listing_type;
  const widely = type === "subscribed" && !communities &&
    await followsWidely(ctx);
  return { type, community_id, creator_id, communities, widely };
}

/** Communities of a multi-community; a deleted one lists nothing any more. */
async function multiCommunityEntries(
  ctx: Ctx,
  multi: number,
): Promise<number[]> {
  const rows = await query<{ id: number }>(
    ctx,
    `select e.community_id as id from multi_community_entry e
     join multi_community m on m.id = e.multi_community_id
     where m.id = $1::int4 and not m.deleted`,
    [multi],
  );
  return rows.map((row) => row.id);
}

/** Whether any post is pinned in the listing: on the site's page, or in one of its communities. */
export async function hasPinned(ctx: Ctx, scope: Scope): Promise<boolean> {
  if (isOfSite(scope)) {
    return await ctx.shareContent(
      "pinned",
      () => exists(ctx, "post where featured_local"),
    );
  }
  if (scope.widely) {
    return await exists(
      ctx,
      `community_actions a join post p on p.community_id = a.community_id
       where a.person_id = $1::int4 and ${ACCEPTED} and p.featured_community`,
      ctx.viewer!.person.id,
    );
  }
  return await exists(
    ctx,
    "post where featured_community and community_id = any($1::int4[])",
    await communitiesOf(ctx, scope),
  );
}

async function exists(
  ctx: Ctx,
  from: string,
  ...parameters: unknown[]
): Promise<boolean> {
  const [row] = await query<{ found: boolean }>(
    ctx,
    `select exists (select from ${from}) as found`,
    parameters,
  );
  return row.found;
}

/** Whether the listing is that of the whole site. */
export function isOfSite(scope: Scope): boolean {
  return !scope.community_id && !scope.communities &&
    (scope.type === "all" || scope.type === "local");
}

/** The communities of a listing that is not the whole site's; all that it may show. */
async function communitiesOf(ctx: Ctx, scope: Scope): Promise<number[]> {
  if (scope.community_id !== undefined) return [scope.community_id];
  if (scope.communities) return scope.communities;
  if (scope.type === "subscribed") return await followed(ctx);
  if (scope.type === "moderator_view") return (await relations(ctx)).moderated;
  const suggested = ctx.site.local_site.suggested_multi_community_id;
  return suggested === undefined
    ? []
    : await multiCommunityEntries(ctx, suggested);
}
