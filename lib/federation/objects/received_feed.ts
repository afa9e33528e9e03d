import { inTransaction, query } from "../../domain/context.ts";
import { followForLists } from "../../domain/multi_community/site_follows.ts";
import { MAX_ENTRIES } from "../../domain/multi_community/view.ts";
import {
  checkDisplayName,
  checkSummary,
  LIMITS,
} from "../../domain/text/rules.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { fetchObject } from "../fetch.ts";
import { requireRemote } from "../foreign.ts";
import { collection, type Feed, itemIds, read } from "../protocol/mod.ts";
import { receivedText, refused } from "../received_text.ts";
import { resolveCommunity, resolvePerson } from "../resolve.ts";
import { instanceOf } from "../resolve_actor.ts";
import type { Stored } from "./stored.ts";

/** A multi-community of another server, ready to be stored. */
export interface VerifiedFeed {
  feed: Feed;
  instance_id: number;
  creator_id: number;
  sidebar: string | null;
  /** The communities on its list, as far as they can be had. */
  communities: number[];
}

export interface StoredFeed extends Stored {
  /** Communities that are on the list now and were not, and the other way round. */
  added: number[];
  removed: number[];
}

/**
 * Checks a multi-community (§2.7) and fetches its owner and its list.
 * @throws FederationError `wrong_host`, `local_object`, `not_found` without an owner,
 * `invalid_display_name`, `invalid_body_field`, `site_description_length_overflow`,
 * `multi_community_entry_limit_reached`, those of `fetchObject`
 */
export async function verifyFeed(
  ctx: FedCtx,
  feed: Feed,
  { expectedHost }: { expectedHost: string | null },
): Promise<VerifiedFeed> {
  await requireRemote(ctx, feed.id, expectedHost);
  const owner = await ownerOf(ctx, feed);
  if (feed.name !== undefined) refused(() => checkDisplayName(feed.name!));
  if (feed.description !== undefined) {
    refused(() => checkSummary(feed.description!));
  }
  const sidebar = await receivedText(ctx, {
    content: feed.summary,
    source: feed.source,
  }, { actor: true, anyLink: true });
  if (sidebar !== null && sidebar.length > LIMITS.body) {
    throw new FederationError("invalid_body_field", feed.id);
  }
  const { json } = await fetchObject(ctx, feed.following);
  const ids = itemIds(read(collection, json));
  if (ids.length > MAX_ENTRIES) {
    throw new FederationError("multi_community_entry_limit_reached", feed.id);
  }
  const communities: number[] = [];
  for (const id of ids) {
    try {
      communities.push((await resolveCommunity(ctx, id)).id);
    } catch (error) {
      // A list goes on without what cannot be had.
      if (!(error instanceof FederationError)) throw error;
    }
  }
  return {
    feed,
    sidebar,
    communities,
    creator_id: owner,
    instance_id: await instanceOf(ctx, feed.id),
  };
}

/** The first of the attributed actors who is a person. */
async function ownerOf(ctx: FedCtx, feed: Feed): Promise<number> {
  let failure: FederationError | undefined;
  for (const id of feed.attributedTo.slice(0, 3)) {
    try {
      return (await resolvePerson(ctx, id)).id;
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
      if (!failure?.transient) failure = error;
    }
  }
  throw failure ?? new FederationError("not_found", "no owner");
}

/** Stores a multi-community and its list; an owner once known stays the owner. */
export async function storeFeed(
  ctx: FedCtx,
  verified: VerifiedFeed,
): Promise<StoredFeed> {
  const { feed } = verified;
  return await inTransaction(ctx, async (ctx) => {
    const [row] = await query<{ id: number; created: boolean }>(
      ctx,
      `insert into multi_community (name, title, summary, sidebar, ap_id, local, public_key,
         inbox_url, following_url, creator_id, instance_id, published_at, updated_at,
         last_refreshed_at)
       values ($1, $2, $3, $4, $5, false, $6, $7, $8, $9::int4, $10::int4,
         least(coalesce($11::timestamptz, $13), $13::timestamptz), $12::timestamptz, $13)
       on conflict ((lower(ap_id))) do update set name = excluded.name, title = excluded.title,
         summary = excluded.summary, sidebar = excluded.sidebar,
         public_key = excluded.public_key, inbox_url = excluded.inbox_url,
         following_url = excluded.following_url, updated_at = excluded.updated_at,
         last_refreshed_at = excluded.last_refreshed_at, deleted = false
       where not multi_community.local
         and multi_community.creator_id = excluded.creator_id
       returning id, xmax = 0 as created`,
      [
        feed.preferredUsername,
        feed.name === undefined ? null : ctx.site.slurs.mask(feed.name),
        feed.description === undefined
          ? null
          : ctx.site.slurs.mask(feed.description),
        verified.sidebar,
        feed.id,
        feed.publicKey,
        feed.endpoints?.sharedInbox ?? feed.inbox,
        feed.following,
        verified.creator_id,
        verified.instance_id,
        feed.published ?? null,
        feed.updated ?? null,
        ctx.now.toISOString(),
      ],
    );
    if (!row) throw new FederationError("object_is_immutable", feed.id);
    const removed = await query<{ community_id: number }>(
      ctx,
      `delete from multi_community_entry
       where multi_community_id = $1::int4 and community_id <> all($2::int4[])
       returning community_id`,
      [row.id, verified.communities],
    );
    const added = await query<{ community_id: number }>(
      ctx,
      `insert into multi_community_entry (multi_community_id, community_id)
       select $1::int4, unnest($2::int4[]) on conflict do nothing returning community_id`,
      [row.id, verified.communities],
    );
    const entries = {
      added: added.map((entry) => entry.community_id),
      removed: removed.map((entry) => entry.community_id),
    };
    await followForLists(ctx, [...entries.added, ...entries.removed]);
    return { ...row, changed: true, ...entries };
  });
}
