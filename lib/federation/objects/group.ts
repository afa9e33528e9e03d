import { type Ctx, query } from "../../domain/context.ts";
import type { CommunityVisibility } from "../../domain/views.ts";
import {
  filled,
  imageMember,
  type Json,
  languageMembers,
  publicKeyMember,
  rowOf,
  textMembers,
} from "./send.ts";

interface Row {
  id: number;
  ap_id: string;
  name: string;
  title: string | null;
  summary: string | null;
  sidebar: string | null;
  icon: string | null;
  banner: string | null;
  nsfw: boolean;
  posting_restricted_to_mods: boolean;
  visibility: CommunityVisibility;
  inbox_url: string;
  followers_url: string | null;
  featured_url: string | null;
  moderators_url: string | null;
  public_key: string;
  published_at: string;
  updated_at: string | null;
}

/**
 * A community (§2.6): a local one, or a remote one whose local moderator has changed it, with its
 * own server's addresses then.
 */
export async function groupObject(ctx: Ctx, id: number): Promise<Json> {
  const row = await rowOf<Row>(
    ctx,
    `select id, ap_id, name, title, summary, sidebar, icon, banner, nsfw,
       posting_restricted_to_mods, visibility, inbox_url, followers_url, featured_url,
       moderators_url, public_key, published_at, updated_at
     from community where id = $1::int4`,
    id,
  );
  return filled({
    type: "Group",
    id: row.ap_id,
    preferredUsername: row.name,
    name: row.title,
    description: row.summary,
    ...textMembers(ctx, row.sidebar, "summary"),
    icon: imageMember(row.icon),
    image: imageMember(row.banner),
    sensitive: row.nsfw,
    inbox: row.inbox_url,
    outbox: `${row.ap_id}/outbox`,
    followers: row.followers_url,
    featured: row.featured_url,
    attributedTo: row.moderators_url,
    postingRestrictedToMods: row.posting_restricted_to_mods,
    manuallyApprovesFollowers: row.visibility === "private",
    discoverable: row.visibility !== "unlisted",
    publicKey: publicKeyMember(row.ap_id, row.public_key),
    language: await languageMembers(ctx, "community", row.id),
    tag: await communityTags(ctx, row.id),
    published: row.published_at,
    updated: row.updated_at,
  });
}

/** A community's tag for posts (§2.12). */
export interface TagRow {
  ap_id: string;
  name: string;
  display_name: string | null;
  summary: string | null;
  color: string;
}

export const TAG_COLUMNS =
  "t.ap_id, t.name, t.display_name, t.summary, t.color";

export function tagObject(tag: TagRow): Json {
  return filled({
    type: "CommunityPostTag",
    id: tag.ap_id,
    preferredUsername: tag.name,
    name: tag.display_name,
    content: tag.summary,
    color: tag.color,
  });
}

async function communityTags(ctx: Ctx, communityId: number): Promise<Json[]> {
  const rows = await query<TagRow>(
    ctx,
    `select ${TAG_COLUMNS} from community_tag t
     where t.community_id = $1::int4 and not t.deleted order by t.id`,
    [communityId],
  );
  return rows.map(tagObject);
}
