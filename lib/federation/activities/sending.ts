import type { Ctx } from "../../domain/context.ts";
import type { CommunityVisibility } from "../../domain/views.ts";
import { audienceOf, filled, type Json } from "../objects/send.ts";
import { keysOf } from "./keys.ts";

/** What the sending halves of all activities share (§3.1). */

/** An activity without its `@context`. */
export type Activity = Json & { id: string; type: string; actor: string };

/** A row of the log of sent activities. */
export interface Sending {
  activity: Activity;
  /** Kind of the actor, who signs. */
  signer: "community" | "person" | "multi_community";
  /** Never served to whoever asks for its id. */
  sensitive: boolean;
  inboxes: string[];
  /** The community whose followers receive it. */
  followersOf: number | null;
  allInstances: boolean;
  /** What it changes, and what must be in effect before it: see `DeliveryOrder`. */
  changes: string[];
  needs: string[];
}

/** A community in which something is sent. */
export interface SentCommunity {
  id: number;
  ap_id: string;
  local: boolean;
  visibility: CommunityVisibility;
  /** As what others know it while it is local-only; null if they never knew it. */
  federated_visibility: CommunityVisibility | null;
  instance_id: number;
  inbox_url: string;
  followers_url: string | null;
  featured_url: string | null;
  moderators_url: string | null;
}

/** Whether nothing of a community with this visibility leaves the site. */
export function isLocalOnly(visibility: CommunityVisibility): boolean {
  return visibility.startsWith("local_only");
}

/** An activity with a fresh id; members without a value are left out. */
export function activityOf(
  { config }: Pick<Ctx, "config">,
  type: string,
  actor: string,
  members: Json,
): Activity {
  const id =
    `${config.origin}/activities/${type.toLowerCase()}/${crypto.randomUUID()}`;
  return { id, type, actor, ...filled(members) };
}

/** An activity of somebody in a community, with the addressing that they all have (§2.14). */
export function activityIn(
  ctx: Pick<Ctx, "config">,
  community: SentCommunity,
  type: string,
  actor: string,
  members: Json,
): Activity {
  return activityOf(ctx, type, actor, {
    to: audienceOf(community),
    cc: [community.ap_id],
    ...members,
    audience: community.ap_id,
  });
}

/** The Undo of an activity by its own actor, addressed as that is. */
export function undoOf(
  ctx: Pick<Ctx, "config">,
  inner: Activity,
  members: Json = {},
): Activity {
  const { to, cc, audience } = inner;
  return activityOf(ctx, "Undo", inner.actor, {
    to,
    cc,
    object: inner,
    ...members,
    audience,
  });
}

/** What goes to nobody but certain servers, and is never served. */
export function direct(
  activity: Activity,
  inboxes: readonly string[],
  signer: Sending["signer"] = "person",
): Sending[] {
  if (inboxes.length === 0) return [];
  return [{
    activity,
    signer,
    sensitive: true,
    inboxes: [...new Set(inboxes)],
    followersOf: null,
    allInstances: false,
    ...keysOf(activity),
  }];
}

/** How `sendInCommunity` sends. */
export interface CommunitySending {
  community: SentCommunity;
  /** Inboxes of those who follow the actor; none for moderation (§3.1). */
  followers?: readonly string[];
  /** Of persons concerned. */
  inboxes?: readonly string[];
  /** What must be in effect before, beside what the activity itself tells. */
  needs?: readonly string[];
  /** What the community announces in place of the activity. */
  announced?: Activity;
}

/** The send procedure of communities (§3.1): what becomes of a local person's activity in one. */
export function sendInCommunity(
  ctx: Pick<Ctx, "config">,
  activity: Activity,
  options: CommunitySending,
): Sending[] {
  const { community, followers = [], inboxes = [] } = options;
  if (isLocalOnly(community.visibility)) return [];
  const keys = keysOf(activity, [community.ap_id, ...options.needs ?? []]);
  const targets = new Set([...inboxes, ...followers]);
  if (!community.local) targets.add(community.inbox_url);
  const announced = community.local
    ? announcements(ctx, community, options.announced ?? activity, keys.needs)
    : [];
  return [...announced, {
    activity,
    signer: "person",
    sensitive: community.visibility === "private",
    inboxes: [...targets],
    followersOf: null,
    allInstances: false,
    ...keys,
  }];
}

/**
 * What a community of this site announces to its followers (§3.3): the activity as it is and, for
 * microblogs, the post of a Create or Update by itself.
 * @param needs what must be in effect before, beside what the activity itself tells
 */
export function announcements(
  ctx: Pick<Ctx, "config">,
  community: SentCommunity,
  activity: Activity,
  needs: readonly string[] = [],
): Sending[] {
  const keys = keysOf(activity, [community.ap_id, ...needs]);
  const page = postIn(activity);
  const objects = page
    ? [activity, { ...page, actor: activity.actor }]
    : [activity];
  return objects.map((object) => ({
    activity: announceOf(
      ctx,
      community,
      object,
      object === activity ? activity.type : "page",
    ),
    signer: "community",
    sensitive: community.visibility === "private",
    inboxes: [],
    followersOf: community.id,
    allInstances: false,
    ...keys,
  }));
}

/** A community's Announce; its id names what is announced. */
export function announceOf(
  { config }: Pick<Ctx, "config">,
  community: SentCommunity,
  object: Json,
  innerType: string,
): Activity {
  const kind = innerType.toLowerCase();
  return {
    id: `${config.origin}/activities/announce/${kind}/${crypto.randomUUID()}`,
    type: "Announce",
    actor: community.ap_id,
    to: audienceOf(community),
    cc: [community.followers_url ?? `${community.ap_id}/followers`],
    object,
  };
}

const POSTS: ReadonlySet<unknown> = new Set([
  "Page",
  "Article",
  "Video",
  "Event",
]);

/** The post that an activity creates or updates. */
function postIn({ type, object }: Activity): Json | null {
  if (type !== "Create" && type !== "Update") return null;
  if (typeof object !== "object" || object === null) return null;
  const content = object as Json;
  const isPost = POSTS.has(content.type) ||
    content.type === "Note" && (content.inReplyTo ?? null) === null;
  return isPost ? content : null;
}
