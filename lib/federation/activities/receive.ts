import { query } from "../../domain/context.ts";
import { recordEvent } from "../../domain/event/record.ts";
import { requireAccepts, requirePersonInCommunity } from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { isLocalId, sameHost, sameUrl } from "../ids.ts";
import {
  lookUpActor,
  lookUpPerson,
  lookUpPostOrComment,
  type ResolvedCommunity,
} from "../lookup.ts";
import { checkUrl } from "../policy.ts";
import {
  announce,
  envelope,
  isObject,
  read,
  refOf,
  typeOf,
  undo,
  urls,
} from "../protocol/mod.ts";
import { refreshActor, resolvePostOrComment } from "../resolve.ts";
import {
  checkAddressing,
  type Checked,
  type Effect,
  type Incoming,
  innerActivity,
  NO_EFFECT,
  type Opened,
  type Opener,
  requireOwnUndo,
} from "./received.ts";
import { openAnswer } from "./received_answer.ts";
import { openBlock, openBlockUndo } from "./received_block.ts";
import { openCollectionChange } from "./received_collection.ts";
import { openComment } from "./received_comment.ts";
import { openDeletion, openDeletionUndo } from "./received_deletion.ts";
import { openFeed } from "./received_feed.ts";
import { openFollow, openFollowUndo } from "./received_follow.ts";
import { openGroup } from "./received_group.ts";
import { openLock, openLockUndo } from "./received_lock.ts";
import { moderatedEcho, openPost } from "./received_post.ts";
import {
  isForOnePersonHere,
  openPrivateMessage,
} from "./received_private_message.ts";
import { openFlag, openResolution } from "./received_report.ts";
import { openVote, openVoteUndo } from "./received_vote.ts";
import { openWarning } from "./received_warning.ts";

/** Which activities there are, and what is done with each (§3.1, §4.2 step 10). */

const OPENERS: Record<string, Opener> = {
  Follow: openFollow,
  Accept: openAnswer,
  Reject: openAnswer,
  Create: openPublication,
  Update: openPublication,
  Like: openVote,
  Dislike: openVote,
  Delete: openDeletion,
  Block: openBlock,
  Add: openCollectionChange,
  Remove: openCollectionChange,
  Lock: openLock,
  Flag: openFlag,
  Resolve: openResolution,
  Warn: openWarning,
  Undo: openUndo,
};

/** Kinds that are for one server alone: no community announces them. */
const DIRECT = new Set(["Follow", "Accept", "Reject"]);

/** Whether anything is done with activities of a type. */
export function isKnownType(type: string): boolean {
  return type === "Announce" || Object.hasOwn(OPENERS, type);
}

/**
 * Checks an activity of which the sender is verified, and tells what is to be done. May fetch; not
 * in a transaction.
 * @param json the activity as it came
 * @throws FederationError the reason of a refusal, or what may pass
 */
export async function openActivity(
  ctx: FedCtx,
  json: Record<string, unknown>,
): Promise<Checked> {
  const { id, type, actor } = read(envelope, json);
  if (type === "Announce") return await openAnnounce(ctx, json);
  const activity: Incoming = { id, type, actor, json, announcer: null };
  const opened = await open(ctx, activity);
  const { community } = opened;
  await accept(ctx, opened);
  const effect = await opened.verify();
  const { locks } = opened;
  if (!community?.local || opened.quiet) return { effect, locks };
  return {
    async effect(ctx) {
      await effect(ctx);
      if (opened.takesPart || await mayBeAnnounced(ctx, actor, community)) {
        await haveAnnounced(ctx, activity, community);
      }
    },
    locks,
  };
}

/** ACCEPT. */
async function accept(ctx: FedCtx, opened: Opened): Promise<void> {
  if (opened.community && !opened.accepts) {
    await requireAccepts(ctx, opened.community);
  }
}

/** What is done by somebody who has no place in the community stays, but is not announced. */
async function mayBeAnnounced(
  ctx: FedCtx,
  actor: string,
  community: ResolvedCommunity,
): Promise<boolean> {
  const person = await lookUpPerson(ctx, actor);
  if (!person) return false;
  try {
    await requirePersonInCommunity(ctx, person, community);
    return true;
  } catch (error) {
    if (error instanceof FederationError) return false;
    throw error;
  }
}

/** Leaves it to the outbox to announce an activity, in the transaction that carries it out. */
async function haveAnnounced(
  ctx: FedCtx,
  { json }: Incoming,
  community: ResolvedCommunity,
): Promise<void> {
  const { "@context": _, ...activity } = json;
  await recordEvent(ctx, {
    kind: "activity_received",
    community_id: community.id,
    // Receivers compare with what they have stored, not with what it is being changed to (Q47).
    data: { activity, visibility: community.visibility },
  });
}

async function open(ctx: FedCtx, activity: Incoming): Promise<Opened> {
  const opener = Object.hasOwn(OPENERS, activity.type)
    ? OPENERS[activity.type]
    : null;
  if (!opener) throw new FederationError("unknown_activity", activity.type);
  return await opener(ctx, activity);
}

const PAGES = new Set(["Page", "Article", "Video", "Event"]);
const PERSONS = new Set(["Person", "Service", "Organization"]);

/** Create and Update, by what their object is. */
async function openPublication(
  ctx: FedCtx,
  activity: Incoming,
): Promise<Opened> {
  const { object } = activity.json;
  if (!isObject(object)) throw new FederationError("unreadable", "object");
  const type = typeOf(object);
  if (PAGES.has(type)) return await openPost(ctx, activity);
  if (type === "ChatMessage") return await openPrivateMessage(ctx, activity);
  if (type === "Note") {
    if (await isForOnePersonHere(ctx, recipientsOf(activity.json, object))) {
      return await openPrivateMessage(ctx, activity);
    }
    return (object.inReplyTo ?? null) === null
      ? await openPost(ctx, activity)
      : await openComment(ctx, activity);
  }
  if (activity.type === "Update") {
    if (type === "Group") return await openGroup(ctx, activity);
    if (type === "Feed") return await openFeed(ctx, activity);
    if (PERSONS.has(type)) return openPersonUpdate(ctx, activity);
  }
  throw new FederationError("unknown_activity", `${activity.type}/${type}`);
}

/** Everybody whom an activity and its object are addressed to. */
function recipientsOf(
  ...objects: Record<string, unknown>[]
): ReadonlySet<string> {
  return new Set(
    objects.flatMap(({ to, cc }) => [...read(urls, to), ...read(urls, cc)]),
  );
}

/** Nobody's word is taken for who he is: his server is asked (§2.5). */
function openPersonUpdate(ctx: FedCtx, activity: Incoming): Opened {
  const subject = refOf(activity.json.object);
  return {
    community: null,
    async verify() {
      if (
        activity.announcer !== null || subject === undefined ||
        !sameUrl(subject, activity.actor)
      ) throw new FederationError("not_the_author", activity.actor);
      await refreshActor(ctx, subject, { force: true });
      return NO_EFFECT;
    },
  };
}

async function openUndo(ctx: FedCtx, activity: Incoming): Promise<Opened> {
  const given = read(undo, activity.json);
  const json = await innerActivity(ctx, given.object);
  const { id, type, actor } = read(envelope, json);
  requireOwnUndo(given.actor, actor);
  const inner: Incoming = {
    id,
    type,
    actor,
    json,
    announcer: activity.announcer,
  };
  const undoing = {
    actor: given.actor,
    to: given.to,
    cc: given.cc,
    restoreData: given.restoreData ?? false,
    summary: given.summary,
  };
  switch (type) {
    case "Follow":
      return await openFollowUndo(ctx, inner, undoing);
    case "Like":
    case "Dislike":
      return await openVoteUndo(ctx, inner, undoing);
    case "Delete":
      return await openDeletionUndo(ctx, inner, undoing);
    case "Block":
      return await openBlockUndo(ctx, inner, undoing);
    case "Lock":
      return await openLockUndo(ctx, inner, undoing);
    default:
      throw new FederationError("unknown_activity", `Undo/${type}`);
  }
}

/** Announce (§3.3): what a community passes on, with its word for it. */
async function openAnnounce(
  ctx: FedCtx,
  json: Record<string, unknown>,
): Promise<Checked> {
  const given = read(announce, json);
  if (typeof given.object === "string") await announcerOf(ctx, given.actor);
  const inner = await innerActivity(ctx, given.object);
  const type = typeOf(inner);
  if (type === "Note" || PAGES.has(type)) {
    const announcer = await announcerOf(ctx, given.actor);
    return { effect: await openBareObject(ctx, inner, announcer) };
  }
  const { id, type: kind, actor } = read(envelope, inner);
  if (DIRECT.has(kind)) throw new FederationError("unknown_activity", kind);
  await requireSource(ctx, id, actor, given.actor);
  const activity: Incoming = {
    id,
    type: kind,
    actor,
    json: inner,
    announcer: given.actor,
  };
  const opened = await open(ctx, activity);
  const { community } = opened;
  if (!community || community.local || !isSame(community.ap_id, given.actor)) {
    throw new FederationError("wrong_community", given.actor);
  }
  checkAddressing(opened, given);
  await accept(ctx, opened);
  if (isLocalId(ctx.config, actor)) {
    const echo = await moderatedEcho(ctx, activity, community);
    return { effect: echo ?? ((ctx) => acknowledge(ctx, inner)) };
  }
  const effect = await opened.verify();
  return { effect, locks: opened.locks };
}

/** Ids of actors compare without case. */
function isSame(a: string, b: string): boolean {
  return sameUrl(a.toLowerCase(), b.toLowerCase());
}

/** The community that announces: a person's boost is no word of a community. `wrong_community` */
async function announcerOf(
  ctx: FedCtx,
  id: string,
): Promise<ResolvedCommunity> {
  const announcer = await lookUpActor(ctx, id);
  if (announcer?.kind === "community" && !announcer.local) return announcer;
  throw new FederationError("wrong_community", id);
}

/**
 * An activity is of its actor's host; what a community makes of a moderator's change may be of the
 * community's. Hosts that the site does not federate with are not heard through others either.
 */
async function requireSource(
  ctx: FedCtx,
  id: string,
  actor: string,
  announcer: string,
): Promise<void> {
  if (!sameHost(id, actor) && !sameHost(id, announcer)) {
    throw new FederationError("wrong_host", id);
  }
  await checkUrl(ctx, actor);
}

/** The community has what somebody here sent it (Q23). */
async function acknowledge(
  ctx: FedCtx,
  inner: Record<string, unknown>,
): Promise<void> {
  const object = refOf(inner.object);
  if (object === undefined || !isLocalId(ctx.config, object)) return;
  const content = await lookUpPostOrComment(ctx, object);
  if (!content?.federation_pending) return;
  await query(
    ctx,
    `update ${content.kind} set federation_pending = false where id = $1::int4`,
    [content.id],
  );
}

/**
 * A post or comment instead of an activity: senders send that as well, so that what is known is
 * nothing new; what is unknown is fetched (Q22).
 */
async function openBareObject(
  ctx: FedCtx,
  inner: Record<string, unknown>,
  announcer: ResolvedCommunity,
): Promise<Effect> {
  const id = refOf(inner);
  if (id === undefined) throw new FederationError("unreadable", "object.id");
  const known = await lookUpPostOrComment(ctx, id);
  if (known) return NO_EFFECT;
  await requireAccepts(ctx, announcer);
  const content = await resolvePostOrComment(ctx, id);
  if (content.community_id !== announcer.id) {
    throw new FederationError("wrong_community", id);
  }
  return NO_EFFECT;
}
