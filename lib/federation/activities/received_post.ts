import { inTransaction, query } from "../../domain/context.ts";
import { recordEvent } from "../../domain/event/record.ts";
import { setPostTags } from "../../domain/post/set_tags.ts";
import {
  isModerator,
  requireAlive,
  requireAudience,
  requireMember,
  requirePersonInCommunity,
  requireVisible,
} from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { requireHost } from "../foreign.ts";
import { hostOf, isLocalId, sameHost, sameUrl } from "../ids.ts";
import {
  creatorOf,
  lookUpPost,
  type ResolvedCommunity,
  type ResolvedPost,
} from "../lookup.ts";
import { communityOfPage } from "../objects/page_community.ts";
import {
  storePage,
  tagsOf,
  type VerifiedPage,
  verifyPage,
} from "../objects/received_page.ts";
import {
  envelope,
  isObject,
  type Page,
  page,
  publication,
  read,
} from "../protocol/mod.ts";
import { wantThread } from "../objects/want_thread.ts";
import {
  addOwnVote,
  type Effect,
  type Incoming,
  innerActivity,
  type Opened,
} from "./received.ts";
import { mentionedHere } from "./received_mentions.ts";

/** Create and Update of a post (§3.4). */
export async function openPost(
  ctx: FedCtx,
  { json, type }: Incoming,
): Promise<Opened> {
  const given = read(publication, json);
  const post = read(page, given.object);
  const community = await communityOfPage(ctx, post);
  const opened: Opened = {
    community,
    async verify() {
      requireAudience(post.audience, community);
      requireAudience(given.audience, community);
      requireVisible(community, given.to, given.cc);
      requireAlive(community);
      const moderated = await moderatorsEdit(ctx, given.actor, post, community);
      if (moderated) return moderated;
      const verified = await verifyOwn(ctx, given.actor, post, community);
      await requireMember(ctx, verified.author, community);
      const mentioned = await mentionedHere(ctx, post.tag, given.tag);
      // Whoever else changes the post has locked its author before.
      opened.locks = { persons: [verified.author.id], comments: [], posts: [] };
      return (ctx) => store(ctx, verified, type === "Create", mentioned);
    },
  };
  return opened;
}

async function verifyOwn(
  ctx: FedCtx,
  actor: string,
  post: Page,
  community: ResolvedCommunity,
): Promise<VerifiedPage> {
  requireHost(post.id, hostOf(actor));
  const verified = await verifyPage(ctx, post, {
    expectedHost: hostOf(actor),
  });
  await requirePersonInCommunity(ctx, verified.author, community);
  if (!sameUrl(actor, verified.author.ap_id)) {
    throw new FederationError("not_the_author", actor);
  }
  return verified;
}

/** The change of somebody else's post in the community's interest (Q36), or null if it is none. */
async function moderatorsEdit(
  ctx: FedCtx,
  actor: string,
  post: Page,
  community: ResolvedCommunity,
): Promise<Effect | null> {
  const known = await lookUpPost(ctx, post.id);
  if (!known) return null;
  const author = await creatorOf(ctx, known);
  if (sameUrl(author.ap_id, actor)) return null;
  if (
    known.community_id !== community.id ||
    !await isModerator(ctx, actor, post.id, community, { rule2: true })
  ) throw new FederationError("not_a_moderator", actor);
  return await marksOf(ctx, known, post, community);
}

/** Takes the NSFW mark and the tags over, and nothing else. */
async function marksOf(
  ctx: FedCtx,
  known: ResolvedPost,
  post: Page,
  community: ResolvedCommunity,
): Promise<Effect> {
  const nsfw = community.nsfw || (post.sensitive ?? known.nsfw);
  if (nsfw && ctx.site.local_site.nsfw_content_disallowed) {
    throw new FederationError("nsfw_not_allowed", post.id);
  }
  const tags = await tagsOf(ctx, post, community);
  return async (ctx) => {
    await query(
      ctx,
      `update post set nsfw = $2::boolean, updated_at = $3::timestamptz where id = $1::int4`,
      [known.id, nsfw, ctx.now.toISOString()],
    );
    await setPostTags(ctx, known.id, tags);
    await recordEvent(ctx, {
      kind: "post_updated",
      person_id: known.creator_id,
      post_id: known.id,
      community_id: known.community_id,
      data: { received: true, mentioned: [] },
    });
  };
}

/**
 * What a community's server made of a post of ours (Q23): a moderator's change of the NSFW mark or
 * the tags comes in the author's name, and is known by being the community's own activity.
 * @returns null if it is no such change
 */
export async function moderatedEcho(
  ctx: FedCtx,
  activity: Incoming,
  community: ResolvedCommunity,
): Promise<Effect | null> {
  const own = activity.type === "Update" && !community.local &&
    sameHost(activity.id, community.ap_id);
  const { object } = activity.json;
  if (!own || !isObject(object) || object.type !== "Page") return null;
  const post = read(page, object);
  const known = await lookUpPost(ctx, post.id);
  if (!known?.local || known.community_id !== community.id) return null;
  return await marksOf(ctx, known, post, community);
}

/** Stores the post; its author's own vote comes with it (Q57). */
async function store(
  ctx: FedCtx,
  verified: VerifiedPage,
  created: boolean,
  mentioned: string[],
): Promise<void> {
  const stored = await storePage(ctx, verified);
  const { author, community } = verified;
  if (created || stored.created) {
    await addOwnVote(ctx, "post", stored.id, author.id);
  }
  if (!stored.changed) return;
  await recordEvent(ctx, {
    kind: created ? "post_created" : "post_updated",
    person_id: author.id,
    post_id: stored.id,
    community_id: community.id,
    data: { received: true, mentioned },
  });
}

/**
 * An item of a community's outbox (§7.4): the Announce of a post's Create or Update, received
 * without anybody here having asked for the community. Posts that are here already are left alone.
 * Not in a transaction.
 * @throws FederationError `unreadable`, `wrong_community`, those of receiving a post
 */
export async function receiveOutboxPost(
  ctx: FedCtx,
  item: unknown,
  community: ResolvedCommunity,
): Promise<void> {
  const outer = isObject(item) ? item : {};
  const json = await innerActivity(
    ctx,
    isObject(outer.object) ? outer.object : {},
  );
  const { id, type, actor } = read(envelope, json);
  if (type !== "Create" && type !== "Update") {
    throw new FederationError("wrong_type", id);
  }
  const { object } = json;
  if (isObject(object) && typeof object.id === "string") {
    if (isLocalId(ctx.config, object.id)) return;
    if (await lookUpPost(ctx, object.id)) return;
  }
  const opened = await openPost(ctx, {
    id,
    type,
    actor,
    json,
    announcer: community.ap_id,
  });
  if (opened.community?.id !== community.id) {
    throw new FederationError("wrong_community", id);
  }
  await inTransaction(ctx, await opened.verify());
  const stored = isObject(object) && await lookUpPost(ctx, String(object.id));
  if (stored) await wantThread(ctx, stored.id, read(page, object));
}
