import { batched } from "../../db/batcher.ts";
import type { Ctx } from "../context.ts";

/** What an event may say; every kind names the rows that its readers will load. */
export interface EventRow {
  kind:
    | "post_created"
    | "post_updated"
    | "post_deleted"
    | "post_voted"
    | "comment_created"
    | "comment_updated"
    | "comment_deleted"
    | "comment_voted"
    | "community_created"
    | "community_updated"
    | "community_deleted"
    | "community_followed"
    /** A moderator answered the person's request to join. */
    | "follow_answered"
    | "multi_community_updated"
    | "multi_community_followed"
    | "person_created"
    | "person_updated"
    | "person_deleted"
    | "settings_imported"
    | "private_message_created"
    | "private_message_updated"
    | "private_message_deleted"
    | "site_updated"
    | "report_created"
    | "report_resolved"
    /** An entry of the modlog, which says what happened; see `ModActionData`. */
    | "mod_action"
    /**
     * Somebody of another server follows what `data` names (`FollowReceived`): to be accepted.
     */
    | "follow_received"
    /** An activity of another server in a community of this site: to be announced. */
    | "activity_received"
    /** A report, or that it was resolved, in a community of this site: to be passed on. */
    | "report_received";
  community_id?: number;
  post_id?: number;
  comment_id?: number;
  person_id?: number;
  data?: unknown;
}

/** What `data` of `follow_received` says. */
export interface FollowReceived {
  target: "person" | "community" | "multi_community";
  target_id: number;
  /** Id of the follower, who may be a community. */
  follower: string;
  follower_inbox: string;
  follow_ap_id: string;
}

/** What `data` of `activity_received` says. */
export interface ActivityReceived {
  /** As it came, without its `@context`. */
  activity: Record<string, unknown>;
  /** That of the community before the activity, by which it is addressed. */
  visibility: string;
}

/** What `data` of `report_received` says. */
export interface ReportReceived {
  activity: Record<string, unknown>;
  reporter_instance_id: number;
  /** Null for the report of a community. */
  author_instance_id: number | null;
}

/** What `data` says of posts and comments of other servers. */
export interface ContentReceived {
  received: true;
  /** Names of the persons of this site who are mentioned, in lower case. */
  mentioned: string[];
}

/** Events in one statement. */
const TOGETHER = 100;

const insertEvents = batched(
  async ({ db }: Pick<Ctx, "db">, events: EventRow[]) => {
    await db.insertInto("event").values(events.map((event) => ({
      kind: event.kind,
      person_id: event.person_id ?? null,
      community_id: event.community_id ?? null,
      post_id: event.post_id ?? null,
      comment_id: event.comment_id ?? null,
      // The driver writes values of JSON columns as JSON; a text would become a JSON text.
      data: event.data ?? null,
    }))).execute();
    return events.map(() => {});
  },
  { limit: TOGETHER },
);

/**
 * Records what happened, in the transaction that makes it happen. Federation, notifications, mail
 * and live pages react to these rows after the commit (design §3).
 */
export async function recordEvent(ctx: Ctx, event: EventRow): Promise<void> {
  await insertEvents(ctx, {
    ...event,
    person_id: event.person_id ?? ctx.viewer?.person.id,
  });
}
