import { batched } from "../db/batcher.ts";
import { type Ctx, query } from "../domain/context.ts";
import type { CommunityVisibility } from "../domain/views.ts";
import { hostOf } from "./ids.ts";

/** What of the actors and contents that are stored here federation goes by. Nothing is fetched. */

interface Actor {
  id: number;
  ap_id: string;
  name: string;
  local: boolean;
  instance_id: number;
  inbox_url: string;
  public_key: string;
  last_refreshed_at: string;
}

export interface ResolvedPerson extends Actor {
  kind: "person";
  deleted: boolean;
  bot_account: boolean;
}

export interface ResolvedCommunity extends Actor {
  kind: "community";
  deleted: boolean;
  removed: boolean;
  nsfw: boolean;
  visibility: CommunityVisibility;
  posting_restricted_to_mods: boolean;
  followers_url: string | null;
  moderators_url: string | null;
  featured_url: string | null;
}

export interface ResolvedFeed extends Actor {
  kind: "multi_community";
  deleted: boolean;
  creator_id: number;
  following_url: string;
}

export interface ResolvedSite extends Actor {
  kind: "site";
}

export type ResolvedActor =
  | ResolvedPerson
  | ResolvedCommunity
  | ResolvedFeed
  | ResolvedSite;

interface Content {
  id: number;
  ap_id: string;
  local: boolean;
  creator_id: number;
  community_id: number;
  deleted: boolean;
  removed: boolean;
  locked: boolean;
  federation_pending: boolean;
}

export interface ResolvedPost extends Content {
  kind: "post";
  nsfw: boolean;
  url: string | null;
}

export interface ResolvedComment extends Content {
  kind: "comment";
  post_id: number;
  path: string;
  level: number;
  distinguished: boolean;
}

const ACTOR =
  "id, ap_id, name, local, instance_id, inbox_url, public_key, last_refreshed_at";
/** Columns of each kind of actor, without `kind`. */
export const ACTOR_COLUMNS = {
  person: `${ACTOR}, deleted, bot_account`,
  community:
    `${ACTOR}, deleted, removed, nsfw, visibility, posting_restricted_to_mods, followers_url,
     moderators_url, featured_url`,
  multi_community: `${ACTOR}, deleted, creator_id, following_url`,
  site:
    `id, ap_id, name, private_key is not null as local, instance_id, inbox_url, public_key,
     last_refreshed_at`,
};
/** Columns that posts and comments share. */
export const CONTENT_COLUMNS =
  "id, ap_id, local, creator_id, community_id, deleted, removed, locked, federation_pending";

/** SQL for a row of `instance_actions` or `community_actions`: its ban holds now. */
export const BAN_IN_FORCE =
  "received_ban_at is not null and (ban_expires_at is null or ban_expires_at > now())";

/**
 * SQL: whether somebody here follows a community of another server, or has written in it.
 * @param id SQL for the community's id
 */
export function concernsSite(id: string): string {
  return `(exists (select from community_actions a join person f on f.id = a.person_id
        where a.community_id = ${id} and a.followed_at is not null and f.local)
      or exists (select from post where community_id = ${id} and local)
      or exists (select from comment where community_id = ${id} and local))`;
}

/** A URL as ids are stored. */
export function normalId(id: string): string {
  return URL.parse(id)?.href ?? id;
}

async function lookUp<Found extends ResolvedActor>(
  ctx: Pick<Ctx, "db">,
  kind: Found["kind"],
  where: string,
  value: string | number,
): Promise<Found | null> {
  const [row] = await query<Found>(
    ctx,
    `select '${kind}' as kind, ${
      ACTOR_COLUMNS[kind]
    } from ${kind} where ${where}`,
    [value],
  );
  return row ?? null;
}

/** Ids in one query. */
const TOGETHER = 100;

/** What finds actors of one kind by their ids; look-ups at the same time share a query. */
function byId<Found extends ResolvedActor>(kind: Found["kind"]) {
  const find = batched(
    async (ctx: Pick<Ctx, "db">, ids: string[]) => {
      const rows = await query<Found & { key: string }>(
        ctx,
        `select '${kind}' as kind, ${ACTOR_COLUMNS[kind]}, k.key
         from (select distinct unnest((select $1::text[]))) as k (key)
           join ${kind} on lower(ap_id) = lower(k.key)`,
        [ids],
      );
      const found = new Map<string, Found>(
        rows.map(({ key, ...row }) => [key, row as unknown as Found]),
      );
      return ids.map((id) => found.get(id) ?? null);
    },
    { limit: TOGETHER },
  );
  return (ctx: Pick<Ctx, "db">, apId: string) => find(ctx, normalId(apId));
}

/** A person by id, deleted ones included; names in ids of actors compare without case. */
export const lookUpPerson = byId<ResolvedPerson>("person");

/** A community by id, deleted and removed ones included. */
export const lookUpCommunity = byId<ResolvedCommunity>("community");

/** The community of something that is stored here, by its row. */
export async function communityOf(
  ctx: Pick<Ctx, "db">,
  { community_id }: { community_id: number },
): Promise<ResolvedCommunity> {
  return (await lookUp<ResolvedCommunity>(
    ctx,
    "community",
    "id = $1::int4",
    community_id,
  ))!;
}

/** The author of something that is stored here, by its row. */
export async function creatorOf(
  ctx: Pick<Ctx, "db">,
  { creator_id }: { creator_id: number },
): Promise<ResolvedPerson> {
  return (await lookUp<ResolvedPerson>(
    ctx,
    "person",
    "id = $1::int4",
    creator_id,
  ))!;
}

/** A multi-community by id, deleted ones included. */
export const lookUpFeed = byId<ResolvedFeed>("multi_community");

const lookUpSiteById = byId<ResolvedSite>("site");

/** The site of the host that an address is on: there is one site a host, whatever its id (Q35). */
export async function lookUpSite(
  ctx: Pick<Ctx, "db">,
  address: string,
): Promise<ResolvedSite | null> {
  return await lookUpSiteById(ctx, address) ??
    await lookUp<ResolvedSite>(
      ctx,
      "site",
      "instance_id = (select id from instance where lower(domain) = $1)",
      hostOf(address) ?? "",
    );
}

/**
 * Any actor by id: a person, community, multi-community or site. What the address looks like
 * decides what is looked for first.
 */
export async function lookUpActor(
  ctx: Pick<Ctx, "db">,
  apId: string,
): Promise<ResolvedActor | null> {
  const community = /\/c\/[^/]+$/.test(apId)
    ? await lookUpCommunity(ctx, apId)
    : null;
  return community ?? await lookUpPerson(ctx, apId) ??
    await lookUpCommunity(ctx, apId) ?? await lookUpFeed(ctx, apId) ??
    await lookUpSiteById(ctx, apId);
}

/** A post by id, deleted and removed ones included, those not yet published not (Q55). */
export async function lookUpPost(
  ctx: Pick<Ctx, "db">,
  apId: string,
): Promise<ResolvedPost | null> {
  const [row] = await query<ResolvedPost>(
    ctx,
    `select 'post' as kind, ${CONTENT_COLUMNS}, nsfw, url from post
     where ap_id = $1 and scheduled_publish_time_at is null`,
    [normalId(apId)],
  );
  return row ?? null;
}

/** A comment by id, deleted and removed ones included. */
export async function lookUpComment(
  ctx: Pick<Ctx, "db">,
  apId: string,
): Promise<ResolvedComment | null> {
  const [row] = await query<ResolvedComment>(
    ctx,
    `select 'comment' as kind, ${CONTENT_COLUMNS}, post_id, path, level, distinguished
     from comment where ap_id = $1`,
    [normalId(apId)],
  );
  return row ?? null;
}

/** A post or comment by id, as `lookUpActor`. */
export async function lookUpPostOrComment(
  ctx: Pick<Ctx, "db">,
  apId: string,
): Promise<ResolvedPost | ResolvedComment | null> {
  const comment = apId.includes("/comment/")
    ? await lookUpComment(ctx, apId)
    : null;
  return comment ?? await lookUpPost(ctx, apId) ??
    await lookUpComment(ctx, apId);
}
