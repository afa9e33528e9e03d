import { isConnectionError } from "../db/connection.ts";
import { type Ctx, query } from "../domain/context.ts";
import { checkLink, type LinkCheck } from "../domain/link/check.ts";
import {
  sendWebmention,
  type WebmentionWish,
} from "../domain/link/webmention.ts";
import { type JobContext, systemContext } from "./job.ts";

/** Pieces of work under way at once, of one queue in one process. */
const AT_ONCE = 4;
/** Milliseconds after which the table is read even if nobody woke us. */
const POLL_MS = 5000;
/** What fails by a fault of ours is not tried for ever. */
const GIVE_UP = 10;
/** What a crash has ended is taken up again after this time; nothing takes longer. */
const LEASE = "2 minutes";

/** Work about posts that waits for the network, one row a post. */
export interface PostQueue<Row extends { post_id: number }> {
  /** Table with `post_id`, `attempts` and `due_at`. */
  table: string;
  /** What `work` wants to know of a row. */
  columns: string;
  /** Does the work, and removes or postpones the row. */
  work(ctx: Ctx, row: Row): Promise<void>;
}

/** New and changed posts' links are looked at (content §1.3). */
export const LINK_CHECKS: PostQueue<LinkCheck> = {
  table: "post_link_check",
  columns: "post_id, custom_thumbnail, attempts",
  work: checkLink,
};

/** Pages are told of new posts that link to them (content §1.1). */
export const WEBMENTIONS: PostQueue<WebmentionWish> = {
  table: "post_webmention",
  columns: "post_id, attempts",
  work: sendWebmention,
};

/**
 * Does the work of a queue after the commits that ask for it and beside the requests. Taking a row
 * moves it out of the others' reach for a while, so that any number of processes share the work and
 * none of it is lost.
 */
export class PostQueueRunner<Row extends { post_id: number }> {
  #context: Omit<JobContext, "now">;
  #queue: PostQueue<Row>;
  #onDone: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = new Set<Promise<void>>();
  #taking: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  /** @param onDone called after commits with events */
  constructor(
    context: Omit<JobContext, "now">,
    queue: PostQueue<Row>,
    onDone: () => void,
  ) {
    this.#context = { ...context, log: context.log.module("links") };
    this.#queue = queue;
    this.#onDone = onDone;
  }

  /** Posts may have been written. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = this.#taking !== null;
    this.#taking ??= this.#take().finally(() => {
      this.#taking = null;
      if (this.#again) this.wake();
      else this.#plan();
    });
  }

  /** Ends it; what is under way is waited for. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#taking;
    await Promise.all(this.#running);
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => this.wake(), POLL_MS);
  }

  async #take(): Promise<void> {
    const free = AT_ONCE - this.#running.size;
    if (free <= 0) return;
    const context = { ...this.#context, now: new Date() };
    const { table, columns } = this.#queue;
    try {
      const rows = await query<Row>(
        context,
        `update ${table} set attempts = attempts + 1,
           due_at = $1::timestamptz + interval '${LEASE}'
         where post_id in (select post_id from ${table} where due_at <= $1
             and attempts < ${GIVE_UP}
           order by due_at limit $2::int4 for update skip locked)
         returning ${columns}`,
        [context.now.toISOString(), free],
      );
      for (const row of rows) this.#start(context, row);
    } catch (error) {
      if (!isConnectionError(error)) {
        context.log.error("a queue cannot be read", { table, error });
      }
    }
  }

  #start(context: JobContext, row: Row): void {
    const work = async () => {
      try {
        await this.#queue.work(await systemContext(context), row);
        this.#onDone();
      } catch (error) {
        // The lease ends, and somebody takes it up again.
        if (!isConnectionError(error)) {
          context.log.error("work of a queue failed", {
            table: this.#queue.table,
            post: row.post_id,
            error,
          });
        }
      }
    };
    const promise: Promise<void> = work().finally(() => {
      this.#running.delete(promise);
      this.wake();
    });
    this.#running.add(promise);
  }
}
