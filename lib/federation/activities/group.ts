import type { CommunityVisibility } from "../../domain/views.ts";
import type { StoredEvent } from "../../jobs/event_consumer.ts";
import { groupObject } from "../objects/group.ts";
import type { Building } from "./building.ts";
import { sendCommunitySwitch } from "./deletion.ts";
import {
  activityIn,
  isLocalOnly,
  sendInCommunity,
  type Sending,
} from "./sending.ts";
import type { Subject } from "./subject.ts";

/** What the event of an edited community says of its visibility; nothing where it stays. */
interface Edited {
  visibility_before?: CommunityVisibility;
  visibility?: CommunityVisibility;
  /** As what others know a community that was local-only before. */
  federated_before?: CommunityVisibility | null;
}

/**
 * Update of a community (§3.14), which is addressed by the visibility that receivers know (Q47).
 * For them one that becomes local-only is deleted, and restored when it comes back (§3.8).
 */
export async function sendCommunityUpdate(
  ctx: Building,
  event: StoredEvent,
  { person, community }: Subject,
): Promise<Sending[]> {
  if (!person?.local || !community) return [];
  const data = (event.data ?? {}) as Edited;
  const before = data.visibility_before ?? community.visibility;
  const after = data.visibility ?? community.visibility;
  const returns = isLocalOnly(before);
  if (isLocalOnly(after)) {
    if (returns || !community.local) return [];
    const known = { ...community, visibility: before };
    return sendCommunitySwitch(ctx, person, known, { undone: false });
  }
  const knownAs = returns ? data.federated_before ?? null : before;
  const known = { ...community, visibility: knownAs ?? after };
  const restored = returns && knownAs !== null
    ? sendCommunitySwitch(ctx, person, known, { undone: true })
    : [];
  // Local-only again meanwhile: how it is now is nobody's business any more.
  if (isLocalOnly(community.visibility)) return restored;
  const activity = activityIn(ctx, known, "Update", person.ap_id, {
    object: await groupObject(ctx, community.id),
  });
  return [...restored, ...sendInCommunity(ctx, activity, { community: known })];
}
