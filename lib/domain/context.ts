import { CompiledQuery, type Kysely } from "kysely";
import { batched } from "../db/batcher.ts";
import { isBrokenOff } from "../db/connection.ts";
import { shaped } from "../db/row_shape.ts";
import { CUSTOM_PLAN } from "../db/session.ts";
import type { Config } from "../config/mod.ts";
import type { Database } from "../db/tables.ts";
import type { Logger } from "../cli/log.ts";
import type { GuardedClient } from "../http/guarded_client.ts";
import type { Media } from "../media/mod.ts";
import type { SiteState } from "./site/load.ts";
import type { Viewer } from "./account/session.ts";
import type { RemoteLookup } from "./remote_lookup.ts";
import { recordRemoteImages } from "./image/remote.ts";
import { nestedShape } from "./nested_shape.ts";

/** The pool, or the transaction that an operation runs in. */
export type Db = Kysely<Database>;

/** What an operation may know and use; there are no globals beside it. */
export interface Ctx {
  db: Db;
  config: Config;
  log: Logger;
  /** Settings of this site, at most a second old. */
  site: SiteState;
  /** The signed-in user, or null for anonymous callers. */
  viewer: Viewer | null;
  /** The instant the request is judged by. */
  now: Date;
  /** The way to other servers; never within a transaction. */
  outgoing: GuardedClient;
  /** Finds what other servers have; absent where nothing of theirs is looked for. */
  remote?: RemoteLookup;
  /** The image store; null when images are switched off. */
  media: Media | null;
  /**
   * Pictures of other sites that texts of this operation show; the transaction that stores the
   * texts remembers them.
   */
  shownImages: Set<string>;
  /** Tells the process that committed events wait for its readers; cheap, and never fails. */
  wake(): void;
  /**
   * An answer that is the same for every anonymous reader: made at most once a second, and anew
   * when content changes. Whoever gets it must not alter it.
   */
  shareContent<T>(name: string, make: () => Promise<T>): Promise<T>;
  /** Makes the next request read the site settings anew. */
  siteChanged(): void;
}

/** A context whose caller is signed in. */
export interface UserCtx extends Ctx {
  viewer: Viewer;
}

/**
 * Runs a listing's SQL text: planned anew for its actual parameters, where `query` prepares
 * (design §4).
 */
export async function queryListing<Row>(
  ctx: Pick<Ctx, "db">,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  return await query(ctx, CUSTOM_PLAN + text, parameters);
}

/** Runs SQL text with `$1` parameters on the context's connection, as a prepared statement. */
export async function query<Row>(
  ctx: Pick<Ctx, "db">,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  const result = await ctx.db.executeQuery(
    CompiledQuery.raw(text, [...parameters]),
  );
  return result.rows as Row[];
}

/**
 * Runs SQL text whose columns carry the names of a view's members (`columns.ts`), as a prepared
 * statement.
 * @param relations members that are left out where a left join has found nothing
 * @returns the views that the rows stand for
 */
export async function queryViews<View>(
  ctx: Pick<Ctx, "db">,
  text: string,
  parameters: readonly unknown[] = [],
  relations: readonly string[] = [],
): Promise<View[]> {
  const result = await ctx.db.executeQuery(
    shaped(
      CompiledQuery.raw(text, [...parameters]),
      (names) => nestedShape(names, relations),
    ),
  );
  return result.rows as View[];
}

/**
 * Runs `body` in one transaction (joining the one the context is already in) and wakes the
 * readers of events after the commit.
 */
export async function inTransaction<C extends Ctx, Result>(
  ctx: C,
  body: (ctx: C) => Promise<Result>,
): Promise<Result> {
  if (ctx.db.isTransaction) return await body(ctx);
  const result = await retried(
    ctx,
    () =>
      ctx.db.transaction().execute(async (db) => {
        const result = await body({ ...ctx, db });
        await recordRemoteImages({ db }, ctx.shownImages);
        return result;
      }),
  );
  ctx.wake();
  return result;
}

/**
 * Runs one statement that is a whole change by itself, outside of a transaction or in the one the
 * context is in, and wakes the readers of events.
 */
export async function changeAtOnce<Row>(
  ctx: Ctx,
  text: string,
  parameters: readonly unknown[],
): Promise<Row[]> {
  if (ctx.db.isTransaction) return await query(ctx, text, parameters);
  const rows = await retried(ctx, () => query<Row>(ctx, text, parameters));
  ctx.wake();
  return rows;
}

const ATTEMPTS = 3;

/** Repeats a transaction that was broken off for another one's sake. */
async function retried<Result>(
  { log }: Ctx,
  transaction: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1;; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      if (!isBrokenOff(error) || attempt === ATTEMPTS) throw error;
      const { message, detail } = error as Error & { detail?: string };
      log.warn("transaction repeated", { reason: message, detail, attempt });
    }
  }
}

/** Calls of `lockPersons` in one statement. */
const TOGETHER = 100;

const lockRows = batched(
  async (ctx: Pick<Ctx, "db">, lists: (readonly number[])[]) => {
    await query(
      ctx,
      `select from person where id = any($1::int4[]) order by id for no key update`,
      [[...new Set(lists.flat())]],
    );
    return lists.map(() => {});
  },
  { limit: TOGETHER },
);

/**
 * Locks the rows of persons, whose counters a deletion or removal changes, before the items
 * themselves: locks are taken in the order person, comment, post everywhere (content §13).
 */
export async function lockPersons(
  ctx: Ctx,
  personIds: readonly number[],
): Promise<void> {
  await lockRows(ctx, personIds);
}
