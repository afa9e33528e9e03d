import { isBrokenOff, isConnectionError } from "../db/connection.ts";
import { query } from "../domain/context.ts";
import { isTrue, type JobContext } from "./job.ts";

/** A row of the log of events, as its writer recorded it. */
export interface StoredEvent {
  /** Place in the log; `xid` as text. */
  xid: string;
  id: number;
  kind: string;
  person_id: number | null;
  community_id: number | null;
  post_id: number | null;
  comment_id: number | null;
  data: unknown;
  published_at: string;
}

/** Acts on events of the kinds it names, inside the transaction that notes them as done. */
export interface EventReaction {
  /** Names its place in `event_consumer`; never reused for something else. */
  name: string;
  kinds: readonly string[];
  /** Works on `ctx.db` only, and never waits for the network. */
  handle(ctx: JobContext, events: readonly StoredEvent[]): Promise<void>;
  /** Called after the commit of what `handle` did. */
  committed?(): void;
}

const BATCH = 200;
/** Milliseconds after which the log is read even if nobody woke the consumer. */
const POLL_MS = 5000;
/** Milliseconds until another try while the database is away or a transaction was broken off. */
const RETRY_MS = 1000;
/** Milliseconds until another look at events that an older transaction holds back. */
const UNDECIDED_MS = 100;

/**
 * Applies a reaction to every event once, in their order. Its place in the log moves on in the
 * transaction that acts; of several processes one acts at a time, as it holds the lock of the row
 * that keeps the place. An event that fails by itself is logged and passed over, so that it does
 * not hold up the others.
 */
export class EventConsumer {
  #context: Omit<JobContext, "now">;
  #reaction: EventReaction;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = Infinity;
  /** Whether nobody has said that there are events. */
  #unasked = false;
  #working: Promise<void> | null = null;
  #again = false;
  #stopped = false;
  #limit = BATCH;

  constructor(context: Omit<JobContext, "now">, reaction: EventReaction) {
    this.#context = { ...context, log: context.log.module(reaction.name) };
    this.#reaction = reaction;
  }

  /** The first start of all begins at the present; later ones where the last one stopped. */
  async start(): Promise<void> {
    await query(
      this.#context,
      `insert into event_consumer (name, xid, id)
       values ($1, pg_snapshot_xmin(pg_current_snapshot()), 0) on conflict do nothing`,
      [this.#reaction.name],
    );
    this.wake();
  }

  /** Events were committed. */
  wake(): void {
    this.#plan(0);
  }

  /** Ends it after the batch under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  #plan(delay: number): void {
    const dueAt = Date.now() + delay;
    if (this.#stopped || dueAt >= this.#dueAt) return;
    this.#dueAt = dueAt;
    this.#unasked = delay === POLL_MS;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#dueAt = Infinity;
      this.#again = this.#working !== null;
      this.#working ??= this.#work().finally(() => this.#working = null);
    }, delay);
  }

  async #work(): Promise<void> {
    let next = POLL_MS;
    try {
      if (!this.#unasked || await this.#hasEvents()) {
        let done;
        do done = await this.#batch(); while (done.full && !this.#stopped);
        if (done.undecided) next = UNDECIDED_MS;
      }
    } catch (error) {
      next = await this.#failed(error);
    }
    const asked = this.#again;
    this.#again = false;
    this.#plan(asked ? 0 : next);
  }

  async #hasEvents(): Promise<boolean> {
    return await isTrue(
      this.#context,
      // The last one by the index; a comparison with all of them would read the whole log.
      `exists (select from event_consumer c,
           lateral (select xid, id from event order by xid desc, id desc limit 1) e
         where c.name = $1 and (e.xid, e.id) > (c.xid, c.id))`,
      [this.#reaction.name],
    );
  }

  async #batch(): Promise<{ full: boolean; undecided: boolean }> {
    const limit = this.#limit;
    let handled = false;
    const done = await this.#step(limit, async (ctx, events) => {
      const { kinds } = this.#reaction;
      const wanted = events.filter((event) => kinds.includes(event.kind));
      if (wanted.length === 0) return;
      await this.#reaction.handle(ctx, wanted);
      handled = true;
    });
    if (handled) this.#reaction.committed?.();
    // One by one only as long as it takes to find the event that fails.
    this.#limit = Math.min(BATCH, limit * 2);
    return done;
  }

  /** @returns milliseconds until the next try */
  async #failed(error: unknown): Promise<number> {
    if (isConnectionError(error) || isBrokenOff(error)) return RETRY_MS;
    if (this.#limit > 1) {
      this.#limit = 1;
      return 0;
    }
    const { log } = this.#context;
    try {
      await this.#step(1, ({ log }, [event]) => {
        log.error("an event cannot be acted on", {
          kind: event.kind,
          id: event.id,
          error,
        });
        return Promise.resolve();
      });
      return 0;
    } catch (error) {
      if (!isConnectionError(error)) {
        log.error("events cannot be read", { error });
      }
      return RETRY_MS;
    }
  }

  /** One transaction: reads what comes next, acts on it, moves on. */
  async #step(
    limit: number,
    act: (ctx: JobContext, events: StoredEvent[]) => Promise<void>,
  ): Promise<{ full: boolean; undecided: boolean }> {
    const { name } = this.#reaction;
    return await this.#context.db.transaction().execute(async (db) => {
      const ctx = { ...this.#context, db, now: new Date() };
      const [place] = await query<{ xid: string; id: number }>(
        ctx,
        `select xid::text as xid, id from event_consumer where name = $1
         for update skip locked`,
        [name],
      );
      // Another process is at it.
      if (!place) return { full: false, undecided: false };
      const events = await query<StoredEvent & { decided: boolean }>(
        ctx,
        // By the column, as the text of that name would come in the order of its digits.
        `select e.xid::text as xid, e.id, kind, person_id, community_id, post_id, comment_id, data,
           published_at, e.xid < pg_snapshot_xmin(pg_current_snapshot()) as decided
         from event e where (e.xid, e.id) > ($1::xid8, $2::int8)
         order by e.xid, e.id limit $3::int4`,
        [place.xid, place.id, limit],
      );
      const open = events.findIndex((event) => !event.decided);
      const ready = open < 0 ? events : events.slice(0, open);
      if (ready.length > 0) {
        await act(ctx, ready);
        const last = ready[ready.length - 1];
        await query(
          ctx,
          "update event_consumer set xid = $2::xid8, id = $3::int8 where name = $1",
          [name, last.xid, last.id],
        );
      }
      return { full: ready.length === limit, undecided: open >= 0 };
    });
  }
}
