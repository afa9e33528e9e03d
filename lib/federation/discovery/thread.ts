import { type Ctx, query } from "../../domain/context.ts";
import { type FedCtx, federationContext, MAX_FETCHES } from "../context.ts";
import { FederationError } from "../errors.ts";
import { refOf } from "../protocol/mod.ts";
import { resolvePostOrComment, type Thread } from "../resolve.ts";
import {
  finish,
  giveBack,
  postpone,
  type Taken,
  withBudgets,
} from "./queue.ts";
import { walkCollection } from "./walk.ts";

/** A thread that other servers may know more of. */
export interface ThreadFetch {
  post_id: number;
  /** Collections that the post names: of the conversation, and of the answers. */
  collections: string[];
  attempts: number;
}

/** Collections of one thread that are read at one go, those of its comments included. */
const MAX_COLLECTIONS = 50;
/** Entries that are looked at. */
const MAX_ITEMS = 1000;

/**
 * Fetches the comments of a thread that the collections of its post, and of the comments found so,
 * list. They are stored as anything that is fetched: nobody is notified, and nobody votes. A hundred
 * requests are made at one go, and as many some times later if that was not enough.
 */
export async function fillThread(
  ctx: Ctx,
  wish: ThreadFetch,
  stopping: AbortSignal,
): Promise<void> {
  const taken: Taken = {
    table: "thread_fetch",
    key: "post_id",
    id: wish.post_id,
    attempts: wish.attempts,
  };
  const open = await query(
    ctx,
    `select from post p join community c on c.id = p.community_id
     where p.id = $1::int4 and not (p.deleted or p.removed or c.deleted or c.removed)`,
    [wish.post_id],
  );
  if (open.length === 0) return await finish(ctx, taken);
  const thread: Thread = {
    post_id: wish.post_id,
    collections: [...wish.collections],
  };
  const unfinished = await withBudgets(
    stopping,
    [MAX_FETCHES],
    async (budget) => {
      const fed = federationContext(ctx, budget);
      const passing = await walkThread(fed, thread);
      return passing || budget.spent;
    },
  );
  if (stopping.aborted) await giveBack(ctx, taken);
  else if (unfinished) await postpone(ctx, taken);
  else await finish(ctx, taken);
}

/** @returns whether something failed that may pass */
async function walkThread(ctx: FedCtx, thread: Thread): Promise<boolean> {
  const walked = new Set<string>();
  const seen = new Set<string>();
  let passing = false;
  const passOver = (what: string, error: unknown) => {
    if (!(error instanceof FederationError)) throw error;
    passing ||= error.transient;
    ctx.log.debug("a part of a thread is passed over", {
      what,
      error: error.message,
    });
  };
  // The list grows while it is read.
  for (const address of thread.collections) {
    if (walked.has(address)) continue;
    if (walked.size === MAX_COLLECTIONS || ctx.budget.spent) break;
    walked.add(address);
    try {
      for await (const item of walkCollection(ctx, address)) {
        const id = refOf(item);
        if (id === undefined || seen.has(id)) continue;
        if (seen.size === MAX_ITEMS || ctx.budget.spent) break;
        seen.add(id);
        try {
          await resolvePostOrComment(ctx, id, thread);
        } catch (error) {
          passOver(id, error);
        }
      }
    } catch (error) {
      passOver(address, error);
    }
  }
  return passing;
}
