import { inTransaction } from "../domain/context.ts";
import type { FedCtx } from "./context.ts";
import { FederationError } from "./errors.ts";
import { fetchObject } from "./fetch.ts";
import { hostOf, isLocalId, sameHost } from "./ids.ts";
import {
  lookUpActor,
  lookUpPostOrComment,
  type ResolvedActor,
  type ResolvedComment,
  type ResolvedPost,
} from "./lookup.ts";
import { storeNote, verifyNote } from "./objects/received_note.ts";
import { storePage, verifyPage } from "./objects/received_page.ts";
import { wantThread } from "./objects/want_thread.ts";
import { type Note, note, page, read, typeOf } from "./protocol/mod.ts";
import { resolveActor } from "./resolve_actor.ts";

/** What an id stands for: from the database, else from its server (§4.5, §7.2, §7.3). */
export * from "./lookup.ts";
export {
  isStale,
  refreshActor,
  resolveActor,
  resolveCommunity,
  resolveFeed,
  resolveName,
  resolvePerson,
  resolveSite,
} from "./resolve_actor.ts";

/** Answers that may lie between a comment and its post (content §2.1). */
export const MAX_DEPTH = 50;

export type ResolvedContent = ResolvedPost | ResolvedComment;

/** The thread that answers are looked for in. */
export interface Thread {
  post_id: number;
  /** Gets the collections that answers name for what answers them. */
  collections: string[];
}

/**
 * A post or comment by id. What is unknown is fetched with all that it answers, up to the first
 * known one, and stored from there down; posts and comments are never fetched twice.
 * @param thread where it has to be: nothing of others is stored then
 * @throws FederationError `not_found`, `wrong_type`, `wrong_thread`, `max_comment_depth_reached`,
 * `cyclic_reply`, those of fetching and checking
 */
export async function resolvePostOrComment(
  ctx: FedCtx,
  id: string,
  thread?: Thread,
): Promise<ResolvedContent> {
  const answers: Note[] = [];
  const seen = new Set<string>();
  let next = id;
  let found: ResolvedContent | null = null;
  while (!(found = await lookUpPostOrComment(ctx, next))) {
    if (isLocalId(ctx.config, next)) {
      throw new FederationError("not_found", next);
    }
    if (answers.length > MAX_DEPTH) {
      throw new FederationError("max_comment_depth_reached", id);
    }
    const actor = await lookUpActor(ctx, next);
    if (actor) {
      throw new FederationError("wrong_type", `${next} is a ${actor.kind}`);
    }
    const json = await fetched(ctx, next);
    if (typeof json === "string") {
      // The address was another one of something that we have.
      found = await lookUpPostOrComment(ctx, json);
      if (!found) throw new FederationError("not_found", json);
      break;
    }
    const objectId = String(json.id);
    if (seen.has(objectId)) throw new FederationError("cyclic_reply", id);
    seen.add(objectId);
    if (json.type === "Note" && (json.inReplyTo ?? null) !== null) {
      const answer = read(note, json);
      answers.push(answer);
      next = answer.inReplyTo;
      continue;
    }
    if (thread) throw new FederationError("wrong_thread", id);
    found = await receivePost(ctx, json);
    break;
  }
  if (thread && thread.post_id !== postOf(found)) {
    throw new FederationError("wrong_thread", id);
  }
  for (const answer of answers.reverse()) {
    const verified = await verifyNote(ctx, answer, {
      expectedHost: hostOf(answer.id),
    });
    await storeNote(ctx, verified);
    found = await lookUpPostOrComment(ctx, answer.id);
    if (!found) throw new FederationError("not_found", answer.id);
    if (thread && answer.replies && sameHost(answer.replies, answer.id)) {
      thread.collections.push(answer.replies);
    }
  }
  return found;
}

function postOf(content: ResolvedContent): number {
  return content.kind === "post" ? content.id : content.post_id;
}

/** A document, or the address of one of ours that a redirect leads to. */
async function fetched(
  ctx: FedCtx,
  id: string,
): Promise<Record<string, unknown> | string> {
  try {
    return (await fetchObject(ctx, id)).json;
  } catch (error) {
    if (error instanceof FederationError && error.code === "local_object") {
      return error.detail!;
    }
    throw error;
  }
}

const POSTS = new Set(["Page", "Article", "Note", "Video", "Event"]);

async function receivePost(
  ctx: FedCtx,
  json: Record<string, unknown>,
): Promise<ResolvedContent> {
  if (!POSTS.has(typeOf(json))) {
    throw new FederationError("wrong_type", `${json.id} is no post`);
  }
  const post = read(page, json);
  const verified = await verifyPage(ctx, post, {
    expectedHost: hostOf(post.id),
  });
  await inTransaction(ctx, async (ctx) => {
    const stored = await storePage(ctx, verified);
    if (stored.created) await wantThread(ctx, stored.id, post);
  });
  const found = await lookUpPostOrComment(ctx, post.id);
  if (!found) throw new FederationError("not_found", post.id);
  return found;
}

/** A post by id, as `resolvePostOrComment`. */
export async function resolvePost(
  ctx: FedCtx,
  id: string,
): Promise<ResolvedPost> {
  const found = await resolvePostOrComment(ctx, id);
  if (found.kind === "post") return found;
  throw new FederationError("wrong_type", `${id} is no post`);
}

/** A comment by id, as `resolvePostOrComment`. */
export async function resolveComment(
  ctx: FedCtx,
  id: string,
): Promise<ResolvedComment> {
  const found = await resolvePostOrComment(ctx, id);
  if (found.kind === "comment") return found;
  throw new FederationError("wrong_type", `${id} is no comment`);
}

/**
 * Whatever an address stands for: a post, comment or actor.
 * @throws FederationError as `resolvePostOrComment`
 */
export async function resolveObject(
  ctx: FedCtx,
  address: string,
): Promise<ResolvedContent | ResolvedActor> {
  const known = await lookUpPostOrComment(ctx, address) ??
    await lookUpActor(ctx, address);
  if (known) return known;
  if (isLocalId(ctx.config, address)) {
    throw new FederationError("not_found", address);
  }
  const json = await fetched(ctx, address);
  // Its own id may be another one than the address, and known.
  const id = typeof json === "string" ? json : String(json.id);
  const same = await lookUpPostOrComment(ctx, id) ?? await lookUpActor(ctx, id);
  if (same) return same;
  if (typeof json === "string") throw new FederationError("not_found", id);
  const isAnswer = json.type === "Note" && (json.inReplyTo ?? null) !== null;
  if (POSTS.has(typeOf(json)) && !isAnswer) {
    return await receivePost(ctx, json);
  }
  return isAnswer
    ? await resolvePostOrComment(ctx, id)
    : await resolveActor(ctx, id);
}
