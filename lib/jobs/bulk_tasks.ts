import type { BulkStep } from "../domain/moderation/bulk_task.ts";
import { REMOVE_DATA, RESTORE_DATA } from "../domain/moderation/person_data.ts";
import { ERASE_PERSON } from "../domain/person/erase.ts";
import { type JobContext, systemContext } from "./job.ts";

const STEPS: Record<string, readonly BulkStep[]> = {
  remove_data: REMOVE_DATA,
  restore_data: RESTORE_DATA,
  erase_person: ERASE_PERSON,
};

/** Works off all stored tasks. @param stopped asked between two batches */
export async function doBulkTasks(
  ctx: JobContext,
  stopped: () => boolean = () => false,
): Promise<void> {
  while (!stopped() && await doBatch(ctx)) { /* the next batch */ }
}

/**
 * One batch of the oldest task, in a transaction that also notes how far it came. Another process
 * at the same task waits, so that tasks of one person never overtake one another.
 * @returns whether there was anything to do
 */
async function doBatch(context: JobContext): Promise<boolean> {
  return await context.db.transaction().execute(async (db) => {
    const task = await db.selectFrom("bulk_task").selectAll()
      .orderBy("id").limit(1).forUpdate().executeTakeFirst();
    if (!task) return false;
    const steps = STEPS[task.kind];
    const ctx = await systemContext({ ...context, db });
    const last = await steps[task.step](ctx, task);
    if (last === null && task.step + 1 === steps.length) {
      await db.deleteFrom("bulk_task").where("id", "=", task.id).execute();
    } else {
      const next = last === null
        ? { step: task.step + 1, after_id: 0 }
        : { after_id: last };
      await db.updateTable("bulk_task").set(next).where("id", "=", task.id)
        .execute();
    }
    return true;
  });
}
