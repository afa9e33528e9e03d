import { setCommentLocked } from "../../domain/comment/moderate.ts";
import { setPostLocked } from "../../domain/post/moderate.ts";
import { requireAudience, requireVisible } from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { communityOf } from "../lookup.ts";
import { lock, read } from "../protocol/mod.ts";
import { resolvePostOrComment } from "../resolve.ts";
import {
  actingAs,
  type Incoming,
  moderatorOf,
  type Opened,
  reasonOf,
  type Undoing,
} from "./received.ts";

/** Lock (§3.11). */
export function openLock(ctx: FedCtx, activity: Incoming): Promise<Opened> {
  return open(ctx, activity, null);
}

export function openLockUndo(
  ctx: FedCtx,
  activity: Incoming,
  undoing: Undoing & { summary?: string },
): Promise<Opened> {
  return open(ctx, activity, undoing);
}

async function open(
  ctx: FedCtx,
  { json }: Incoming,
  undoing: Undoing & { summary?: string } | null,
): Promise<Opened> {
  const given = read(lock, json);
  const content = await resolvePostOrComment(ctx, given.object);
  const community = await communityOf(ctx, content);
  return {
    community,
    async verify() {
      requireAudience(given.audience, community);
      requireVisible(community, given.to, given.cc);
      const moderator = await moderatorOf(
        ctx,
        undoing?.actor ?? given.actor,
        community,
        { object: content.ap_id, rule2: true },
      );
      const change = {
        locked: undoing === null,
        reason: reasonOf(undoing?.summary ?? given.summary),
      };
      return async (ctx) => {
        const acting = await actingAs(ctx, moderator);
        if (content.kind === "post") {
          await setPostLocked(acting, content, change);
        } else await setCommentLocked(acting, content, change);
      };
    },
  };
}
