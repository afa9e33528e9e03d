import { logCommentWarning } from "../../domain/comment/moderate.ts";
import { logPostWarning } from "../../domain/post/moderate.ts";
import { requireAudience } from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { communityOf } from "../lookup.ts";
import { read, warning } from "../protocol/mod.ts";
import { resolvePostOrComment } from "../resolve.ts";
import {
  actingAs,
  type Incoming,
  moderatorOf,
  type Opened,
  reasonOf,
} from "./received.ts";

/** Warn (§3.13): of a moderator to an author; never announced (Q38). */
export async function openWarning(
  ctx: FedCtx,
  { json }: Incoming,
): Promise<Opened> {
  const given = read(warning, json);
  const content = await resolvePostOrComment(ctx, given.object);
  const community = await communityOf(ctx, content);
  return {
    community,
    quiet: true,
    async verify() {
      requireAudience(given.audience, community);
      const moderator = await moderatorOf(ctx, given.actor, community, {
        object: content.ap_id,
        rule2: false,
      });
      const reason = reasonOf(given.summary);
      return async (ctx) => {
        const acting = await actingAs(ctx, moderator);
        if (content.kind === "post") {
          await logPostWarning(acting, content, reason);
        } else await logCommentWarning(acting, content, reason);
      };
    },
  };
}
