import { type Ctx, inTransaction, query } from "../../domain/context.ts";
import { receiveOutboxPost } from "../activities/received_post.ts";
import { type FedCtx, federationContext } from "../context.ts";
import { FederationError } from "../errors.ts";
import { fetchObject } from "../fetch.ts";
import { communityOf, type ResolvedCommunity } from "../lookup.ts";
import { collection, read, refOf } from "../protocol/mod.ts";
import { resolvePost } from "../resolve.ts";
import { takeModerators } from "./moderators.ts";
import {
  finish,
  giveBack,
  postpone,
  type Taken,
  withBudgets,
} from "./queue.ts";
import { eachOf, firstItems } from "./walk.ts";

/** A remote community whose collections are wanted (§7.4). */
export interface CommunityFetch {
  community_id: number;
  outbox_url: string | null;
  /** Ids of its moderators, when the community itself names them. */
  moderators: string[] | null;
  attempts: number;
}

/**
 * Requests for the outbox, and for what comes after it: a hundred in all, so that many authors of
 * posts do not take those of the moderators away.
 */
const BUDGETS = [70, 30];
/** Posts that are taken of the outbox and of the pinned ones. */
const MAX_POSTS = 50;
/** Posts of the outbox on a site that is younger than a day. */
const MAX_POSTS_YOUNG = 10;
const DAY_MS = 24 * 3600_000;
/** Posts received at once. */
const AT_ONCE = 4;

/**
 * Fetches what a remote community lists (§7.4): its newest posts, the number of its followers, its
 * pinned posts, its moderators. What cannot be had is passed over, and tried again some times if
 * that may help.
 */
export async function fetchCollections(
  ctx: Ctx,
  wish: CommunityFetch,
  stopping: AbortSignal,
): Promise<void> {
  const taken: Taken = {
    table: "community_fetch",
    key: "community_id",
    id: wish.community_id,
    attempts: wish.attempts,
  };
  const community = await communityOf(ctx, wish);
  if (community.local || community.deleted || community.removed) {
    return await finish(ctx, taken);
  }
  // In test mode all sites are young, and none of them is to be spared (Q3).
  const young = !ctx.config.fastFederation &&
    ctx.now.getTime() - Date.parse(ctx.site.site.published_at) < DAY_MS;
  let passing = false;
  const step = async (name: string, body: () => Promise<unknown>) => {
    try {
      await body();
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
      passing ||= error.transient;
      ctx.log.debug("a collection cannot be fetched", {
        community: community.ap_id,
        collection: name,
        error: error.message,
      });
    }
  };
  await withBudgets(stopping, BUDGETS, async (forOutbox, forOthers) => {
    const fed = federationContext(ctx, forOthers);
    await step("outbox", () =>
      takeOutbox(
        federationContext(ctx, forOutbox),
        community,
        wish.outbox_url,
        young ? MAX_POSTS_YOUNG : MAX_POSTS,
      ));
    await step("followers", () => takeFollowers(fed, community));
    if (!young) await step("featured", () => takeFeatured(fed, community));
    await step(
      "moderators",
      () => takeModerators(fed, community, wish.moderators, young),
    );
  });
  if (stopping.aborted) await giveBack(ctx, taken);
  else if (passing) await postpone(ctx, taken);
  else await finish(ctx, taken);
}

/** The newest posts come first; they are stored in the order of their age. */
async function takeOutbox(
  ctx: FedCtx,
  community: ResolvedCommunity,
  address: string | null,
  limit: number,
): Promise<void> {
  if (address === null) return;
  const items = await firstItems(ctx, address, limit);
  await eachOf(
    ctx,
    items.reverse(),
    AT_ONCE,
    (item) => receiveOutboxPost(ctx, item, community),
  );
}

/** The own server's count of followers. */
async function takeFollowers(
  ctx: FedCtx,
  community: ResolvedCommunity,
): Promise<void> {
  if (community.followers_url === null) return;
  const { json } = await fetchObject(ctx, community.followers_url);
  const { totalItems } = read(collection, json);
  if (totalItems === undefined) return;
  await query(
    ctx,
    `update community set subscribers = $2::int4
     where id = $1::int4 and not local and subscribers <> $2`,
    [community.id, totalItems],
  );
}

/** Exactly the posts that are listed, as far as they can be had, are pinned. */
async function takeFeatured(
  ctx: FedCtx,
  community: ResolvedCommunity,
): Promise<void> {
  if (community.featured_url === null) return;
  const items = await firstItems(ctx, community.featured_url, MAX_POSTS);
  const ids = new Set(items.flatMap((item) => refOf(item) ?? []));
  const posts: number[] = [];
  await eachOf(ctx, [...ids], AT_ONCE, async (id) => {
    const post = await resolvePost(ctx, id);
    if (post.community_id !== community.id) {
      throw new FederationError("invalid_community", id);
    }
    posts.push(post.id);
  });
  await inTransaction(ctx, (ctx) =>
    query(
      ctx,
      `with changed as (
         select id from post where community_id = $1::int4
           and (featured_community or id = any($2::int4[]))
           and featured_community <> (id = any($2))
         order by id for no key update
       )
       update post set featured_community = not featured_community
       where id in (select id from changed)`,
      [community.id, posts],
    ));
}
