import { query } from "../../domain/context.ts";
import type { StoredEvent } from "../../jobs/event_consumer.ts";
import type { Building } from "./building.ts";
import {
  activityOf,
  direct,
  isLocalOnly,
  type Sending,
  type SentCommunity,
} from "./sending.ts";
import { moderatorInboxes, siteInboxes, type Subject } from "./subject.ts";

/** Flag and Resolve (§3.12). */

interface Report {
  type_: "post" | "comment" | "community" | "private_message";
  reason: string;
  violates_instance_rules: boolean;
  reporter: string;
  reporter_instance: number;
  /** What is reported. */
  object: string;
  /** Null for the report of a community. */
  author_instance: number | null;
}

/** Where a report goes. */
interface Receiver {
  ap_id: string;
  inboxes: string[];
  /** Set if the receiver is a community. */
  audience: string | undefined;
}

const TEXT = `
  select r.type_, r.reason, r.violates_instance_rules, w.ap_id as reporter,
    w.instance_id as reporter_instance, a.instance_id as author_instance,
    case r.type_ when 'post' then p.ap_id when 'comment' then m.ap_id
      when 'community' then c.ap_id else pm.ap_id end as object
  from report r join person w on w.id = r.creator_id
  left join post p on p.id = r.post_id
  left join comment m on m.id = r.comment_id
  left join community c on c.id = r.community_id
  left join private_message pm on pm.id = r.private_message_id
  left join person a on a.id = case r.type_ when 'post' then p.creator_id
    when 'comment' then m.creator_id when 'private_message' then pm.creator_id end
  where r.id = $1::int4`;

/**
 * Somebody here reports something, or a moderator here resolves a report. What concerns the rules
 * of this site alone stays here, and that a report is open again is told to nobody (Q41).
 */
export async function sendReport(
  ctx: Building,
  event: StoredEvent,
  { person, community }: Subject,
): Promise<Sending[]> {
  const { report_id, resolved } = event.data as {
    report_id: number;
    resolved?: boolean;
  };
  if (!person?.local || resolved === false) return [];
  const [report] = await query<Report>(ctx, TEXT, [report_id]);
  if (!report || report.violates_instance_rules) return [];
  if (community && isLocalOnly(community.visibility)) return [];
  const receiver = await receiverOf(ctx, report, community);
  if (!receiver) return [];
  const { audience } = receiver;
  const to = [receiver.ap_id];
  const inboxes = [
    ...receiver.inboxes,
    ...await siteInboxes(ctx, [report.reporter_instance]),
  ];
  const flag = (summary?: string) =>
    activityOf(ctx, "Flag", report.reporter, {
      to,
      object: report.object,
      summary,
      audience,
    });
  return direct(
    resolved
      ? activityOf(ctx, "Resolve", person.ap_id, {
        to,
        object: flag(),
        audience,
      })
      : flag(report.reason),
    inboxes,
  );
}

/** The community of posts and comments, else the site of the community's or author's server. */
async function receiverOf(
  ctx: Building,
  report: Report,
  community: SentCommunity | null,
): Promise<Receiver | null> {
  if (report.type_ === "post" || report.type_ === "comment") {
    if (!community) return null;
    const { ap_id, local, inbox_url } = community;
    const inboxes = local
      ? [
        ...await moderatorInboxes(ctx, community.id),
        ...await siteInboxes(ctx, [report.author_instance]),
      ]
      : [inbox_url];
    return { ap_id, inboxes, audience: ap_id };
  }
  const instance = community?.instance_id ?? report.author_instance;
  const [site] = await query<{ ap_id: string }>(
    ctx,
    "select ap_id from site where instance_id = $1::int4",
    [instance],
  );
  return site
    ? {
      ap_id: site.ap_id,
      inboxes: await siteInboxes(ctx, [instance]),
      audience: undefined,
    }
    : null;
}
