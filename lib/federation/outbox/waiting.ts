import { type Ctx, query } from "../../domain/context.ts";
import type { StoredEvent } from "../../jobs/event_consumer.ts";
import { NotYet } from "../activities/not_yet.ts";

/** Events of which no activity can be made for the time being (`outbox_failure`). */

/** What events are about, to keep those about the same in their order. */
export interface Touched {
  /** What later events wait for while this one does. */
  objects: string[];
  /** What this one waits for. */
  needs: string[];
}

/** Ids of what comments are answers to, by comment: the path of each one without the zero. */
export type Paths = ReadonlyMap<number, readonly number[]>;

/** Reads the paths of the comments that events are about. */
export async function readPaths(
  ctx: Pick<Ctx, "db">,
  events: readonly StoredEvent[],
): Promise<Paths> {
  const ids = events.map((event) => event.comment_id)
    .filter((id) => id !== null);
  if (ids.length === 0) return new Map();
  const rows = await query<{ id: number; path: string }>(
    ctx,
    "select id, path from comment where id = any($1::int4[])",
    [ids],
  );
  return new Map(
    rows.map(({ id, path }) => [id, path.split(".").slice(1).map(Number)]),
  );
}

/** What an event is about. */
export function touchedBy(event: StoredEvent, paths: Paths): Touched {
  const { kind, person_id, community_id, post_id, comment_id } = event;
  const data = (event.data ?? {}) as Record<string, unknown>;
  const above = comment_id === null ? [] : paths.get(comment_id) ?? [];
  const item = comment_id !== null
    ? `comment:${comment_id}`
    : post_id !== null
    ? `post:${post_id}`
    : null;
  const about = [
    ...person_id === null ? [] : [`person:${person_id}`],
    ...community_id === null ? [] : [`community:${community_id}`],
    ...post_id === null ? [] : [`post:${post_id}`],
    ...above.map((id) => `comment:${id}`),
    ...item === null ? [] : [item],
  ];
  const own = ownObject(kind, item, person_id, community_id, data);
  const acts = `acts:${person_id}`;
  // A moderator acts after he was appointed, and a ban after the one before.
  if (kind === "mod_action") about.push(`moderation:${community_id}`);
  // Nothing of a person comes after the end of the account.
  if (kind === "person_deleted") about.push(acts);
  return { objects: [own, acts], needs: [...new Set([...about, own])] };
}

function ownObject(
  kind: string,
  item: string | null,
  person: number | null,
  community: number | null,
  data: Record<string, unknown>,
): string {
  switch (kind) {
    case "post_voted":
    case "comment_voted":
      return `vote:${person}:${item}`;
    case "community_followed":
    case "follow_answered":
    case "follow_received":
      return `follow:${person}:${
        data.target_id === undefined ? "" : `${data.target}:${data.target_id}:`
      }${community}`;
    case "multi_community_updated":
      return `multi_community:${data.multi_community_id}`;
    case "multi_community_followed":
      return `follow:${person}:multi_community:${data.multi_community_id}`;
    case "private_message_created":
    case "private_message_updated":
    case "private_message_deleted":
      return `private_message:${data.private_message_id}`;
    case "report_created":
    case "report_resolved":
      return `report:${data.report_id}`;
    case "activity_received":
      return objectOf(data.activity);
    case "report_received":
      return `report:${objectOf(data.activity)}`;
    case "person_deleted":
      return `person:${person}`;
    case "community_updated":
      // What else is edited holds nobody up who writes there.
      if (data.visibility_before === data.visibility) {
        return `edit:${community}`;
      }
      break;
    case "mod_action":
      if (item === null) return `moderation:${community}`;
  }
  if (item !== null) return item;
  return community === null ? `person:${person}` : `community:${community}`;
}

/** The id of what an activity of another server is about. */
function objectOf(activity: unknown): string {
  const object = (activity as { object?: unknown } | undefined)?.object;
  const id = typeof object === "object" && object !== null
    ? (object as { id?: unknown }).id
    : object;
  return `object:${id}`;
}

/** Those of the keys that some event waits about. */
export async function waitingAbout(
  ctx: Pick<Ctx, "db">,
  keys: readonly string[],
): Promise<Set<string>> {
  const rows = await query<{ key: string }>(
    ctx,
    `select distinct key from outbox_failure, unnest(objects) as key
     where objects && $1::text[]`,
    [keys],
  );
  return new Set(rows.map((row) => row.key));
}

/** Milliseconds until the next attempts: from a second, doubled each time, to an hour. */
function backoff(attempts: number): number {
  return Math.min(1000 * 2 ** (attempts - 1), 3_600_000);
}

/** Milliseconds until another look at what needs a moment only. */
const MOMENT_MS = 1000;

/** When an event is tried again, and why it could not be sent. */
export interface Postponement {
  reason: string;
  retryAt: Date;
}

/**
 * What becomes of an event of which no activity could be made.
 * @param attempts how often it was tried, this time included
 */
export function postponement(
  now: Date,
  error: unknown,
  attempts: number,
): Postponement {
  if (error instanceof NotYet) {
    const delay = error.obstacle === "mentions" ? 0 : MOMENT_MS;
    return {
      reason: error.message,
      retryAt: new Date(now.getTime() + delay),
    };
  }
  return {
    reason: error instanceof Error ? error.message : String(error),
    retryAt: new Date(now.getTime() + backoff(attempts)),
  };
}

/** Stores an event for later, behind all that are stored about the same. */
export async function postpone(
  ctx: Pick<Ctx, "db">,
  event: StoredEvent,
  touched: Touched,
  { reason, retryAt }: Postponement,
): Promise<void> {
  await query(
    ctx,
    `insert into outbox_failure (event, objects, needs, reason, retry_at)
     values ($1::text::jsonb, $2::text[], $3::text[], $4, $5::timestamptz)`,
    [
      JSON.stringify(event),
      touched.objects,
      touched.needs,
      reason,
      retryAt.toISOString(),
    ],
  );
}
