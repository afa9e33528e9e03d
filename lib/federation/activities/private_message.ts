import { query } from "../../domain/context.ts";
import type { StoredEvent } from "../../jobs/event_consumer.ts";
import { messageObject } from "../objects/message.ts";
import type { Building } from "./building.ts";
import { isOverdue, NotYet } from "./not_yet.ts";
import { activityOf, direct, type Sending, undoOf } from "./sending.ts";
import type { Subject } from "./subject.ts";

interface Row {
  ap_id: string;
  recipient: string;
  inbox_url: string;
  software: string | null;
  version: string | null;
  /** Whether the recipient's server has been asked what it runs. */
  asked: boolean;
}

/**
 * What a sender here does with a private message to somebody elsewhere (§3.6).
 * @throws NotYet while it is unknown in which shape the recipient's server reads it
 */
export async function sendPrivateMessage(
  ctx: Building,
  event: StoredEvent,
  { person }: Subject,
): Promise<Sending[]> {
  const { private_message_id: id, deleted } = event.data as {
    private_message_id: number;
    deleted?: boolean;
  };
  const [row] = await query<Row>(
    ctx,
    `select m.ap_id, r.ap_id as recipient, r.inbox_url, i.software, i.version,
       i.checked_at is not null as asked
     from private_message m join person r on r.id = m.recipient_id
     join instance i on i.id = r.instance_id
     where m.id = $1::int4 and not r.local`,
    [id],
  );
  if (!person?.local || !row) return [];
  const to = [row.recipient];
  const act = (type: string, object: unknown) =>
    activityOf(ctx, type, person.ap_id, { to, object });
  if (deleted !== undefined) {
    const deletion = act("Delete", row.ap_id);
    const activity = deleted ? deletion : undoOf(ctx, deletion);
    return direct(activity, [row.inbox_url]);
  }
  if (!row.asked && row.software === null && !isOverdue(ctx, event)) {
    throw new NotYet("software");
  }
  const type = event.kind === "private_message_created" ? "Create" : "Update";
  const object = await messageObject(ctx, id, knowsChatOnly(row));
  return direct(act(type, object), [row.inbox_url]);
}

/** Lemmy before 0.20 reads private messages as `ChatMessage` alone (§2.10). */
function knowsChatOnly({ software, version }: Row): boolean {
  if (software?.toLowerCase() !== "lemmy") return false;
  const [, major, minor] = version?.match(/^(\d+)\.(\d+)/) ?? [];
  return major === "0" && Number(minor) < 20;
}
