import { setCommentDeleted } from "../../domain/comment/edit.ts";
import {
  type ModeratedComment,
  setCommentRemoved,
} from "../../domain/comment/moderate.ts";
import { setCommunityDeleted } from "../../domain/community/edit.ts";
import { setCommunityRemoved } from "../../domain/community/moderate.ts";
import { lockPersons, query } from "../../domain/context.ts";
import { recordEvent } from "../../domain/event/record.ts";
import { addBulkTask } from "../../domain/moderation/bulk_task.ts";
import { eraseProfile } from "../../domain/person/erase.ts";
import { requireTopMod } from "../../domain/permissions.ts";
import { setPostDeleted } from "../../domain/post/edit.ts";
import { setPostRemoved } from "../../domain/post/moderate.ts";
import {
  requireAlive,
  requireAudience,
  requireLiving,
  requireModerator,
  requirePerson,
  requirePersonInCommunity,
  requireVisible,
} from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { PUBLIC, sameHost, sameUrl } from "../ids.ts";
import {
  communityOf,
  lookUpCommunity,
  lookUpPerson,
  lookUpPostOrComment,
  type ResolvedCommunity,
  type ResolvedPerson,
} from "../lookup.ts";
import { deletion, read } from "../protocol/mod.ts";
import { type ResolvedContent, resolvePerson } from "../resolve.ts";
import {
  actingAs,
  type Incoming,
  moderatorOf,
  type Opened,
  reasonOf,
  type Undoing,
} from "./received.ts";
import {
  lookUpMessage,
  openMessageDeletion,
} from "./received_private_message.ts";

/** Delete and its Undo (§3.8): by the owner, or with a `summary` by a moderator. */

type Deletion = ReturnType<typeof readDeletion>;

function readDeletion({ json }: Incoming) {
  return read(deletion, json);
}

export function openDeletion(ctx: FedCtx, activity: Incoming): Promise<Opened> {
  return open(ctx, activity, null);
}

export function openDeletionUndo(
  ctx: FedCtx,
  activity: Incoming,
  undoing: Undoing,
): Promise<Opened> {
  return open(ctx, activity, undoing);
}

/** What is meant is looked up here only, never fetched. */
async function open(
  ctx: FedCtx,
  activity: Incoming,
  undoing: Undoing | null,
): Promise<Opened> {
  const given = readDeletion(activity);
  const actor = undoing?.actor ?? given.actor;
  const { object } = given;
  const gone = undoing === null;
  const community = await lookUpCommunity(ctx, object);
  if (community) return openCommunity(ctx, given, actor, community, gone);
  const person = await lookUpPerson(ctx, object);
  if (person) return openPerson(ctx, given, actor, person, undoing);
  const content = await lookUpPostOrComment(ctx, object);
  if (content) return await openContent(ctx, given, actor, content, gone);
  const message = await lookUpMessage(ctx, object);
  if (message && given.summary === undefined && activity.announcer === null) {
    return openMessageDeletion(ctx, { actor, object, deleted: gone }, message);
  }
  throw new FederationError("not_found", object);
}

/** VIS by `to` alone; in a private community everybody is tolerated as a recipient (Q46). */
function addressingOf(community: ResolvedCommunity): Opened["checkAddressing"] {
  return (to, cc) => {
    if (community.visibility !== "private") requireVisible(community, to, cc);
  };
}

async function openContent(
  ctx: FedCtx,
  given: Deletion,
  actor: string,
  content: ResolvedContent,
  gone: boolean,
): Promise<Opened> {
  const community = await communityOf(ctx, content);
  const checkAddressing = addressingOf(community);
  return {
    community,
    checkAddressing,
    async verify() {
      requireAudience(given.audience, community);
      checkAddressing?.(given.to, []);
      requireAlive(community);
      if (given.summary !== undefined) {
        const moderator = await moderatorOf(ctx, actor, community, {
          object: content.ap_id,
          rule2: true,
          target: content.creator_id,
        });
        const change = {
          removed: gone,
          reason: reasonOf(given.summary),
          below: given.withReplies ?? false,
        };
        return async (ctx) =>
          await remove(await actingAs(ctx, moderator), content, change);
      }
      const person = await requireLiving(ctx, actor);
      await requirePersonInCommunity(ctx, person, community);
      if (!sameHost(actor, content.ap_id)) {
        throw new FederationError("wrong_host", content.ap_id);
      }
      return (ctx) => setDeleted(ctx, content, gone);
    },
  };
}

async function remove(
  ctx: FedCtx,
  content: ResolvedContent,
  change: { removed: boolean; reason: string; below: boolean },
): Promise<void> {
  if (content.kind === "post") await setPostRemoved(ctx, content, change);
  else await setCommentRemoved(ctx, content satisfies ModeratedComment, change);
}

/** As its author; what is so already stays. */
async function setDeleted(
  ctx: FedCtx,
  content: ResolvedContent,
  deleted: boolean,
): Promise<void> {
  await lockPersons(ctx, [content.creator_id]);
  const rows = await query<{ scheduled_publish_time_at: string | null }>(
    ctx,
    `select ${
      content.kind === "post" ? "" : "null as "
    }scheduled_publish_time_at from ${content.kind}
     where id = $1::int4 and deleted <> $2::boolean for no key update`,
    [content.id, deleted],
  );
  if (rows.length === 0) return;
  const acting = await actingAs(ctx, content.creator_id);
  if (content.kind === "post") {
    await setPostDeleted(acting, { ...content, ...rows[0] }, deleted);
  } else await setCommentDeleted(acting, content, deleted);
}

function openCommunity(
  ctx: FedCtx,
  given: Deletion,
  actor: string,
  community: ResolvedCommunity,
  gone: boolean,
): Opened {
  const checkAddressing = addressingOf(community);
  return {
    community,
    checkAddressing,
    async verify() {
      requireAudience(given.audience, community);
      checkAddressing?.(given.to, []);
      if (given.summary !== undefined && community.local) {
        throw new FederationError("only_local_admin_can_remove_community");
      }
      await requireModerator(ctx, actor, community.ap_id, community, {
        rule2: true,
      });
      // A community may speak for itself, as when its server hides it from others.
      const person = sameUrl(actor, community.ap_id)
        ? null
        : await resolvePerson(ctx, actor);
      if (community.local && person) {
        await requirePersonInCommunity(ctx, person, community);
        // As with the API, only the first moderator has a say over the whole.
        await requireTopMod(await actingAs(ctx, person.id), community.id);
      }
      const { id: community_id } = community;
      if (given.summary === undefined) {
        return async (ctx) =>
          await setCommunityDeleted(
            person ? await actingAs(ctx, person.id) : ctx,
            community_id,
            gone,
          );
      }
      if (!person) throw new FederationError("wrong_type", actor);
      const reason = reasonOf(given.summary);
      return async (ctx) =>
        await setCommunityRemoved(await actingAs(ctx, person.id), {
          community_id,
          removed: gone,
          reason,
        });
    },
  };
}

/** Persons delete themselves, and cannot take that back (Q4). */
function openPerson(
  ctx: FedCtx,
  given: Deletion,
  actor: string,
  person: ResolvedPerson,
  undoing: Undoing | null,
): Opened {
  return {
    community: null,
    async verify() {
      if (given.summary !== undefined) {
        throw new FederationError("not_found", given.object);
      }
      if (undoing) throw new FederationError("not_undoable", given.object);
      if (!given.to.includes(PUBLIC) && !given.cc.includes(PUBLIC)) {
        throw new FederationError("object_is_not_public");
      }
      if (person.local || !sameUrl(actor, person.ap_id)) {
        throw new FederationError("not_the_author", actor);
      }
      if (!person.deleted) await requirePerson(ctx, actor);
      const everything = given.removeData ?? false;
      return (ctx) => erase(ctx, person, everything);
    },
  };
}

async function erase(
  ctx: FedCtx,
  person: ResolvedPerson,
  everything: boolean,
): Promise<void> {
  await eraseProfile(ctx, person.id);
  if (everything) {
    await addBulkTask(ctx, { kind: "erase_person", person_id: person.id });
  }
  await recordEvent(ctx, {
    kind: "person_deleted",
    person_id: person.id,
    data: { delete_content: everything },
  });
}
