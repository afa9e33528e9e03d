import type { Logger } from "../cli/log.ts";
import { isConnectionError, type Sql } from "../db/connection.ts";
import {
  currentCursor,
  type Cursor,
  formatCursor,
  hasUndecided,
  parseCursor,
  readEvents,
} from "./events.ts";
import type { LiveBatch } from "./hub.ts";

export const CHANNEL = "tundra_event";

/** Milliseconds in which the wishes to read are gathered. */
const GATHER_MS = 50;
/** Milliseconds until another look at events that an older transaction holds back. */
const UNDECIDED_MS = 100;
/** Milliseconds after which the log is read even if no notification came. */
const POLL_MS = 5000;
const BATCH = 1000;
/** Events are kept for a day: from a place of the last 23 hours on nothing is missing. */
const SAMPLE_MS = 3600_000;
const RETAINED_MS = 23 * 3600_000;

/**
 * Reads the log of events for the whole process and hands it on in order, each event once. Another
 * process of the site tells of its events by a notification; our own workers by `wake`, for which
 * one notification is sent for many changes, outside of their transactions (design §3).
 */
export class LiveReader {
  #sql: Sql;
  #log: Logger;
  #deliver: (batch: LiveBatch) => void;
  #after: Cursor | null = null;
  #samples: { at: number; cursor: string }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = Infinity;
  #reading: Promise<void> | null = null;
  #notify = false;
  /** Somebody asked while a reading was under way. */
  #again = false;
  #stopped = false;
  #unlisten: (() => Promise<void>) | undefined;

  constructor(sql: Sql, log: Logger, deliver: (batch: LiveBatch) => void) {
    this.#sql = sql;
    this.#log = log.module("live");
    this.#deliver = deliver;
  }

  /** Begins at the present. */
  async start(): Promise<void> {
    this.#after = await currentCursor(this.#sql);
    this.#handOver([]);
    const { unlisten } = await this.#sql.listen(
      CHANNEL,
      () => this.#plan(0),
      // Also after each reconnection, where notifications may have been missed.
      () => this.#plan(0),
    );
    this.#unlisten = unlisten;
    this.#plan(POLL_MS);
  }

  /** A worker of this process has committed events. */
  wake(): void {
    this.#notify = true;
    this.#plan(GATHER_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#reading;
    await this.#unlisten?.().catch((error) => {
      if (!isConnectionError(error)) throw error;
    });
  }

  /** Reads in so many milliseconds at the latest. */
  #plan(delay: number): void {
    const dueAt = Date.now() + delay;
    if (this.#stopped || dueAt >= this.#dueAt) return;
    this.#dueAt = dueAt;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#dueAt = Infinity;
      this.#again = this.#reading !== null;
      this.#reading ??= this.#read().finally(() => this.#reading = null);
    }, delay);
  }

  async #read(): Promise<void> {
    let next = POLL_MS;
    try {
      if (this.#notify) {
        this.#notify = false;
        await this.#sql`select pg_notify(${CHANNEL}, '')`;
      }
      let events;
      do {
        events = await readEvents(this.#sql, this.#after!, BATCH);
        if (events.length === 0) break;
        this.#after = parseCursor(events.at(-1)!.cursor)!;
        this.#handOver(events);
      } while (events.length === BATCH && !this.#stopped);
      if (this.#isSampleDue()) this.#handOver([]);
      if (await hasUndecided(this.#sql, this.#after!)) next = UNDECIDED_MS;
    } catch (error) {
      // While the database is away the next reading finds what was missed.
      if (isConnectionError(error)) next = 1000;
      else this.#log.error("events cannot be read", { error });
    }
    const asked = this.#again || this.#notify;
    this.#again = false;
    this.#plan(asked ? Math.min(GATHER_MS, next) : next);
  }

  #isSampleDue(): boolean {
    const latest = this.#samples.at(-1);
    return !latest || Date.now() - latest.at >= SAMPLE_MS;
  }

  #handOver(events: LiveBatch["events"]): void {
    const cursor = formatCursor(this.#after!);
    if (this.#isSampleDue()) {
      const at = Date.now();
      this.#samples.push({ at, cursor });
      this.#samples = this.#samples.filter((s) => at - s.at < RETAINED_MS);
    }
    this.#deliver({ cursor, retainedFrom: this.#samples[0].cursor, events });
  }
}
