import { type Ctx, query } from "../../domain/context.ts";
import { isTrue, type JobContext } from "../../jobs/job.ts";
import type { Touching } from "../order.ts";

/** A stored activity that this process has taken on. */
export interface Claimed extends Touching {
  id: number;
  ap_id: string;
  kind: string;
  /** Null for long ones, which are read when it is their turn. */
  data: string | null;
  changes: string[];
  needs: string[];
  attempts: number;
  received_at: string;
}

/** Waiting activities that are looked at, from the oldest on. */
const WINDOW = 500;

/**
 * SQL condition on those that the process `$1` may take on. One of its own whose lease has run out
 * was given up, as its end could not be noted.
 */
const TAKEABLE = `state = 'waiting' and (retry_at is null or retry_at <= now())
  and (claimed_by is distinct from $1 or claimed_until <= now())`;

/** Somebody else has taken the activity on: nothing of the attempt may remain. */
export class ClaimLost extends Error {}

type DbCtx = Pick<Ctx, "db">;

/**
 * What one process has taken on of the stored activities, for a while each. No other takes on the
 * same, nor one that has to do with it.
 */
export class Claims {
  readonly #name = crypto.randomUUID();

  /** @param lease milliseconds that a process which says nothing more keeps what it took on */
  constructor(
    private readonly ctx: Pick<JobContext, "db" | "looks">,
    private readonly lease: number,
  ) {}

  /** Whether there may be one to take on. */
  async areThereAny(): Promise<boolean> {
    return await isTrue(
      this.ctx,
      `exists (select from received_activity where ${TAKEABLE})`,
      [this.#name],
    );
  }

  /**
   * Takes on the next ones, in their order.
   * @param held ids of those that the process works on
   */
  async take(
    limit: number,
    held: { has(id: number): boolean },
  ): Promise<Claimed[]> {
    return await this.ctx.db.transaction().execute(async (db) => {
      const ctx = { db };
      const waiting = await query<
        { id: number; keys: string; claimed: boolean }
      >(
        ctx,
        // One process at a time, so that two never take what belongs together. Texts are read far
        // faster than arrays.
        `with turn as materialized (
           select pg_try_advisory_xact_lock(hashtext('received_activity')) as mine
         )
         select id, array_to_string(changes || needs, E'\\n') as keys,
           coalesce(claimed_until > now(), false) as claimed
         from received_activity, turn
         where turn.mine and ${TAKEABLE}
         order by id limit ${WINDOW}`,
        [this.#name],
      );
      const others = new Set<string>();
      const ids: number[] = [];
      for (const { id, keys, claimed } of waiting) {
        if (ids.length === limit) break;
        if (held.has(id)) continue;
        // What others only need is nothing to wait for, but little is won by telling it apart.
        const list = keys.split("\n");
        if (claimed || others.size > 0 && list.some((key) => others.has(key))) {
          for (const key of list) others.add(key);
        } else ids.push(id);
      }
      return ids.length === 0 ? [] : await this.#claim(ctx, ids);
    });
  }

  async #claim(ctx: DbCtx, ids: readonly number[]): Promise<Claimed[]> {
    const rows = await query<
      Omit<Claimed, "changes" | "needs"> & { changes: string; needs: string }
    >(
      ctx,
      `update received_activity set claimed_by = $2,
         claimed_until = now() + $3::int4 * interval '1 millisecond'
       where id = any($1::int8[]) and state = 'waiting'
       returning id, ap_id, kind, case when length(data) < 20000 then data end as data,
         array_to_string(changes, E'\\n') as changes, array_to_string(needs, E'\\n') as needs,
         attempts, received_at`,
      [ids, this.#name, this.lease],
    );
    return rows.sort((a, b) => a.id - b.id).map((row) => ({
      ...row,
      changes: keysIn(row.changes),
      needs: keysIn(row.needs),
    }));
  }

  /** Keeps them for another while. */
  async renew(ids: readonly number[]): Promise<void> {
    await query(
      this.ctx,
      `update received_activity
       set claimed_until = now() + $2::int4 * interval '1 millisecond'
       where id = any($1::int8[]) and claimed_by = $3 and state = 'waiting'`,
      [ids, this.lease, this.#name],
    );
  }

  /** Leaves all that is not done to others. */
  async giveBack(): Promise<void> {
    await query(
      this.ctx,
      `update received_activity set claimed_by = null, claimed_until = null
       where claimed_by = $1 and state = 'waiting'`,
      [this.#name],
    );
  }

  /** The text of a long one. @throws ClaimLost */
  async read({ id }: Claimed): Promise<string> {
    const [row] = await query<{ data: string | null }>(
      this.ctx,
      "select data from received_activity where id = $1::int8",
      [id],
    );
    if (row?.data == null) throw new ClaimLost();
    return row.data;
  }

  /**
   * In the transaction of what was done: applied once, by whoever has them. The commit is not waited
   * for until it is on disk: if it is lost, so are the marks, and the activities are done again.
   * @throws ClaimLost
   */
  async markApplied(ctx: DbCtx, ids: readonly number[]): Promise<void> {
    const marked = await query(
      ctx,
      `with quick as materialized (select set_config('synchronous_commit', 'off', true))
       update received_activity set state = 'applied', data = null, reason = null,
         retry_at = null, claimed_by = null, claimed_until = null, done_at = now()
       from quick
       where id = any($1::int8[]) and state = 'waiting' and claimed_by = $2 returning id`,
      [ids, this.#name],
    );
    if (marked.length < ids.length) throw new ClaimLost();
  }

  /**
   * Lets one wait until another time.
   * @param attempts how many attempts more are counted
   */
  async postpone(
    { id }: Claimed,
    until: Date,
    { attempts, reason }: { attempts: number; reason: string },
  ): Promise<void> {
    await query(
      this.ctx,
      `update received_activity set attempts = attempts + $3::int4, retry_at = $4::timestamptz,
         reason = $5, claimed_by = null, claimed_until = null
       where id = $1::int8 and state = 'waiting' and claimed_by = $2`,
      [id, this.#name, attempts, until.toISOString(), reason],
    );
  }

  /** Notes that one is not carried out, for good. */
  async refuse({ id }: Claimed, reason: string): Promise<void> {
    await query(
      this.ctx,
      `update received_activity set state = 'failed', attempts = attempts + 1, reason = $3,
         retry_at = null, claimed_by = null, claimed_until = null, done_at = now()
       where id = $1::int8 and state = 'waiting' and claimed_by = $2`,
      [id, this.#name, reason],
    );
  }
}

function keysIn(text: string): string[] {
  return text === "" ? [] : text.split("\n");
}
