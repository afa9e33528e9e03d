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
    | "mod_action";
  community_id?: number;
  post_id?: number;
  comment_id?: number;
  person_id?: number;
  data?: unknown;
}

/**
 * Records what happened, in the transaction that makes it happen. Federation, notifications, mail
 * and live pages react to these rows after the commit (design §3).
 */
export async function recordEvent(ctx: Ctx, event: EventRow): Promise<void> {
  await ctx.db.insertInto("event").values({
    kind: event.kind,
    person_id: event.person_id ?? ctx.viewer?.person.id ?? null,
    community_id: event.community_id ?? null,
    post_id: event.post_id ?? null,
    comment_id: event.comment_id ?? null,
    // The driver writes values of JSON columns as JSON; a text would become a JSON text.
    data: event.data ?? null,
  }).execute();
}
