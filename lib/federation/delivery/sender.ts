import type { Logger } from "../../cli/log.ts";
import { isConnectionError } from "../../db/connection.ts";
import { query } from "../../domain/context.ts";
import { SiteCache } from "../../domain/site/load.ts";
import { type JobContext, look } from "../../jobs/job.ts";
import { InstanceChecks, markAlive } from "../instances.ts";
import { checkUrl } from "../policy.ts";
import { InstanceInboxes } from "./inboxes.ts";
import { SentLog } from "./log.ts";
import { Poster } from "./post.ts";
import { InstanceQueue, type QueueState, type QueueTools } from "./queue.ts";
import { Slots } from "./slots.ts";

/** Milliseconds; the second of each pair in the test mode of federation (§5.9, §0.1). */
const DELAYS = {
  /** Between two looks at the log, when nobody wakes us. */
  poll: [1000, 100],
  /** Between two looks at the list of instances. */
  recheck: [60_000, 5000],
};
/** Milliseconds between two times of storing how far the queues are (§5.2). */
const SAVE_MS = 500;
const STATISTICS_MS = 60_000;
/** Milliseconds that deliveries under way get when the process ends. */
const GRACE_MS = 5000;

/** Conditions on `instance i` under which activities are sent there (§5.2). */
const SENDABLE = `
  (exists (select from federation_allowlist a where a.instance_id = i.id)
   or not exists (select from federation_allowlist) and not exists (
     select from federation_blocklist b where b.instance_id = i.id
       and (b.expires_at is null or b.expires_at > now())))
  and coalesce(i.updated_at, i.published_at) > now() - interval '3 days'`;

/**
 * Delivers the log of sent activities: a queue for each instance that is allowed, alive and not
 * paused, of this process's share of the instances (§5).
 */
export class FederationSender {
  #log: Logger;
  #queues = new Map<number, InstanceQueue>();
  #sent: SentLog;
  #tools: QueueTools;
  #checks: InstanceChecks;
  #paused = "";
  #newestInstance = 0;
  #polling: Promise<void> | null = null;
  #again = false;
  #listing: Promise<void> | null = null;
  #saving: Promise<void> = Promise.resolve();
  #timers: ReturnType<typeof setInterval>[] = [];
  #stopped = false;

  constructor(private readonly context: Omit<JobContext, "now">) {
    const log = this.#log = context.log.module("delivery");
    const sites = new SiteCache(context.db);
    const poster = new Poster(context);
    this.#sent = new SentLog(context);
    this.#checks = new InstanceChecks(context);
    this.#tools = {
      log,
      sent: this.#sent,
      slots: new Slots(),
      parallel: context.config.federation.concurrentSendsPerInstance,
      post: (activity, inbox, signal) => poster.post(activity, inbox, signal),
      check: async (inbox) =>
        await checkUrl({ ...context, site: await sites.get() }, inbox),
    };
  }

  start(): void {
    const fast = this.context.config.fastFederation ? 1 : 0;
    this.#checks.start();
    this.#timers = [
      setInterval(() => this.wake(), DELAYS.poll[fast]),
      setInterval(() => this.#list(), DELAYS.recheck[fast]),
      setInterval(() => this.#save(), SAVE_MS),
      setInterval(() => this.#report(), STATISTICS_MS),
    ];
    this.wake();
  }

  /** Activities may have been appended, or instances have come into being. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = this.#polling !== null;
    this.#polling ??= this.#poll().finally(() => {
      this.#polling = null;
      if (this.#again) this.wake();
    });
  }

  /** Ends it at a safe point: what is not delivered is sent after the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    await this.#checks.stop();
    await this.#polling;
    await this.#listing;
    await Promise.all(
      this.#queues.values().map((queue) => queue.stop(GRACE_MS)),
    );
    await this.#save();
  }

  async #poll(): Promise<void> {
    await this.#guarded(async () => {
      const [row] = await look<
        { newest: number; instance: number; paused: string }
      >(
        this.context,
        `select (select coalesce(max(id), 0) from sent_activity) as newest,
           (select max(id) from instance) as instance,
           (select coalesce(string_agg(instance_id::text, ' ' order by instance_id), '')
            from federation_queue_state where paused) as paused`,
      );
      const advanced = row.newest > this.#sent.newest;
      this.#sent.newest = row.newest;
      if (
        row.instance > this.#newestInstance || row.paused !== this.#paused
      ) {
        this.#newestInstance = row.instance;
        this.#paused = row.paused;
        await this.#list();
      }
      if (advanced) { for (const queue of this.#queues.values()) queue.pump(); }
    });
  }

  /** Lets there be a queue for each instance that is to have one, and no other. */
  async #list(): Promise<void> {
    this.#listing ??= this.#guarded(async () => {
      const wanted = new Map(
        (await this.#read()).map((row) => [row.instance_id, row]),
      );
      const over = [...this.#queues].filter(([id, queue]) =>
        !wanted.has(id) || queue.stopped
      );
      await Promise.all(over.map(([, queue]) => queue.stop(GRACE_MS)));
      if (over.length > 0) await this.#save();
      for (const [id] of over) {
        this.#queues.delete(id);
        // Its place in the log was read before it was stored.
        wanted.delete(id);
      }
      for (const [id, { domain, ...state }] of wanted) {
        if (this.#queues.has(id) || this.#stopped) continue;
        const inboxes = new InstanceInboxes(this.context, this.#sent, id);
        const queue = new InstanceQueue(domain, state, inboxes, this.#tools);
        this.#queues.set(id, queue);
        queue.pump();
      }
    }).then(() => {}).finally(() => this.#listing = null);
    await this.#listing;
  }

  async #read(): Promise<(QueueState & { domain: string })[]> {
    const { roles } = this.context.config;
    return await look(
      this.context,
      `select i.domain, q.instance_id, q.last_successful_id, q.last_successful_published_time_at,
         q.fail_count, q.last_retry_at, q.not_before, q.last_error, q.delivered_ahead
       from instance i join federation_queue_state q on q.instance_id = i.id
       cross join local_site l join site s on s.id = l.site_id
       where i.id <> s.instance_id and l.federation_enabled and not q.paused
         and i.id % $1::int4 = $2::int4 and ${SENDABLE}
       order by i.id`,
      [roles.federateProcessCount, roles.federateProcessIndex - 1],
    );
  }

  /** One after the other, so that the last word is the newest. */
  async #save(): Promise<void> {
    await (this.#saving = this.#saving.then(() => this.#store()));
  }

  async #store(): Promise<void> {
    const changed = [...this.#queues.values()].filter((queue) => queue.dirty);
    const alive = [...this.#queues].filter(([, queue]) => queue.alive);
    if (changed.length === 0 && alive.length === 0) return;
    for (const queue of changed) queue.dirty = false;
    for (const [, queue] of alive) queue.alive = false;
    const saved = await this.#guarded(async () => {
      await query(
        this.context,
        `update federation_queue_state q set
           last_successful_id = n.last_successful_id,
           last_successful_published_time_at = n.last_successful_published_time_at,
           fail_count = n.fail_count, last_retry_at = n.last_retry_at,
           not_before = n.not_before, last_error = n.last_error,
           delivered_ahead = n.delivered_ahead
         from jsonb_to_recordset($1::text::jsonb) as n(instance_id int4, last_successful_id int8,
           last_successful_published_time_at timestamptz, fail_count int4,
           last_retry_at timestamptz, not_before timestamptz, last_error text,
           delivered_ahead jsonb)
         where q.instance_id = n.instance_id`,
        [JSON.stringify(changed.map((queue) => queue.state))],
      );
      if (alive.length > 0) {
        await markAlive(this.context, ...alive.map(([id]) => id));
      }
    });
    if (!saved) { for (const queue of changed) queue.dirty = true; }
  }

  /** @returns whether it could be done: the database may be away for a while */
  async #guarded(body: () => Promise<void>): Promise<boolean> {
    try {
      await body();
      return true;
    } catch (error) {
      if (!isConnectionError(error)) {
        this.#log.error("delivery cannot go on", { error });
      }
      return false;
    }
  }

  /** §5.8 */
  #report(): void {
    const queues = [...this.#queues.values()];
    const failing = queues.filter((queue) => queue.failing);
    const behind = queues.filter((queue) => !queue.failing && !queue.upToDate);
    this.#log.info("instances", {
      up_to_date: queues.length - failing.length - behind.length,
      behind: behind.length,
      failing: failing.length,
    });
  }
}
