import type {
  ActivityReceived,
  ReportReceived,
} from "../../domain/event/record.ts";
import type { CommunityVisibility } from "../../domain/views.ts";
import type { StoredEvent } from "../../jobs/event_consumer.ts";
import type { Building } from "./building.ts";
import { keysOf } from "./keys.ts";
import {
  type Activity,
  announcements,
  announceOf,
  direct,
  isLocalOnly,
  type Sending,
} from "./sending.ts";
import { moderatorInboxes, siteInboxes, type Subject } from "./subject.ts";

/** What a community of this site passes on of what others sent it (§3.3 b, §3.12). */

/** Announces an activity to the followers, as it came. */
export function announceReceived(
  ctx: Building,
  event: StoredEvent,
  { community }: Subject,
): Sending[] {
  if (!community?.local || isLocalOnly(community.visibility)) return [];
  const { activity, visibility } = event.data as ActivityReceived;
  // Receivers compare with the visibility that they know (Q47).
  return announcements(
    ctx,
    { ...community, visibility: visibility as CommunityVisibility },
    activity as Activity,
  );
}

/** Announces a report, or that it is resolved, to the moderators and servers concerned. */
export async function announceReport(
  ctx: Building,
  event: StoredEvent,
  { community }: Subject,
): Promise<Sending[]> {
  if (!community?.local || isLocalOnly(community.visibility)) return [];
  const data = event.data as ReportReceived;
  const activity = data.activity as Activity;
  const inboxes = [
    ...await moderatorInboxes(ctx, community.id),
    ...await siteInboxes(ctx, [
      data.reporter_instance_id,
      data.author_instance_id,
    ]),
  ];
  const announce = announceOf(ctx, community, activity, activity.type);
  return direct(announce, inboxes, "community").map((sending) => ({
    ...sending,
    ...keysOf(activity),
  }));
}
