import { type Ctx, inTransaction, query } from "../../domain/context.ts";
import { LIMITS } from "../../domain/text/rules.ts";
import type { CommunityVisibility } from "../../domain/views.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { requireHost } from "../foreign.ts";
import { isLocalId, sameHost } from "../ids.ts";
import { checkUrl } from "../policy.ts";
import type { CommunityPostTag, Group } from "../protocol/mod.ts";
import {
  receivedLine,
  receivedPicture,
  receivedText,
} from "../received_text.ts";
import { instanceOf } from "../resolve_actor.ts";
import { setReceivedLanguages } from "./received_languages.ts";
import type { Stored } from "./stored.ts";

/** A community, ready to be stored. */
export interface VerifiedGroup {
  group: Group;
  sidebar: string | null;
  /** Null for a community of this site. */
  instance_id: number | null;
}

export interface StoredGroup extends Stored {
  /** Null for a new one. */
  visibilityBefore: CommunityVisibility | null;
  visibility: CommunityVisibility;
}

/**
 * Checks a community (§2.6), also one of this site that a moderator elsewhere has changed. May
 * fetch the community's site.
 * @throws FederationError `wrong_host`, those of `checkUrl`
 */
export async function verifyGroup(
  ctx: FedCtx,
  group: Group,
  { expectedHost }: { expectedHost: string | null },
): Promise<VerifiedGroup> {
  requireHost(group.id, expectedHost);
  await checkUrl(ctx, group.id);
  const sidebar = await receivedText(ctx, {
    content: group.summary,
    source: group.source,
  }, { actor: true, anyLink: true });
  const local = isLocalId(ctx.config, group.id);
  const instance_id = local ? null : await instanceOf(ctx, group.id);
  return { group, sidebar, instance_id };
}

/** A collection of a community is on its own host: others' would be taken for those of theirs. */
function ownUrl({ id }: Group, url: string | undefined): string | null {
  return url !== undefined && sameHost(url, id) ? url : null;
}

/** What a Group says of its visibility; null when it does not say all of it. */
export function declaredVisibility(
  group: Pick<Group, "manuallyApprovesFollowers" | "discoverable">,
): CommunityVisibility | null {
  const { manuallyApprovesFollowers: approves, discoverable } = group;
  if (approves === undefined || discoverable === undefined) return null;
  return visibilityOf(group);
}

function visibilityOf(
  { manuallyApprovesFollowers, discoverable }: Pick<
    Group,
    "manuallyApprovesFollowers" | "discoverable"
  >,
): CommunityVisibility {
  if (manuallyApprovesFollowers) return "private";
  return discoverable === false ? "unlisted" : "public";
}

/**
 * Stores a community with its languages and tags, and has the collections of a remote one fetched.
 * Of a community of this site only what its moderators may change is taken over (§3.14).
 */
export async function storeGroup(
  ctx: FedCtx,
  verified: VerifiedGroup,
): Promise<StoredGroup> {
  return await inTransaction(ctx, async (ctx) => {
    const stored = verified.instance_id === null
      ? await changeLocal(ctx, verified)
      : await upsert(ctx, verified, verified.instance_id);
    const { group } = verified;
    await setReceivedLanguages(ctx, "community", stored.id, group.language);
    if (group.tag) await storeTags(ctx, stored.id, group.id, group.tag);
    if (verified.instance_id !== null) {
      await wantCollections(ctx, stored.id, group);
    }
    return stored;
  });
}

/** The columns that a moderator may change. */
function texts(ctx: Ctx, { group, sidebar }: VerifiedGroup) {
  return [
    receivedLine(ctx, group.name, LIMITS.displayName),
    receivedLine(ctx, group.description, LIMITS.summary),
    sidebar,
    receivedPicture(ctx, group.icon),
    receivedPicture(ctx, group.image),
    group.sensitive ?? false,
    group.postingRestrictedToMods ?? false,
  ];
}

interface Before {
  id: number;
  visibility: CommunityVisibility;
}

async function lockExisting(ctx: Ctx, apId: string): Promise<Before | null> {
  const [row] = await query<Before>(
    ctx,
    `select id, visibility from community where lower(ap_id) = lower($1) for no key update`,
    [apId],
  );
  return row ?? null;
}

async function changeLocal(
  ctx: FedCtx,
  verified: VerifiedGroup,
): Promise<StoredGroup> {
  const before = await lockExisting(ctx, verified.group.id);
  if (!before) throw new FederationError("not_found", verified.group.id);
  const visibility = declaredVisibility(verified.group) ?? before.visibility;
  if (verified.group.sensitive && nsfwDisallowed(ctx)) {
    throw new FederationError("nsfw_not_allowed", verified.group.id);
  }
  await query(
    ctx,
    `update community set title = $2, summary = $3, sidebar = $4, icon = $5, banner = $6,
       nsfw = $7::boolean, posting_restricted_to_mods = $8::boolean, visibility = $9,
       updated_at = $10::timestamptz
     where id = $1::int4`,
    [before.id, ...texts(ctx, verified), visibility, ctx.now.toISOString()],
  );
  return {
    id: before.id,
    created: false,
    changed: true,
    visibilityBefore: before.visibility,
    visibility,
  };
}

async function upsert(
  ctx: FedCtx,
  verified: VerifiedGroup,
  instanceId: number,
): Promise<StoredGroup> {
  const { group } = verified;
  const before = await lockExisting(ctx, group.id);
  const visibility = visibilityOf(group);
  const [row] = await query<{ id: number; created: boolean }>(
    ctx,
    `insert into community (title, summary, sidebar, icon, banner, nsfw,
       posting_restricted_to_mods, visibility, name, ap_id, local, inbox_url, public_key,
       followers_url, featured_url, moderators_url, instance_id, published_at, updated_at,
       last_refreshed_at, removed)
     values ($1, $2, $3, $4, $5, $6::boolean, $7::boolean, $8, $9, $10, false, $11, $12, $13, $14,
       $15, $16::int4, least(coalesce($17::timestamptz, $19), $19::timestamptz),
       $18::timestamptz, $19, $20::boolean)
     on conflict ((lower(ap_id))) do update set title = excluded.title,
       summary = excluded.summary, sidebar = excluded.sidebar, icon = excluded.icon,
       banner = excluded.banner, nsfw = excluded.nsfw,
       posting_restricted_to_mods = excluded.posting_restricted_to_mods,
       visibility = excluded.visibility, name = excluded.name, inbox_url = excluded.inbox_url,
       public_key = excluded.public_key, followers_url = excluded.followers_url,
       featured_url = excluded.featured_url, moderators_url = excluded.moderators_url,
       updated_at = excluded.updated_at, last_refreshed_at = excluded.last_refreshed_at,
       removed = community.removed or excluded.removed, deleted = false
     where not community.local
     returning id, xmax = 0 as created`,
    [
      ...texts(ctx, verified),
      visibility,
      group.preferredUsername,
      group.id,
      group.endpoints?.sharedInbox ?? group.inbox,
      group.publicKey,
      ownUrl(group, group.followers),
      ownUrl(group, group.featured),
      ownUrl(group, group.attributedTo.collection),
      instanceId,
      group.published ?? null,
      group.updated ?? null,
      ctx.now.toISOString(),
      (group.sensitive ?? false) && nsfwDisallowed(ctx),
    ],
  );
  return {
    ...row,
    changed: true,
    visibilityBefore: before?.visibility ?? null,
    visibility,
  };
}

function nsfwDisallowed({ site }: Pick<Ctx, "site">): boolean {
  return site.local_site.nsfw_content_disallowed;
}

/** A community names no more tags than this. */
const MAX_TAGS = 1000;

/**
 * The tags in force: what is listed is there, what is not listed counts as deleted. Ids on other
 * hosts and those of other communities are ignored (Q51).
 */
async function storeTags(
  ctx: Ctx,
  communityId: number,
  communityApId: string,
  tags: readonly CommunityPostTag[],
): Promise<void> {
  const own = new Map(
    tags.filter(({ id }) => sameHost(id, communityApId))
      .slice(0, MAX_TAGS).map((tag) => [tag.id, tag]),
  );
  await query(
    ctx,
    `update community_tag set deleted = true, updated_at = $3::timestamptz
     where community_id = $1::int4 and not deleted and ap_id <> all($2::text[])`,
    [communityId, [...own.keys()], ctx.now.toISOString()],
  );
  for (const tag of own.values()) {
    await query(
      ctx,
      `insert into community_tag (ap_id, name, display_name, summary, color, community_id,
         published_at)
       values ($1, $2, $3, $4, $5, $6::int4, $7::timestamptz)
       on conflict (ap_id) do update set display_name = excluded.display_name,
         summary = excluded.summary, color = excluded.color, deleted = false,
         updated_at = excluded.published_at
       where community_tag.community_id = excluded.community_id
         and (community_tag.display_name, community_tag.summary, community_tag.color,
           community_tag.deleted)
         is distinct from (excluded.display_name, excluded.summary, excluded.color, false)`,
      [
        tag.id,
        receivedLine(ctx, tag.preferredUsername, LIMITS.tagDisplayName) ?? "",
        receivedLine(ctx, tag.name, LIMITS.tagDisplayName),
        receivedLine(ctx, tag.content, LIMITS.summary),
        tag.color ?? "color01",
        communityId,
        ctx.now.toISOString(),
      ],
    );
  }
}

/** Has the collections of a remote community fetched in the background (§7.4). */
async function wantCollections(
  ctx: Ctx,
  communityId: number,
  group: Group,
): Promise<void> {
  await query(
    ctx,
    `insert into community_fetch (community_id, outbox_url, moderators, due_at)
     values ($1::int4, $2, $3::text[], $4::timestamptz)
     on conflict (community_id) do update set outbox_url = excluded.outbox_url,
       moderators = excluded.moderators, attempts = 0, due_at = excluded.due_at`,
    [
      communityId,
      group.outbox,
      group.attributedTo.persons ?? null,
      ctx.now.toISOString(),
    ],
  );
}
