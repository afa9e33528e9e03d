import { isConnectionError } from "../../db/connection.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { checkLink, type LinkCheck } from "../link/check.ts";
import type { PostView } from "../views.ts";
import { readPost } from "./view.ts";

/** Milliseconds for which an author's answer waits for what the link leads to (content §1.1). */
const PATIENCE_MS = 3000;
/** Looks for answers under way at once in one process; what comes beyond is left to the queue. */
const AT_ONCE = 8;
/** How many there are, by the way out. */
const looking = new WeakMap<Ctx["outgoing"], number>();

interface Written {
  view: PostView;
  /** The look at the link that the post waits for. */
  check: LinkCheck | null;
}

/**
 * Writes a post in a transaction and looks at its link afterwards, so that the answer shows what
 * that leads to. What takes longer than 3 s is not waited for, and stored all the same. Within a
 * larger transaction, which must not wait for the network, and while many look the look is left to
 * the queue.
 * @param write is told whether its `wantLinkCheck` is held for this
 */
export async function withLink(
  ctx: Ctx,
  write: (ctx: Ctx, held: boolean) => Promise<Written>,
): Promise<PostView> {
  const release = ctx.db.isTransaction ? null : reserve(ctx);
  if (release === null) {
    return (await inTransaction(ctx, (ctx) => write(ctx, false))).view;
  }
  let look: Promise<void> | undefined;
  try {
    const { view, check } = await inTransaction(ctx, (ctx) => write(ctx, true));
    if (check === null) return view;
    look = lookAtLink(ctx, check);
    await inTime(look);
    return await readPost(ctx, view.post.id);
  } finally {
    if (look) look.finally(release);
    else release();
  }
}

/** Takes one of the places for looks. @returns what frees it; null when all are taken */
function reserve({ outgoing }: Ctx): (() => void) | null {
  const count = (change: number) =>
    looking.set(outgoing, (looking.get(outgoing) ?? 0) + change);
  if ((looking.get(outgoing) ?? 0) >= AT_ONCE) return null;
  count(1);
  return () => count(-1);
}

/** Never fails: what could not be looked at the queue takes up again. */
async function lookAtLink(ctx: Ctx, check: LinkCheck): Promise<void> {
  try {
    await checkLink(ctx, check);
  } catch (error) {
    if (isConnectionError(error)) return;
    ctx.log.error("a link could not be looked at", { ...check, error });
  }
}

/** Resolves when the look has ended, or has taken too long. */
async function inTime(look: Promise<void>): Promise<void> {
  const { promise: patience, resolve: giveUp } = Promise.withResolvers<void>();
  const timer = setTimeout(giveUp, PATIENCE_MS);
  await Promise.race([look, patience]);
  clearTimeout(timer);
}
