import { requireViewer } from "../account/session.ts";
import type { Ctx } from "../context.ts";
import { VoteQueue } from "./queue.ts";
import type { Cast } from "./store.ts";
import type { VoteTarget } from "./target.ts";

/** The votes under way on each pool or transaction. */
const queues = new WeakMap<Ctx["db"], VoteQueue>();

/**
 * Stores the viewer's vote (up, down, or null for none) with all that belongs to it, in one
 * statement and so in one transaction: the totals that the viewer gave the author (content §5.1),
 * the event, and the mark on what told the viewer of the item. Nothing is told when there was no
 * vote before and there is none now. Counters and ranks follow by trigger.
 *
 * Votes that come at the same time are stored together, each still answered for itself.
 * @param voterId of a person of another server, who is not signed in here
 */
export async function castVote(
  ctx: Ctx,
  kind: Cast["kind"],
  target: VoteTarget,
  vote: boolean | null,
  voterId: number = requireViewer(ctx).person.id,
): Promise<void> {
  let queue = queues.get(ctx.db);
  if (!queue) {
    queue = new VoteQueue(ctx.db.isTransaction);
    queues.set(ctx.db, queue);
  }
  await queue.add(ctx, { kind, target, vote, voterId });
}
