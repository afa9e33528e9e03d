import type { Logger } from "../cli/log.ts";
import type { Config } from "../config/mod.ts";
import { isConnectionError } from "../db/connection.ts";
import type { Db } from "../domain/context.ts";
import { mailDomain } from "../mail/queue.ts";
import type { MailSender } from "../mail/sender.ts";
import { updateActivity, updateDailyActivity } from "./activity_counts.ts";
import { doBulkTasks, HAS_BULK_TASKS } from "./bulk_tasks.ts";
import {
  countLanguages,
  deleteDeniedAccounts,
  deleteExpiredInvites,
  deleteExpiredSessions,
  deleteOldEvents,
  deleteOldSubmissions,
  liftExpiredBans,
  overwriteDeleted,
} from "./expire.ts";
import { EventConsumer } from "./event_consumer.ts";
import { cleanFederationLogs } from "./federation.ts";
import { foldDeltas, HAS_DELTAS } from "./fold_deltas.ts";
import { updateHotRanks } from "./hot_ranks.ts";
import { cleanImageStore, removeImageGarbage } from "./images.ts";
import { TELL_LINKS } from "./webmentions.ts";
import {
  BOOTSTRAP,
  COMMUNITY_FETCHES,
  IMPORT_FETCHES,
  LINK_CHECKS,
  THREAD_FETCHES,
  WEBMENTIONS,
  type WorkQueue,
  WorkQueueRunner,
} from "./work_queue.ts";
import { outbox } from "../federation/outbox/reaction.ts";
import { OutboxRetries } from "../federation/outbox/retries.ts";
import { FETCH_IMPORTS } from "./imports.ts";
import {
  isTrue,
  type Job,
  type JobContext,
  runExclusively,
  Turns,
} from "./job.ts";
import { NOTIFY } from "./notify.ts";
import { UNSEALED } from "../domain/text_index/seal.ts";
import { HAS_GARBAGE } from "../domain/image/garbage.ts";
import { publishScheduledPosts } from "./publish_scheduled.ts";
import { sealSearchTexts } from "./search_texts.ts";

interface Scheduled {
  /** Of letters, digits, blanks, hyphens. */
  name: string;
  /** In the manner of cron, UTC. */
  schedule: string;
  /** Number of its advisory lock; never reused for another task. */
  lock: number;
  job: Job;
  /** SQL condition without which the task has nothing to do. */
  due?: string;
}

/** Everything that runs by the clock (moderation-and-operations §8). */
const SCHEDULED: readonly Scheduled[] = [
  task("hot ranks", "*/10 * * * *", 1, updateHotRanks),
  task("scheduled posts", "*/10 * * * *", 2, publishScheduledPosts),
  task("activity of the day", "7 * * * *", 3, updateDailyActivity),
  task("expired bans", "12 * * * *", 4, liftExpiredBans),
  task("old events", "17 * * * *", 5, deleteOldEvents),
  task("activity", "30 3 * * *", 6, updateActivity),
  task("deleted content", "40 3 * * *", 7, overwriteDeleted),
  task("languages", "50 3 * * *", 8, countLanguages),
  task("expired sessions", "55 3 * * *", 9, deleteExpiredSessions),
  task("expired invitations", "22 * * * *", 20, deleteExpiredInvites),
  task("denied applicants", "58 3 * * *", 21, deleteDeniedAccounts),
  task("sent forms", "57 3 * * *", 10, deleteOldSubmissions),
  task("federation logs", "35 3 * * *", 40, cleanFederationLogs),
  task("search texts", "* * * * *", 50, sealSearchTexts, UNSEALED),
  task("image garbage", "* * * * *", 30, removeImageGarbage, HAS_GARBAGE),
  task("image store", "20 4 * * *", 31, cleanImageStore),
];

const SECOND_MS = 1000;

function task(
  name: string,
  schedule: string,
  lock: number,
  job: Job,
  due?: string,
): Scheduled {
  return { name, schedule, lock, job, due };
}

/** Loaded only by sites that send e-mails: the library takes ten megabytes. */
async function startMail(
  db: Db,
  log: Logger,
  { email, hostname }: Pick<Config, "hostname"> & {
    email: NonNullable<Config["email"]>;
  },
): Promise<MailSender> {
  const { MailSender } = await import("../mail/sender.ts");
  const sender = new MailSender(db, log, email, mailDomain(hostname));
  sender.start();
  return sender;
}

/** The work that a process does beside its requests. */
export interface RunningJobs {
  /** Events were committed, here or in another process. */
  wake(): void;
  /** Ends everything: waits for what runs, as every task works in short steps. */
  stop(): Promise<void>;
}

/**
 * Starts what runs by the clock, what acts on events, and the sending of e-mails.
 * @param committed called after commits with events
 * @param sent called when the log of sent activities may have grown
 */
export async function startJobs(
  context: Omit<JobContext, "now">,
  committed: () => void,
  sent: () => void,
): Promise<RunningJobs> {
  const log = context.log.module("jobs");
  const abort = new AbortController();
  const running = new Set<Promise<void>>();
  const turns = new Turns();

  const guarded = (name: string, body: () => Promise<unknown>) => {
    const promise: Promise<void> = body().then(() => {}, (error) => {
      // The database is being restarted: the next run does the work.
      if (isConnectionError(error)) log.warn("task skipped", { task: name });
      else log.error("task failed", { task: name, error });
    }).finally(() => running.delete(promise));
    running.add(promise);
    return promise;
  };

  for (const { name, schedule, lock, job, due } of SCHEDULED) {
    Deno.cron(
      name,
      schedule,
      { signal: abort.signal },
      () =>
        guarded(name, () =>
          turns.run(async () => {
            if (abort.signal.aborted) return;
            if (due !== undefined && !await isTrue(context, due)) return;
            const start = performance.now();
            const ctx = {
              ...context,
              log,
              now: new Date(),
              stopping: () => abort.signal.aborted,
            };
            const ran = await runExclusively(ctx, lock, job);
            const milliseconds = Math.round(performance.now() - start);
            if (ran) log.debug("task done", { task: name, milliseconds });
          })),
    );
  }

  const timers = new Set<ReturnType<typeof setTimeout>>();
  const everySecond = (name: string, body: () => Promise<void>) => {
    const timer = setTimeout(async () => {
      timers.delete(timer);
      await guarded(name, body);
      if (!abort.signal.aborted) everySecond(name, body);
    }, SECOND_MS);
    timers.add(timer);
  };
  everySecond("totals", async () => {
    if (await isTrue(context, HAS_DELTAS)) await foldDeltas(context.db);
  });
  everySecond("bulk tasks", async () => {
    if (!await isTrue(context, HAS_BULK_TASKS)) return;
    await doBulkTasks(
      { ...context, log, now: new Date() },
      () => abort.signal.aborted,
    );
  });

  const retries = new OutboxRetries(context, sent);
  const reactions = [
    NOTIFY,
    TELL_LINKS,
    FETCH_IMPORTS,
    outbox(() => {
      retries.wake();
      sent();
    }),
  ];
  const consumers = reactions.map((reaction) =>
    new EventConsumer({ ...context, log }, reaction)
  );
  retries.wake();
  for (const consumer of consumers) await consumer.start();
  const runner = <Row>(queue: WorkQueue<Row>) =>
    new WorkQueueRunner({ ...context, log }, queue, committed);
  const queues = [
    runner(LINK_CHECKS),
    runner(WEBMENTIONS),
    runner(COMMUNITY_FETCHES),
    runner(THREAD_FETCHES),
    runner(IMPORT_FETCHES),
    runner(BOOTSTRAP),
  ];
  for (const queue of queues) queue.wake();
  const { db, looks = db, config, log: root } = context;
  const mail = config.email &&
    await startMail(looks, root, { ...config, email: config.email });

  return {
    wake() {
      for (const consumer of consumers) consumer.wake();
      for (const queue of queues) queue.wake();
    },
    async stop() {
      abort.abort();
      for (const timer of timers) clearTimeout(timer);
      await Promise.all([
        ...running,
        ...consumers.map((consumer) => consumer.stop()),
        ...queues.map((queue) => queue.stop()),
        retries.stop(),
        mail?.stop(),
      ]);
    },
  };
}
