import { isConnectionError } from "../../db/connection.ts";
import type { Logger } from "../../cli/log.ts";
import { FederationError } from "../errors.ts";
import { nextAttempt } from "../../domain/instance/retry.ts";
import { retryAfter } from "./retry_after.ts";
import { KeyedOrder, type Touching, type Turn } from "../order.ts";
import type { InstanceInboxes } from "./inboxes.ts";
import type { SentActivity, SentLog } from "./log.ts";
import type { Outcome } from "./post.ts";
import type { Slots } from "./slots.ts";

/** Delivered activities beyond one that is not, at most (§5.2). */
const MAX_AHEAD = 1000;
/** Activities read and not delivered, at most: those that wait for others hold up reading. */
const MAX_UNFINISHED = 128;
/** Parallel deliveries to one instance, where the configuration leaves it to the backlog. */
const MAX_PARALLEL = 64;
/** Milliseconds until another look after a fault of the database. */
const DATABASE_RETRY_MS = 1000;

/** An activity, with the inboxes of the instance that do not have it yet. */
interface ToDeliver extends Touching {
  activity: SentActivity;
  inboxes: string[];
}

type Delivery = Turn<ToDeliver>;

/** How far an instance has received the log, as it is stored. */
export interface QueueState {
  instance_id: number;
  last_successful_id: number;
  last_successful_published_time_at: string | null;
  fail_count: number;
  last_retry_at: string | null;
  not_before: string | null;
  last_error: string | null;
  delivered_ahead: number[];
}

/** What the queues of a process share. */
export interface QueueTools {
  log: Logger;
  sent: SentLog;
  slots: Slots;
  /** Fixed number of parallel deliveries; undefined: grows with the backlog. */
  parallel: number | undefined;
  post(
    activity: SentActivity,
    inbox: string,
    signal: AbortSignal,
  ): Promise<Outcome>;
  /** @throws FederationError when nothing may be sent there */
  check(inbox: string): Promise<unknown>;
}

/** Delivers the log to one instance, from where it was left off (§5.2, §5.3). */
export class InstanceQueue {
  /** Something in `state` has changed since it was last stored. */
  dirty = false;
  /** Activities were delivered since the flag was last taken back. */
  alive = false;
  #state: QueueState;
  #order = new KeyedOrder<ToDeliver>();
  /** Read and not delivered, by id in ascending order. */
  #unfinished = new Map<number, Delivery>();
  /** Those that wait for nothing, in order. */
  #ready: Delivery[] = [];
  #flying = 0;
  #parallel: number;
  /** Up to here the log has been read. */
  #readTo: number;
  #ahead: Set<number>;
  #reading = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort = new AbortController();
  #idle: (() => void)[] = [];
  #stopped = false;

  constructor(
    readonly domain: string,
    state: QueueState,
    private readonly inboxes: InstanceInboxes,
    private readonly tools: QueueTools,
  ) {
    this.#state = state;
    this.#readTo = state.last_successful_id;
    this.#ahead = new Set(state.delivered_ahead);
    this.#parallel = tools.parallel ?? 2;
  }

  /** How it stands, to be stored. */
  get state(): QueueState {
    return { ...this.#state, delivered_ahead: [...this.#ahead] };
  }

  /** It will send no more, until another queue takes its place. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Whether everything is delivered that is known to be in the log. */
  get upToDate(): boolean {
    return this.#state.last_successful_id >= this.tools.sent.newest;
  }

  get failing(): boolean {
    return this.#state.fail_count > 0;
  }

  /** There is something to do, or there may be. */
  pump = (): void => {
    if (this.#stopped) return;
    const wait = nextAttempt(this.#state) - Date.now();
    if (wait > 0) return this.#later(wait);
    while (this.#ready.length > 0 && this.#flying < this.#limit()) {
      if (!this.tools.slots.take(this.#flying, this.pump)) return;
      this.#send(this.#ready.shift()!);
    }
    this.#read();
  };

  /**
   * Ends it: nothing more is sent, what is under way gets `grace` milliseconds to come to its end.
   */
  async stop(grace: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    if (this.#flying === 0) return;
    const timer = setTimeout(() => this.#abort.abort(), grace);
    await new Promise<void>((resolve) => this.#idle.push(resolve));
    clearTimeout(timer);
  }

  #limit(): number {
    return this.failing ? 1 : this.#parallel;
  }

  #later(milliseconds: number): void {
    clearTimeout(this.#timer);
    // Longer than a timer can be it never is: a day at most.
    this.#timer = setTimeout(this.pump, milliseconds);
  }

  #hungry(): boolean {
    return !this.#stopped && this.#ready.length < this.#limit() &&
      this.#unfinished.size < MAX_UNFINISHED && this.#ahead.size < MAX_AHEAD &&
      this.#readTo < this.tools.sent.newest;
  }

  async #read(): Promise<void> {
    if (this.#reading || !this.#hungry()) return;
    this.#reading = true;
    try {
      while (this.#hungry()) {
        const { rows, end } = await this.tools.sent.after(this.#readTo);
        for (const row of rows) {
          await this.#take(row);
          // The rest of the piece is read again when there is room.
          if (this.#unfinished.size >= MAX_UNFINISHED) break;
        }
        if (this.#unfinished.size < MAX_UNFINISHED) this.#readTo = end;
        this.#advance();
        if (this.#ready.length > 0) break;
      }
    } catch (error) {
      if (!isConnectionError(error)) {
        this.tools.log.error("the sent log cannot be read", {
          instance: this.domain,
          error,
        });
      }
      return this.#later(DATABASE_RETRY_MS);
    } finally {
      this.#reading = false;
    }
    if (this.#ready.length > 0) this.pump();
  }

  async #take(row: SentActivity): Promise<void> {
    const inboxes = this.#ahead.has(row.id) ? [] : await this.inboxes.of(row);
    this.#readTo = row.id;
    if (inboxes.length === 0) return;
    const delivery = this.#order.add({
      changes: row.changes,
      needs: row.needs,
      activity: row,
      inboxes,
    });
    this.#unfinished.set(row.id, delivery);
    if (delivery.waitsFor === 0) this.#ready.push(delivery);
  }

  async #send(delivery: Delivery): Promise<void> {
    this.#flying++;
    const failures = this.#state.fail_count;
    const full = this.#flying >= this.#limit();
    try {
      while (delivery.item.inboxes.length > 0) {
        const [inbox] = delivery.item.inboxes;
        const outcome = await this.#post(delivery.item.activity, inbox);
        if (outcome.kind === "failed") {
          return this.#failed(delivery, outcome, failures);
        }
        delivery.item.inboxes.shift();
      }
      this.#delivered(delivery);
      if (full) this.#grow();
    } catch (error) {
      this.#stopOver(delivery, error);
    } finally {
      this.#flying--;
      this.tools.slots.release();
      if (this.#flying === 0) { for (const resolve of this.#idle) resolve(); }
      this.pump();
    }
  }

  /** @throws FederationError when nothing may be sent to this host; an error of the database */
  async #post(activity: SentActivity, inbox: string): Promise<Outcome> {
    const { log, check, post } = this.tools;
    const details = { instance: this.domain, activity: activity.ap_id, inbox };
    try {
      await check(inbox);
      const outcome = await post(activity, inbox, this.#abort.signal);
      if (outcome.kind === "done" && outcome.refused) {
        log.debug("activity refused", { ...details, reason: outcome.refused });
      }
      if (outcome.kind === "done") this.alive = true;
      return outcome;
    } catch (error) {
      if (isConnectionError(error)) throw error;
      if (error instanceof FederationError && error.code !== "invalid_url") {
        throw error;
      }
      log.error("activity skipped", { ...details, error });
      return { kind: "done" };
    }
  }

  #delivered(delivery: Delivery): void {
    const { id, published_at } = delivery.item.activity;
    const state = this.#state;
    this.#unfinished.delete(id);
    this.#ahead.add(id);
    this.#enqueue(this.#order.finish(delivery));
    state.fail_count = Math.max(0, state.fail_count - 1);
    state.not_before = null;
    if (state.fail_count === 0) state.last_error = null;
    if (published_at > (state.last_successful_published_time_at ?? "")) {
      state.last_successful_published_time_at = published_at;
    }
    this.dirty = true;
    this.#advance();
  }

  /** Moves the place in the log over everything that is delivered or goes elsewhere. */
  #advance(): void {
    const [first] = this.#unfinished.keys();
    const place = first === undefined ? this.#readTo : first - 1;
    if (place <= this.#state.last_successful_id) return;
    this.#state.last_successful_id = place;
    this.dirty = true;
    for (const id of this.#ahead) if (id <= place) this.#ahead.delete(id);
  }

  #failed(
    delivery: Delivery,
    { reason, retryAfter: header }: Outcome & { kind: "failed" },
    failures: number,
  ): void {
    this.#enqueue([delivery]);
    // Broken off by us, which says nothing of the other side.
    if (this.#abort.signal.aborted) return;
    const state = this.#state;
    const now = Date.now();
    // Those that were under way together fail together.
    state.fail_count = Math.max(state.fail_count, failures + 1);
    state.last_retry_at = new Date(now).toISOString();
    state.last_error = reason;
    const until = retryAfter(header, now);
    if (until !== null) state.not_before = new Date(until).toISOString();
    if (this.tools.parallel === undefined) this.#parallel = 2;
    this.dirty = true;
  }

  /** The database is away, or nothing may be sent there any more: the manager sees to it. */
  #stopOver(delivery: Delivery, error: unknown): void {
    this.#enqueue([delivery]);
    if (isConnectionError(error)) {
      this.#state.not_before = new Date(Date.now() + DATABASE_RETRY_MS)
        .toISOString();
      return;
    }
    this.#stopped = true;
    this.tools.log.info("delivery stopped", { instance: this.domain, error });
  }

  /** Doubles with each round trip as long as there is a backlog. */
  #grow(): void {
    if (this.tools.parallel !== undefined) return;
    this.#parallel = Math.min(MAX_PARALLEL, this.#parallel + 1);
  }

  #enqueue(deliveries: Delivery[]): void {
    if (deliveries.length === 0) return;
    this.#ready.push(...deliveries);
    this.#ready.sort((a, b) => a.item.activity.id - b.item.activity.id);
  }
}
