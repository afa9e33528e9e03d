import type { Config } from "../config/mod.ts";
import type { Logger } from "../cli/log.ts";
import type { Sql } from "../db/connection.ts";
import { Session } from "../db/session.ts";
import { loadSite } from "../domain/site/load.ts";
import type { GuardedClient } from "../http/guarded_client.ts";
import type { Media } from "../media/mod.ts";
import { type Ctx, type Db, query } from "../domain/context.ts";

/** What a scheduled task works with. */
export interface JobContext {
  db: Db;
  sql: Sql;
  /**
   * For looks at whether there is anything to do, see {@link look}: one connection that is always
   * open, so that the pool's are closed while nothing happens. The pool itself if not given.
   */
  looks?: Db;
  config: Config;
  log: Logger;
  outgoing: GuardedClient;
  media: Media | null;
  /** The instant the task is run for. */
  now: Date;
  /** Whether the process wants to end: long tasks look between two steps. */
  stopping?: () => boolean;
}

/**
 * Runs a single statement that finds, or takes, what there is to do. All that look regularly share
 * a connection, each of which takes several megabytes, and wait for each other there: the statement
 * must be quick.
 */
export async function look<Row>(
  { db, looks = db }: Pick<JobContext, "db" | "looks">,
  statement: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  return await query<Row>({ db: looks }, statement, parameters);
}

/** Whether a condition holds, see {@link look}. */
export async function isTrue(
  ctx: Pick<JobContext, "db" | "looks">,
  condition: string,
  parameters: readonly unknown[] = [],
): Promise<boolean> {
  const [{ found }] = await look<{ found: boolean }>(
    ctx,
    `select ${condition} as found`,
    parameters,
  );
  return found;
}

/** A scheduled task. It may be repeated and interrupted at any point without harm. */
export type Job = (ctx: JobContext) => Promise<void>;

/**
 * Lets tasks run one after the other. Each holds a connection for its lock and needs another one to
 * work: as many at once as the pool has connections would all wait for the second, for ever.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs the body when all before it have ended, whether they failed or not. */
  async run<T>(body: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(body, body);
    this.#last = turn;
    return await turn;
  }
}

/** First part of the keys of our advisory locks ("tjob"), which the database's other users lack. */
const LOCK_SPACE = 0x746a6f62;

/**
 * Runs a task unless another process of the site is at it. The lock belongs to a connection of its
 * own, so that the task need not hold a transaction open, which would hold back vacuum and the
 * readers of the log of events.
 * @param lock number of the task
 * @returns whether it ran
 */
export async function runExclusively(
  ctx: JobContext,
  lock: number,
  job: Job,
): Promise<boolean> {
  const { session, rows: [{ locked }] } = await Session.open<{
    locked: boolean;
  }>(
    ctx.sql,
    `select pg_try_advisory_lock(${LOCK_SPACE}, ${lock}) as locked`,
  );
  try {
    if (!locked) return false;
    try {
      await job(ctx);
    } finally {
      await session.query("select pg_advisory_unlock($1::int4, $2::int4)", [
        LOCK_SPACE,
        lock,
      ]);
    }
    return true;
  } finally {
    session.release();
  }
}

/** A context in which nobody is signed in, for what the site does by itself. */
export async function systemContext(context: JobContext): Promise<Ctx> {
  return {
    ...context,
    site: await loadSite(context.db),
    viewer: null,
    shownImages: new Set(),
    wake() {},
    shareContent: (_, make) => make(),
    siteChanged() {},
  };
}
