import type { EventReaction, StoredEvent } from "../../jobs/event_consumer.ts";
import { systemContext } from "../../jobs/job.ts";
import type { Building } from "../activities/building.ts";
import { NotYet } from "../activities/not_yet.ts";
import type { Sending } from "../activities/sending.ts";
import { readSubjects, type Subject } from "../activities/subject.ts";
import { attempt, logFailure } from "./attempt.ts";
import { buildSendings, SENT_KINDS } from "./build.ts";
import { appendToLog } from "./log.ts";
import {
  type Paths,
  postpone,
  postponement,
  readPaths,
  touchedBy,
  waitingAbout,
} from "./waiting.ts";

/** Names the outbox's place in the log of events. */
export const OUTBOX = "outbox";

/**
 * Makes activities of events and appends them to the log (federation §5.1). Whatever cannot be
 * built yet is put aside, with all later events about the same; the others go on.
 * @param committed called after commits: the log may have grown, or something waits
 */
export function outbox(committed: () => void): EventReaction {
  return {
    name: OUTBOX,
    kinds: SENT_KINDS,
    async handle(context, events) {
      const ctx = { ...await systemContext(context), mentionsLookedUp: false };
      if (!ctx.site.local_site.federation_enabled) return;
      // All at once, and one by one only to find the one that fails.
      const failure = await attempt(ctx, () => new Batch(ctx).take(events));
      if (failure) await new Batch(ctx).takeSingly(events);
    },
    committed,
  };
}

/** Events that are handled in one transaction. */
class Batch {
  #waiting = new Set<string>();
  #paths: Paths = new Map();

  constructor(private readonly ctx: Building) {}

  async take(events: readonly StoredEvent[]): Promise<void> {
    await this.#prepare(events);
    const sendings: Sending[] = [];
    const subjects = await readSubjects(this.ctx, events);
    for (const [i, event] of events.entries()) {
      sendings.push(...await this.#build(event, subjects[i]));
    }
    await appendToLog(this.ctx, sendings);
  }

  async takeSingly(events: readonly StoredEvent[]): Promise<void> {
    await this.#prepare(events);
    for (const event of events) {
      const failure = await attempt(this.ctx, async () => {
        const [subject] = await readSubjects(this.ctx, [event]);
        await appendToLog(this.ctx, await this.#build(event, subject));
      });
      if (failure) await this.#putAside(event, failure.error);
    }
  }

  async #prepare(events: readonly StoredEvent[]): Promise<void> {
    this.#paths = await readPaths(this.ctx, events);
    const keys = events.flatMap((event) => touchedBy(event, this.#paths).needs);
    this.#waiting = await waitingAbout(this.ctx, [...new Set(keys)]);
  }

  async #build(event: StoredEvent, subject: Subject): Promise<Sending[]> {
    const { needs } = touchedBy(event, this.#paths);
    const before = needs.find((key) => this.#waiting.has(key));
    if (before !== undefined) {
      await this.#wait(event, {
        reason: `waits for what is sent before about ${before}`,
        retryAt: this.ctx.now,
      });
      return [];
    }
    try {
      return await buildSendings(this.ctx, event, subject);
    } catch (error) {
      if (!(error instanceof NotYet)) throw error;
      await this.#putAside(event, error);
      return [];
    }
  }

  async #putAside(event: StoredEvent, error: unknown): Promise<void> {
    logFailure(this.ctx, event, error, 1);
    await this.#wait(event, postponement(this.ctx.now, error, 1));
  }

  async #wait(
    event: StoredEvent,
    until: ReturnType<typeof postponement>,
  ): Promise<void> {
    const touched = touchedBy(event, this.#paths);
    await postpone(this.ctx, event, touched, until);
    for (const key of touched.objects) this.#waiting.add(key);
  }
}
