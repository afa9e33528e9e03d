import { communityTotals } from "../../domain/columns.ts";
import { type Ctx, query } from "../../domain/context.ts";
import type { CommunityVisibility } from "../../domain/views.ts";
import { pageObject } from "../objects/page.ts";
import { audienceOf, type Json, rowOf } from "../objects/send.ts";

/** The lists that other servers may read (§2.13); none of them is paginated. */

const MAX_POSTS = 50;
const MAX_CONTEXT = 10_000;

export interface ListedCommunity {
  id: number;
  ap_id: string;
  visibility: CommunityVisibility;
}

/** A list that is there because it has to be. */
export function emptyOutbox(id: string): Json {
  return { type: "OrderedCollection", id, totalItems: 0, orderedItems: [] };
}

function activityId(ctx: Ctx, ...kind: string[]): string {
  return `${ctx.config.origin}/activities/${
    kind.join("/")
  }/${crypto.randomUUID()}`;
}

/** The newest posts, as they would have been announced. */
export async function communityOutbox(
  ctx: Ctx,
  community: ListedCommunity,
): Promise<Json> {
  const { posts } = await rowOf<{ posts: number }>(
    ctx,
    `select c.posts + coalesce(c_delta.posts, 0) as posts
     from community c ${communityTotals("c")} where c.id = $1::int4`,
    community.id,
  );
  const to = audienceOf(community);
  const orderedItems = (await newestPosts(ctx, community, "")).map((
    object,
  ) => ({
    type: "Announce",
    id: activityId(ctx, "announce", "create"),
    actor: community.ap_id,
    to,
    cc: [`${community.ap_id}/followers`],
    object: {
      type: "Create",
      id: activityId(ctx, "create"),
      actor: object.attributedTo,
      to,
      cc: [community.ap_id],
      audience: community.ap_id,
      object,
    },
  }));
  return {
    type: "OrderedCollection",
    id: `${community.ap_id}/outbox`,
    totalItems: posts,
    orderedItems,
  };
}

/** The posts that its moderators have pinned. */
export async function communityFeatured(
  ctx: Ctx,
  community: ListedCommunity,
): Promise<Json> {
  const orderedItems = await newestPosts(
    ctx,
    community,
    "and p.featured_community",
  );
  return {
    type: "OrderedCollection",
    id: `${community.ap_id}/featured`,
    totalItems: orderedItems.length,
    orderedItems,
  };
}

async function newestPosts(
  ctx: Ctx,
  community: ListedCommunity,
  and: string,
): Promise<Json[]> {
  const rows = await query<{ id: number }>(
    ctx,
    `select p.id from post p join person u on u.id = p.creator_id
     where p.community_id = $1::int4 ${and} and not (p.deleted or p.removed or u.deleted)
       and p.scheduled_publish_time_at is null
     order by p.published_at desc, p.id desc limit ${MAX_POSTS}`,
    [community.id],
  );
  const posts: Json[] = [];
  for (const { id } of rows) posts.push(await pageObject(ctx, id));
  return posts;
}

/** How many follow a community, and nobody's name. */
export async function communityFollowers(
  ctx: Ctx,
  community: ListedCommunity,
): Promise<Json> {
  const { subscribers } = await rowOf<{ subscribers: number }>(
    ctx,
    `select c.subscribers + coalesce(c_delta.subscribers, 0) as subscribers
     from community c ${communityTotals("c")} where c.id = $1::int4`,
    community.id,
  );
  return {
    type: "Collection",
    id: `${community.ap_id}/followers`,
    totalItems: subscribers,
    items: [],
  };
}

/** Who moderates a community, the longest-serving first. */
export async function communityModerators(
  ctx: Ctx,
  community: ListedCommunity,
): Promise<Json> {
  const rows = await query<{ ap_id: string }>(
    ctx,
    `select p.ap_id from community_actions a join person p on p.id = a.person_id
     where a.community_id = $1::int4 and a.became_moderator_at is not null
     order by a.became_moderator_at, a.person_id`,
    [community.id],
  );
  return {
    type: "OrderedCollection",
    id: `${community.ap_id}/moderators`,
    orderedItems: rows.map((row) => row.ap_id),
  };
}

/** The communities on a list. */
export async function feedFollowing(
  ctx: Ctx,
  feed: { id: number; following_url: string },
): Promise<Json> {
  const rows = await query<{ ap_id: string }>(
    ctx,
    `select c.ap_id from multi_community_entry e join community c on c.id = e.community_id
     where e.multi_community_id = $1::int4 and not (c.deleted or c.removed)
       and c.visibility not in ('local_only_public', 'local_only_private')
     order by c.id`,
    [feed.id],
  );
  return {
    type: "Collection",
    id: feed.following_url,
    totalItems: rows.length,
    items: rows.map((row) => row.ap_id),
  };
}

/**
 * A whole thread: the post, then its comments by age.
 * @param id of the post or comment that was asked for
 */
export async function threadContext(
  ctx: Ctx,
  id: string,
  post: { id: number; ap_id: string },
): Promise<Json> {
  const rows = await query<{ ap_id: string }>(
    ctx,
    `select ap_id from comment
     where post_id = $1::int4 and not (deleted or removed or federation_pending)
     order by published_at, id limit ${MAX_CONTEXT}`,
    [post.id],
  );
  const orderedItems = [post.ap_id, ...rows.map((row) => row.ap_id)];
  return {
    type: "OrderedCollection",
    id: `${id}/context`,
    totalItems: orderedItems.length,
    orderedItems,
  };
}
