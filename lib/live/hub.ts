import {
  compareCursors,
  type Cursor,
  type LiveEvent,
  parseCursor,
} from "./events.ts";

/** What the readers of a page want to hear of. */
export type LiveScope =
  | { kind: "post"; id: number }
  | { kind: "community"; id: number }
  | { kind: "feed"; feed: "local" | "all" };

/** What the process's reader of the log hands to its HTTP workers. */
export interface LiveBatch {
  /** Place after the last event. */
  cursor: string;
  /** From this place on the log is complete. */
  retainedFrom: string;
  events: LiveEvent[];
}

export interface Subscription {
  scope: LiveScope;
  /** Community of the post or page; null for feeds. */
  communityId: number | null;
  /** Address by which streams are counted. */
  ip: string;
  /** Person who reads, if signed in. */
  personId: number | null;
  /** People whose posts and comments the reader does not see. */
  hidden: ReadonlySet<number>;
  controller: ReadableStreamDefaultController<Uint8Array>;
  openedAt: number;
  /** Events that came while what was missed is being read; null afterwards. */
  waiting: LiveEvent[] | null;
  /** Up to here it has been told what it had missed, perhaps before this worker heard of it. */
  told: Cursor | null;
}

export const MAX_STREAMS_PER_ADDRESS = 20;
export const MAX_STREAMS = 2000;
const PING_MS = 25_000;
/** Then the browser connects again, and its rights are checked again. */
const MAX_AGE_MS = 15 * 60_000;
/** Chunks a reader may be behind; a slower one is let go and resumes when it can. */
const MAX_BEHIND = 200;

/** Kinds of events after which somebody may have lost the right to read a page. */
const RIGHTS_CHANGE = new Set([
  "site_updated",
  "person_updated",
  "person_deleted",
  "community_followed",
  "community_updated",
  "community_deleted",
  "mod_action",
]);

const encoder = new TextEncoder();
const PING = encoder.encode(": ping\n\n");

/** The open streams of one HTTP worker. They share one timer, and each event is encoded once. */
export class LiveHub {
  /** Place up to which this worker has heard; empty before the first batch. */
  cursor = "";
  retainedFrom = "";
  #streams = new Set<Subscription>();
  #byKey = new Map<string, Set<Subscription>>();
  #perAddress = new Map<string, number>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  get size(): number {
    return this.#streams.size;
  }

  /** Whether one more stream from this address is allowed. */
  hasRoom(ip: string): boolean {
    return !this.#closed && this.#streams.size < MAX_STREAMS &&
      (this.#perAddress.get(ip) ?? 0) < MAX_STREAMS_PER_ADDRESS;
  }

  add(subscription: Subscription): void {
    const { ip, scope } = subscription;
    this.#streams.add(subscription);
    this.#perAddress.set(ip, (this.#perAddress.get(ip) ?? 0) + 1);
    const key = keyOf(scope);
    const group = this.#byKey.get(key) ?? new Set();
    this.#byKey.set(key, group.add(subscription));
    this.#timer ??= setInterval(() => this.#tick(), PING_MS);
  }

  /** Forgets a stream whose reader has left. */
  remove(subscription: Subscription): void {
    if (!this.#streams.delete(subscription)) return;
    const { ip, scope } = subscription;
    const count = this.#perAddress.get(ip)! - 1;
    if (count === 0) this.#perAddress.delete(ip);
    else this.#perAddress.set(ip, count);
    const key = keyOf(scope);
    const group = this.#byKey.get(key)!;
    group.delete(subscription);
    if (group.size === 0) this.#byKey.delete(key);
    if (this.#streams.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  /** Ends a stream; its reader connects again if it wants. */
  close(subscription: Subscription): void {
    if (!this.#streams.has(subscription)) return;
    this.remove(subscription);
    subscription.controller.close();
  }

  /** Ends all streams and takes no more. */
  closeAll(): void {
    this.#closed = true;
    for (const subscription of [...this.#streams]) this.close(subscription);
  }

  /** Tells the readers what happened. */
  deliver(batch: LiveBatch): void {
    this.cursor = batch.cursor;
    this.retainedFrom = batch.retainedFrom;
    if (this.#streams.size === 0) return;
    for (const event of withoutSupersededVotes(batch.events)) {
      const chunk = encodeEvent(event);
      if (chunk !== null) {
        for (const key of keysFor(event)) {
          for (const subscription of this.#byKey.get(key) ?? []) {
            if (isHidden(event, subscription)) continue;
            if (subscription.waiting) subscription.waiting.push(event);
            else if (isNew(event, subscription)) {
              this.#send(subscription, chunk);
            }
          }
        }
      }
      this.#endOutdated(event);
    }
  }

  /** Sends what was missed, then what came meanwhile. */
  resume(
    subscription: Subscription,
    missed: readonly LiveEvent[],
    first: Uint8Array,
  ): void {
    const waiting = subscription.waiting ?? [];
    subscription.waiting = null;
    this.#send(subscription, first);
    subscription.told = parseCursor(missed.at(-1)?.cursor);
    const later = waiting.filter((event) => isNew(event, subscription));
    for (const event of [...missed, ...later]) {
      if (isHidden(event, subscription)) continue;
      const chunk = encodeEvent(event);
      if (chunk !== null) this.#send(subscription, chunk);
    }
  }

  #send(subscription: Subscription, chunk: Uint8Array): void {
    if (!this.#streams.has(subscription)) return;
    const { controller } = subscription;
    controller.enqueue(chunk);
    if ((controller.desiredSize ?? 0) < -MAX_BEHIND) this.close(subscription);
  }

  /** Streams whose readers may have lost the right to read end, so that it is checked again. */
  #endOutdated(event: LiveEvent): void {
    if (!RIGHTS_CHANGE.has(event.kind)) return;
    for (const subscription of [...this.#streams]) {
      if (isConcerned(subscription, event)) this.close(subscription);
    }
  }

  #tick(): void {
    const now = Date.now();
    for (const subscription of [...this.#streams]) {
      if (now - subscription.openedAt > MAX_AGE_MS) this.close(subscription);
      else this.#send(subscription, PING);
    }
  }
}

/** Whether the event may take from the reader what the stream tells of. */
function isConcerned(
  { communityId, personId, scope }: Subscription,
  { kind, community_id, person_id, post_id, comment_id }: LiveEvent,
): boolean {
  switch (kind) {
    case "site_updated":
      return true;
    case "person_updated":
    case "person_deleted":
    case "community_followed":
      return personId !== null && personId === person_id;
    case "mod_action":
      // What is done to a comment takes nobody's page away, what is done to a post only its own.
      if (comment_id !== null) return false;
      if (post_id !== null) {
        return scope.kind === "post" && scope.id === post_id;
      }
  }
  return communityId !== null && communityId === community_id;
}

function isNew(event: LiveEvent, { told }: Subscription): boolean {
  return told === null || compareCursors(parseCursor(event.cursor)!, told) > 0;
}

/** Whether it tells of something that the reader's own page would leave out. */
function isHidden(event: LiveEvent, { hidden }: Subscription): boolean {
  return event.person_id !== null && !event.kind.endsWith("_voted") &&
    hidden.has(event.person_id);
}

function keyOf(scope: LiveScope): string {
  return scope.kind === "feed"
    ? `feed:${scope.feed}`
    : `${scope.kind}:${scope.id}`;
}

function keysFor(event: LiveEvent): string[] {
  const keys = [];
  if (event.post_id !== null) keys.push(`post:${event.post_id}`);
  const inCommunity = event.community_id !== null && event.post_id !== null;
  if (inCommunity && !event.scheduled) {
    keys.push(`community:${event.community_id}`);
  }
  if (event.listed) {
    keys.push("feed:all");
    if (event.local) keys.push("feed:local");
  }
  return keys;
}

/** Counts are those of the moment of reading, so of many votes on a thing the last one says all. */
function withoutSupersededVotes(events: readonly LiveEvent[]): LiveEvent[] {
  const last = new Map<string, LiveEvent>();
  for (const event of events) {
    if (event.kind.endsWith("_voted")) {
      last.set(`${event.post_id}.${event.comment_id}`, event);
    }
  }
  return events.filter((event) =>
    !event.kind.endsWith("_voted") ||
    last.get(`${event.post_id}.${event.comment_id}`) === event
  );
}

/** The message of an event; null for kinds that pages do not show. */
function encodeEvent(event: LiveEvent): Uint8Array | null {
  const [noun] = event.kind.split("_");
  if (noun !== "post" && noun !== "comment") return null;
  const name = event.kind.endsWith("_voted") ? "vote" : noun;
  const { kind, community_id, post_id, comment_id, path } = event;
  const { score, upvotes, downvotes, comments } = event;
  const data = JSON.stringify({
    kind,
    community_id,
    post_id,
    comment_id: comment_id ?? undefined,
    path: path ?? undefined,
    score,
    upvotes,
    downvotes,
    comments,
  });
  return encoder.encode(
    `id: ${event.cursor}\nevent: ${name}\ndata: ${data}\n\n`,
  );
}
