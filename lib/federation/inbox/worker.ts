import { Batcher } from "../../db/batcher.ts";
import { isBrokenOff, isConnectionError } from "../../db/connection.ts";
import { type Ctx, inTransaction } from "../../domain/context.ts";
import { LemmyError } from "../../domain/errors.ts";
import { SiteCache } from "../../domain/site/load.ts";
import type { JobContext } from "../../jobs/job.ts";
import { openActivity } from "../activities/receive.ts";
import type { Checked } from "../activities/received.ts";
import { type FedCtx, federationContext } from "../context.ts";
import { FederationError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { KeyedOrder, type Turn } from "../order.ts";
import { isObject } from "../protocol/mod.ts";
import { type Claimed, ClaimLost, Claims } from "./claims.ts";
import { lockTogether } from "./locks.ts";
import { retryAt } from "./retry.ts";
import { hasEarlier } from "./store.ts";

/** Activities that a process takes on, at most. */
const AHEAD = 300;
/** Activities that are checked at once, or carried out each by itself. */
const AT_ONCE = 16;
/** Activities in one transaction, at most. */
const TOGETHER = 50;
/** Milliseconds in which one attempt must be through (§4.1). */
const ATTEMPT_MS = 60_000;
/** Milliseconds between two looks, if nobody wakes us. */
const POLL_MS = { normal: 1000, fast: 100 };
/** Milliseconds that a process which says nothing more keeps what it took on. */
const LEASE_MS = { normal: 10_000, fast: 2000 };
const RENEWALS = 3;

/** An activity whose checks are passed. */
type Ready = Checked & { activity: Claimed };

/**
 * Carries out what arrived, once and in order (§4.2 step 10). Any number of processes share the
 * work: each takes on activities for a while, but none that has to do with one that another process
 * has taken on.
 */
export class InboxWorker {
  readonly #claims: Claims;
  readonly #sites: SiteCache;
  readonly #context: Omit<JobContext, "now">;
  readonly #claimed = new Map<number, Claimed>();
  readonly #order = new KeyedOrder<Claimed>();
  /** Those that wait for nothing but a free place, in order. */
  #ready: Turn<Claimed>[] = [];
  /** Places taken. */
  #busy = 0;
  readonly #running = new Set<Promise<void>>();
  /** Those that may share a transaction: one at a time, or they would wait for each other's locks. */
  readonly #together = new Batcher<Ready, void>(
    (batch) => this.#carryOut(batch),
    { limit: TOGETHER },
  );
  readonly #poll: number;
  readonly #lease: number;
  #taking: Promise<void> | null = null;
  #again = false;
  /** Whether there was something to take on when we last looked. */
  #more = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #renewing: ReturnType<typeof setInterval> | undefined;
  #stopped = false;

  /** @param committed called after commits with events */
  constructor(
    context: Omit<JobContext, "now">,
    private readonly committed: () => void,
  ) {
    this.#context = { ...context, log: context.log.module("inbox") };
    this.#sites = new SiteCache(context.db);
    const pace = context.config.fastFederation ? "fast" : "normal";
    this.#poll = POLL_MS[pace];
    this.#lease = LEASE_MS[pace];
    this.#claims = new Claims(context, this.#lease);
  }

  start(): void {
    this.#renewing = setInterval(() => this.#renew(), this.#lease / RENEWALS);
    this.wake();
  }

  /** Something may have arrived. */
  wake(): void {
    this.#look({ asked: true });
  }

  #look({ asked }: { asked: boolean }): void {
    if (this.#stopped) return;
    if (this.#ready.length >= AT_ONCE) {
      // There is enough to do: a look for each that arrives would cost more than the work.
      this.#more = true;
      return;
    }
    clearTimeout(this.#timer);
    if (this.#taking) {
      this.#again = true;
      return;
    }
    this.#taking = this.#take(asked).finally(() => {
      this.#taking = null;
      const again = this.#again;
      this.#again = false;
      if (again) this.wake();
      else if (!this.#stopped) {
        this.#timer = setTimeout(
          () => this.#look({ asked: false }),
          this.#poll,
        );
      }
    });
  }

  /** Ends it: what is under way is finished, what is not begun is left to others. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#taking;
    await Promise.all(this.#running);
    clearInterval(this.#renewing);
    await this.#guarded("cannot be given back", () => this.#claims.giveBack());
  }

  async #guarded(what: string, body: () => Promise<unknown>): Promise<boolean> {
    try {
      await body();
      return true;
    } catch (error) {
      if (!isConnectionError(error)) {
        this.#context.log.error(`received activities ${what}`, { error });
      }
      return false;
    }
  }

  async #renew(): Promise<void> {
    if (this.#claimed.size === 0) return;
    const ids = [...this.#claimed.keys()];
    await this.#guarded("cannot be held", () => this.#claims.renew(ids));
  }

  /** @param asked whether somebody has said that there is something */
  async #take(asked: boolean): Promise<void> {
    await this.#guarded("cannot be read", async () => {
      if (!asked && !await this.#claims.areThereAny()) return;
      const site = await this.#sites.get();
      if (!site.local_site.federation_enabled) return;
      while (!this.#stopped && this.#claimed.size < AHEAD) {
        const taken = await this.#claims.take(
          AHEAD - this.#claimed.size,
          this.#claimed,
        );
        for (const activity of taken) this.#line(activity);
        this.#more = taken.length > 0;
        if (!this.#more) break;
      }
    });
  }

  /** Lets an activity be done when those before it that concern the same are through. */
  #line(activity: Claimed): void {
    this.#claimed.set(activity.id, activity);
    const turn = this.#order.add(activity);
    if (turn.waitsFor === 0) this.#begin(turn);
  }

  #begin(turn: Turn<Claimed>): void {
    if (this.#busy >= AT_ONCE) {
      this.#ready.push(turn);
      return;
    }
    this.#busy++;
    let hasPlace = true;
    const leave = () => {
      if (!hasPlace) return;
      hasPlace = false;
      this.#busy--;
      this.#fill();
    };
    const done: Promise<void> = this.#handle(turn.item, leave).finally(() => {
      this.#running.delete(done);
      this.#claimed.delete(turn.item.id);
      if (!this.#stopped) this.#ready.push(...this.#order.finish(turn));
      leave();
      this.#fill();
      if (this.#more) this.wake();
    });
    this.#running.add(done);
  }

  #fill(): void {
    while (
      !this.#stopped && this.#busy < AT_ONCE && this.#ready.length > 0
    ) this.#begin(this.#ready.shift()!);
  }

  /** @param leave gives the place to another one, as this one only waits */
  async #handle(activity: Claimed, leave: () => void): Promise<void> {
    try {
      await this.#attempt(activity, leave);
    } catch (error) {
      await this.#guarded(
        "cannot be noted",
        () => this.#failed(activity, error),
      );
    }
  }

  async #attempt(activity: Claimed, leave: () => void): Promise<void> {
    const ctx = await this.#newContext();
    const data = activity.data ?? await this.#claims.read(activity);
    const json = parseJson(data);
    if (!isObject(json)) throw new FederationError("unreadable");
    const checked = await inTime(openActivity(ctx, json));
    const ready = { ...checked, activity };
    if (checked.locks) {
      leave();
      await this.#together.add(ready);
    } else await this.#carryOut([ready]);
  }

  /** Carries all of them out, or none; several only if each says what it locks. */
  async #carryOut(batch: readonly Ready[]): Promise<void[]> {
    await inTransaction(await this.#newContext(), async (ctx) => {
      if (batch.length > 1) {
        await lockTogether(ctx, batch.flatMap(({ locks }) => locks ?? []));
      }
      const outcomes = await Promise.allSettled(
        batch.map(({ effect }) => effect(ctx)),
      );
      for (const outcome of outcomes) {
        if (outcome.status === "rejected") throw outcome.reason;
      }
      await this.#claims.markApplied(
        ctx,
        batch.map(({ activity }) => activity.id),
      );
    });
    return batch.map(() => {});
  }

  async #newContext(): Promise<FedCtx> {
    const { committed } = this;
    const ctx: Ctx = {
      ...this.#context,
      now: new Date(),
      site: await this.#sites.get(),
      viewer: null,
      shownImages: new Set(),
      wake: () => committed(),
      shareContent: (_, make) => make(),
      siteChanged() {},
    };
    return federationContext(ctx);
  }

  async #failed(activity: Claimed, error: unknown): Promise<void> {
    const { log } = this.#context;
    if (error instanceof ClaimLost) return;
    const { ap_id, kind } = activity;
    if (isConnectionError(error) || isBrokenOff(error)) {
      await this.#postpone(activity, 0, "the database was busy");
      return;
    }
    const reason = reasonOf(error);
    if (reason === null) {
      log.error("an activity cannot be applied", { id: ap_id, kind, error });
    }
    const final = reason?.final === true &&
      !await hasEarlier(this.#context, activity.id);
    if (final) {
      log.info("activity refused", { id: ap_id, kind, reason: reason.text });
      await this.#claims.refuse(activity, reason.text);
      return;
    }
    const text = reason?.text ?? `internal: ${String(error)}`;
    log.debug("activity postponed", { id: ap_id, kind, reason: text });
    await this.#postpone(activity, 1, text);
  }

  async #postpone(
    activity: Claimed,
    attempts: 0 | 1,
    reason: string,
  ): Promise<void> {
    const at = retryAt(this.#context.config, {
      attempts: activity.attempts,
      receivedAt: Date.parse(activity.received_at),
      now: Date.now(),
    });
    if (at === null) {
      await this.#claims.refuse(activity, `given up: ${reason}`);
    } else {
      const options = { attempts, reason };
      await this.#claims.postpone(activity, new Date(at), options);
    }
  }
}

/** Why an activity was not applied, and whether another attempt is of no use; null for our faults. */
function reasonOf(error: unknown): { text: string; final: boolean } | null {
  if (error instanceof FederationError) {
    return { text: error.message, final: !error.transient };
  }
  if (error instanceof LemmyError) {
    const { code, detail } = error;
    return { text: detail ? `${code}: ${detail}` : code, final: true };
  }
  return null;
}

/** What takes longer is broken off, to be tried again; it has changed nothing yet. */
async function inTime(opening: Promise<Checked>): Promise<Checked> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new FederationError("timeout", "took too long", { transient: true }),
        ),
      ATTEMPT_MS,
    );
  });
  try {
    return await Promise.race([opening, late]);
  } finally {
    clearTimeout(timer);
  }
}
