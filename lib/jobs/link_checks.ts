import { isConnectionError } from "../db/connection.ts";
import { query } from "../domain/context.ts";
import { checkLink, type LinkCheck } from "../domain/link/check.ts";
import { type JobContext, systemContext } from "./job.ts";

/** Looks under way at once, in one process. */
const AT_ONCE = 4;
/** Milliseconds after which the table is read even if nobody woke us. */
const POLL_MS = 5000;
/** A look that fails by a fault of ours is not had for ever. */
const GIVE_UP = 10;
/** A look that a crash has ended is taken up again after this time; none takes longer. */
const LEASE = "2 minutes";

/**
 * Looks at the links of new and changed posts, after their commit and beside the requests. Every
 * wish is a row; taking one moves it out of the others' reach for a while, so that any number of
 * processes share the work and none of it is lost.
 */
export class LinkChecks {
  #context: Omit<JobContext, "now">;
  #onDone: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = new Set<Promise<void>>();
  #taking: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  /** @param onDone called after commits with events */
  constructor(context: Omit<JobContext, "now">, onDone: () => void) {
    this.#context = { ...context, log: context.log.module("links") };
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

  /** Ends it; looks under way are waited for. */
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
    try {
      const checks = await query<LinkCheck>(
        context,
        `update post_link_check set attempts = attempts + 1,
           due_at = $1::timestamptz + interval '${LEASE}'
         where post_id in (select post_id from post_link_check where due_at <= $1
             and attempts < ${GIVE_UP}
           order by due_at limit $2::int4 for update skip locked)
         returning post_id, custom_thumbnail, attempts`,
        [context.now.toISOString(), free],
      );
      for (const check of checks) this.#start(context, check);
    } catch (error) {
      if (!isConnectionError(error)) {
        context.log.error("links to look at cannot be read", { error });
      }
    }
  }

  #start(context: JobContext, check: LinkCheck): void {
    const look = async () => {
      try {
        await checkLink(await systemContext(context), check);
        this.#onDone();
      } catch (error) {
        // The lease ends, and somebody takes it up again.
        if (!isConnectionError(error)) {
          context.log.error("a link cannot be looked at", {
            post: check.post_id,
            error,
          });
        }
      }
    };
    const promise: Promise<void> = look().finally(() => {
      this.#running.delete(promise);
      this.wake();
    });
    this.#running.add(promise);
  }
}
