import { recordEvent } from "../../domain/event/record.ts";
import { recordModlog } from "../../domain/modlog/record.ts";
import { requireAudience, requireVisible } from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { hostOf } from "../ids.ts";
import {
  declaredVisibility,
  storeGroup,
  type VerifiedGroup,
  verifyGroup,
} from "../objects/received_group.ts";
import { group, publication, read } from "../protocol/mod.ts";
import { resolveCommunity } from "../resolve.ts";
import {
  actingAs,
  type Incoming,
  moderatorOf,
  type Opened,
} from "./received.ts";

/** Update of a community by one of its moderators (§3.14). */
export async function openGroup(
  ctx: FedCtx,
  { json }: Incoming,
): Promise<Opened> {
  const given = read(publication, json);
  const document = read(group, given.object);
  const community = await resolveCommunity(ctx, document.id);
  const declared = declaredVisibility(document);
  /** VIS by the visibility that is stored, or by the one that it changes to (Q47). */
  const checkAddressing = (to: readonly string[], cc: readonly string[]) => {
    try {
      requireVisible(community, to, cc);
    } catch (error) {
      if (declared === null) throw error;
      requireVisible(community, to, cc, { visibility: declared });
    }
  };
  return {
    community,
    checkAddressing,
    async verify() {
      requireAudience(given.audience, community);
      checkAddressing(given.to, given.cc);
      const moderator = await moderatorOf(ctx, given.actor, community, {
        object: null,
        rule2: false,
      });
      const verified = await verifyGroup(ctx, document, {
        expectedHost: hostOf(community.ap_id),
      });
      return (ctx) => store(ctx, moderator, verified);
    },
  };
}

async function store(
  ctx: FedCtx,
  moderator: number,
  verified: VerifiedGroup,
): Promise<void> {
  const { id, visibility, visibilityBefore } = await storeGroup(ctx, verified);
  if (visibilityBefore !== null && visibilityBefore !== visibility) {
    await recordModlog(await actingAs(ctx, moderator), {
      kind: "mod_change_community_visibility",
      target_community_id: id,
    });
  }
  await recordEvent(ctx, {
    kind: "community_updated",
    person_id: moderator,
    community_id: id,
    data: { received: true, visibility_before: visibilityBefore },
  });
}
