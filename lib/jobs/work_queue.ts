import { isConnectionError } from "../db/connection.ts";
import type { Ctx } from "../domain/context.ts";
import { checkLink, type LinkCheck } from "../domain/link/check.ts";
import { LEASE } from "../domain/link/queue.ts";
import {
  sendWebmention,
  type WebmentionWish,
} from "../domain/link/webmention.ts";
import {
  bootstrap,
  type BootstrapFetch,
} from "../federation/discovery/bootstrap.ts";
import {
  type CommunityFetch,
  fetchCollections,
} from "../federation/discovery/collections.ts";
import {
  fetchImported,
  type ImportFetch,
} from "../federation/discovery/imported.ts";
import {
  fillThread,
  type ThreadFetch,
} from "../federation/discovery/thread.ts";
import { type JobContext, look, systemContext } from "./job.ts";

/** Milliseconds after which the table is read even if nobody woke us. */
const POLL_MS = { normal: 5000, fast: 500 };
/** What fails by a fault of ours is not tried for ever. */
const GIVE_UP = 10;

/** Work that waits for the network, one row a thing. */
export interface WorkQueue<Row> {
  /** Table with `attempts`, `due_at` and the key. */
  table: string;
  key: string;
  /** What `work` wants to know of a row. */
  columns: string;
  /** Pieces of work under way at once in one process. */
  atOnce: number;
  /** What a crash has ended is taken up again after this time; nothing takes longer. */
  lease: string;
  /** An SQL condition without which nothing is done. */
  only?: string;
  /**
   * Does the work, and removes or postpones the row.
   * @param stopping aborted when the process wants to end
   */
  work(ctx: Ctx, row: Row, stopping: AbortSignal): Promise<void>;
}

/** Looks at links take no longer than some requests. */
const LINKS = { key: "post_id", atOnce: 4, lease: LEASE };

/** New and changed posts' links are looked at (content §1.3). */
export const LINK_CHECKS: WorkQueue<LinkCheck> = {
  ...LINKS,
  table: "post_link_check",
  columns: "post_id, custom_thumbnail, attempts",
  work: checkLink,
};

/** Pages are told of new posts that link to them (content §1.1). */
export const WEBMENTIONS: WorkQueue<WebmentionWish> = {
  ...LINKS,
  table: "post_webmention",
  columns: "post_id, attempts",
  work: sendWebmention,
};

/** Up to a hundred requests, of ten seconds each at worst. */
const FETCHES = {
  atOnce: 2,
  lease: "20 minutes",
  only: "exists (select from local_site where federation_enabled)",
};

/** What communities of other servers list is fetched (federation §7.4). */
export const COMMUNITY_FETCHES: WorkQueue<CommunityFetch> = {
  ...FETCHES,
  table: "community_fetch",
  key: "community_id",
  columns: "community_id, outbox_url, moderators, attempts",
  work: fetchCollections,
};

/** Threads are completed by what the servers of their comments list. */
export const THREAD_FETCHES: WorkQueue<ThreadFetch> = {
  ...FETCHES,
  table: "thread_fetch",
  key: "post_id",
  columns: "post_id, collections, attempts",
  work: fillThread,
};

/** What people have imported is fetched, followed, saved and blocked (accounts-and-site §3.10). */
export const IMPORT_FETCHES: WorkQueue<ImportFetch> = {
  ...FETCHES,
  table: "import_fetch",
  key: "id",
  columns: "id, person_id, list, entry, attempts",
  atOnce: 10,
  work: fetchImported,
};

/** New sites get to know some communities (moderation-and-operations §10). */
export const BOOTSTRAP: WorkQueue<BootstrapFetch> = {
  ...FETCHES,
  table: "bootstrap_fetch",
  key: "id",
  columns: "id, address, attempts",
  atOnce: 1,
  work: bootstrap,
};

/**
 * Does the work of a queue after the commits that ask for it and beside the requests. Taking a row
 * moves it out of the others' reach for a while, so that any number of processes share the work and
 * none of it is lost.
 */
export class WorkQueueRunner<Row> {
  #context: Omit<JobContext, "now">;
  #queue: WorkQueue<Row>;
  #onDone: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = new Set<Promise<void>>();
  #taking: Promise<void> | null = null;
  #again = false;
  #stopping = new AbortController();

  /** @param onDone called after commits with events */
  constructor(
    context: Omit<JobContext, "now">,
    queue: WorkQueue<Row>,
    onDone: () => void,
  ) {
    this.#context = { ...context, log: context.log.module("queues") };
    this.#queue = queue;
    this.#onDone = onDone;
  }

  /** Posts may have been written. */
  wake(): void {
    if (this.#stopping.signal.aborted) return;
    this.#again = this.#taking !== null;
    this.#taking ??= this.#take().finally(() => {
      this.#taking = null;
      if (this.#again) this.wake();
      else this.#plan();
    });
  }

  /** Ends it; what is under way is waited for. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#taking;
    await Promise.all(this.#running);
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (this.#stopping.signal.aborted) return;
    const { fastFederation } = this.#context.config;
    const delay = fastFederation ? POLL_MS.fast : POLL_MS.normal;
    this.#timer = setTimeout(() => this.wake(), delay);
  }

  async #take(): Promise<void> {
    const { table, key, columns, atOnce, lease, only } = this.#queue;
    const free = atOnce - this.#running.size;
    if (free <= 0) return;
    const context = { ...this.#context, now: new Date() };
    try {
      const rows = await look<Row>(
        context,
        `update ${table} set attempts = attempts + 1,
           due_at = $1::timestamptz + interval '${lease}'
         where ${key} in (select ${key} from ${table} where due_at <= $1
             and attempts < ${GIVE_UP} and ${only ?? "true"}
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
        await this.#queue.work(
          await systemContext(context),
          row,
          this.#stopping.signal,
        );
        this.#onDone();
      } catch (error) {
        // The lease ends, and somebody takes it up again.
        if (!isConnectionError(error)) {
          context.log.error("work of a queue failed", {
            table: this.#queue.table,
            key: row[this.#queue.key as keyof Row],
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
