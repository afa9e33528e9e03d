import { isConnectionError } from "../../db/connection.ts";
import { query } from "../../domain/context.ts";
import type { StoredEvent } from "../../jobs/event_consumer.ts";
import { type JobContext, look, systemContext } from "../../jobs/job.ts";
import { NotYet } from "../activities/not_yet.ts";
import { readText } from "../activities/publication.ts";
import { type Place, readSubjects } from "../activities/subject.ts";
import { federationContext } from "../context.ts";
import { learnMentions } from "../objects/mentions.ts";
import { attempt, logFailure } from "./attempt.ts";
import { buildSendings } from "./build.ts";
import { appendToLog, lockLog } from "./log.ts";
import { OUTBOX } from "./reaction.ts";
import { postponement } from "./waiting.ts";

/** Events tried at once: most of their time goes into waiting for other servers. */
const AT_ONCE = 16;
/** Milliseconds until another look when nobody wakes us, and when nothing is due before. */
const POLL_MS = 5000;

/** How far the log of events is handled, by which what was put aside is addressed now. */
async function placeInLog(ctx: Pick<JobContext, "db">): Promise<Place> {
  const [place] = await query<Place>(
    ctx,
    "select xid::text as xid, id from event_consumer where name = $1",
    [OUTBOX],
  );
  return place;
}

/** SQL condition: nothing earlier is about the same as the row `f`. */
const FIRST = `not exists (select from outbox_failure e
  where e.id < f.id and e.objects && f.needs)`;

/**
 * Tries again what the outbox has put aside, looking up beforehand whom texts mention. Any number
 * of processes may do so.
 */
export class OutboxRetries {
  #context: Omit<JobContext, "now">;
  #sent: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> | null = null;
  #again = false;
  #running = new Map<number, Promise<void>>();
  #stopped = false;

  /** @param sent called after the log has grown */
  constructor(context: Omit<JobContext, "now">, sent: () => void) {
    this.#context = { ...context, log: context.log.module("outbox") };
    this.#sent = sent;
  }

  /** Something may be due. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = this.#looking !== null;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
      if (this.#again) this.wake();
    });
  }

  /** Ends it; what is under way is waited for. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
    await Promise.all(this.#running.values());
  }

  async #look(): Promise<void> {
    let delay = POLL_MS;
    try {
      const free = AT_ONCE - this.#running.size;
      if (free > 0) delay = await this.#startDue(free);
    } catch (error) {
      if (!isConnectionError(error)) {
        this.#context.log.error("the outbox cannot be read", { error });
      }
    }
    clearTimeout(this.#timer);
    if (!this.#stopped) {
      this.#timer = setTimeout(() => this.wake(), delay);
    }
  }

  /** @returns milliseconds until the next one is due */
  async #startDue(limit: number): Promise<number> {
    const now = new Date();
    const rows = await look<{ id: number; retry_at: string }>(
      this.#context,
      `select f.id, f.retry_at from outbox_failure f
       where ${FIRST} and f.id <> all($1::int8[]) order by f.retry_at, f.id limit $2::int4`,
      [[...this.#running.keys()], limit],
    );
    for (const { id, retry_at } of rows) {
      const wait = Date.parse(retry_at) - now.getTime();
      if (wait > 0) return Math.min(wait, POLL_MS);
      this.#start(id);
    }
    return POLL_MS;
  }

  #start(id: number): void {
    const work = async () => {
      try {
        await this.#retry(id);
      } catch (error) {
        if (isConnectionError(error)) return;
        this.#context.log.error("the outbox cannot go on", { error });
        await this.#delay(id);
      }
    };
    const promise: Promise<void> = work().finally(() => {
      this.#running.delete(id);
      this.wake();
    });
    this.#running.set(id, promise);
  }

  async #retry(id: number): Promise<void> {
    const unknown = await this.#attempt(id, { mentionsLookedUp: false });
    if (!unknown) return;
    await this.#lookUp(unknown);
    await this.#attempt(id, { mentionsLookedUp: true });
  }

  /** @returns the event, if its text mentions persons that are to be looked up */
  async #attempt(
    id: number,
    options: { mentionsLookedUp: boolean },
  ): Promise<StoredEvent | null> {
    const unknown = await this.#context.db.transaction().execute(async (db) => {
      const job = { ...this.#context, db, now: new Date() };
      const [row] = await query<{ event: StoredEvent; attempts: number }>(
        job,
        `select event, attempts from outbox_failure f
         where id = $1::int8 and retry_at <= $2::timestamptz and ${FIRST}
         for update skip locked`,
        [id, job.now.toISOString()],
      );
      // Another process is at it, or has just tried.
      if (!row) return null;
      const ctx = { ...await systemContext(job), ...options };
      const failure = await attempt(ctx, async () => {
        if (ctx.site.local_site.federation_enabled) {
          await lockLog(ctx);
          const place = await placeInLog(ctx);
          const [subject] = await readSubjects(ctx, [row.event], place);
          await appendToLog(
            ctx,
            await buildSendings(ctx, row.event, subject),
          );
        }
        await query(ctx, "delete from outbox_failure where id = $1::int8", [
          id,
        ]);
      });
      if (!failure) return null;
      const { error } = failure;
      if (error instanceof NotYet && error.obstacle === "mentions") {
        return row.event;
      }
      const { attempts } = error instanceof NotYet
        ? row
        : { attempts: row.attempts + 1 };
      logFailure(ctx, row.event, error, attempts);
      const { reason, retryAt } = postponement(ctx.now, error, attempts);
      await query(
        ctx,
        `update outbox_failure set attempts = $2::int4, reason = $3, retry_at = $4::timestamptz
         where id = $1::int8`,
        [id, attempts, reason, retryAt.toISOString()],
      );
      return null;
    });
    this.#sent();
    return unknown;
  }

  async #delay(id: number): Promise<void> {
    const retryAt = new Date(Date.now() + POLL_MS).toISOString();
    await query(
      this.#context,
      "update outbox_failure set retry_at = $2::timestamptz where id = $1::int8",
      [id, retryAt],
    ).catch((error) => {
      if (!isConnectionError(error)) throw error;
    });
  }

  /** Outside of any transaction, as other servers are asked. */
  async #lookUp({ post_id, comment_id }: StoredEvent): Promise<void> {
    const job = { ...this.#context, now: new Date() };
    const text = comment_id === null
      ? await readText(job, "post", post_id!)
      : await readText(job, "comment", comment_id);
    const ctx = federationContext(await systemContext(job));
    await learnMentions(ctx, text);
  }
}
