import { isBrokenOff, isConnectionError } from "../db/connection.ts";
import { type Ctx, query } from "../domain/context.ts";
import type { BulkRow, BulkStep } from "../domain/moderation/bulk_task.ts";
import { REMOVE_DATA, RESTORE_DATA } from "../domain/moderation/person_data.ts";
import { ERASE_PERSON } from "../domain/person/erase.ts";
import { type JobContext, systemContext } from "./job.ts";

const STEPS: Record<string, readonly BulkStep[]> = {
  remove_data: REMOVE_DATA,
  restore_data: RESTORE_DATA,
  erase_person: ERASE_PERSON,
};

/** How long a task that failed waits, in milliseconds. */
const RETRY_MS = 60_000;

/** SQL condition: there may be something to do. */
export const HAS_BULK_TASKS = "exists (select from bulk_task)";

/** Works off all stored tasks. @param stopped asked between two batches */
export async function doBulkTasks(
  ctx: JobContext,
  stopped: () => boolean = () => false,
): Promise<void> {
  while (!stopped() && await doBatch(ctx)) { /* the next batch */ }
}

/**
 * One batch of the first task that is due, in a transaction that also notes how far it came. Tasks
 * of one person come one after the other, also when several processes are at it or one fails.
 * @returns whether there was anything to do
 */
async function doBatch(context: JobContext): Promise<boolean> {
  let id: number | undefined;
  try {
    return await context.db.transaction().execute(async (db) => {
      const [task] = await query<BulkRow>(
        { db },
        `select t.id, t.kind, t.person_id, t.community_id, t.modlog_id, t.instance_id,
           t.everywhere, t.step, t.after_id
         from bulk_task t
         where coalesce(t.retry_at <= $1::timestamptz, true)
           and not exists (select from bulk_task e where e.person_id = t.person_id and e.id < t.id)
         order by t.id limit 1 for update`,
        [context.now.toISOString()],
      );
      if (!task) return false;
      id = task.id;
      await doStep(await systemContext({ ...context, db }), task);
      return true;
    });
  } catch (error) {
    // Somebody else's transaction went first: the batch is begun anew, as actions are.
    if (isBrokenOff(error)) return true;
    if (id === undefined || isConnectionError(error)) throw error;
    context.log.error("a bulk task failed", { id, error });
    const retryAt = new Date(context.now.getTime() + RETRY_MS).toISOString();
    await context.db.updateTable("bulk_task").set({ retry_at: retryAt })
      .where("id", "=", id).execute();
    return true;
  }
}

async function doStep(ctx: Ctx, task: BulkRow): Promise<void> {
  const steps = STEPS[task.kind];
  const last = await steps[task.step](ctx, task);
  if (last === null && task.step + 1 === steps.length) {
    await ctx.db.deleteFrom("bulk_task").where("id", "=", task.id).execute();
    return;
  }
  const next = last === null
    ? { step: task.step + 1, after_id: 0 }
    : { after_id: last };
  await ctx.db.updateTable("bulk_task").set({ ...next, retry_at: null })
    .where("id", "=", task.id).execute();
}
