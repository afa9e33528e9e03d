import { isConnectionError } from "../../db/connection.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { checkLink, type LinkCheck } from "../link/check.ts";
import type { PostView } from "../views.ts";
import { readPost } from "./view.ts";

/** Milliseconds for which an author's answer waits for what the link leads to (content §1.1). */
const PATIENCE_MS = 3000;

interface Written {
  view: PostView;
  /** The look at the link that the post waits for. */
  check: LinkCheck | null;
}

/**
 * Writes a post in a transaction and looks at its link afterwards, so that the answer shows what
 * that leads to. What takes longer than 3 s is not waited for, and stored all the same. Within a
 * larger transaction, which must not wait for the network, the look is left to the queue.
 * @param write is told whether its `wantLinkCheck` is held for this
 */
export async function withLink(
  ctx: Ctx,
  write: (ctx: Ctx, held: boolean) => Promise<Written>,
): Promise<PostView> {
  const held = !ctx.db.isTransaction;
  const { view, check } = await inTransaction(ctx, (ctx) => write(ctx, held));
  if (!held || check === null) return view;
  await lookAtLink(ctx, check);
  return await readPost(ctx, view.post.id);
}

/** Resolves when the link has been looked at, or has taken too long. */
async function lookAtLink(ctx: Ctx, check: LinkCheck): Promise<void> {
  const { promise: patience, resolve: giveUp } = Promise.withResolvers<void>();
  const timer = setTimeout(giveUp, PATIENCE_MS);
  const look = checkLink(ctx, check).catch((error) => {
    // The queue takes it up again.
    if (isConnectionError(error)) return;
    ctx.log.error("a link could not be looked at", { ...check, error });
  });
  await Promise.race([look, patience]);
  clearTimeout(timer);
}
