import type { Ctx } from "../context.ts";

/** Work that is done after the request, in steps; see `lib/jobs/bulk_tasks.ts`. */
export interface BulkTask {
  kind: "remove_data" | "restore_data" | "erase_person";
  person_id: number;
  /** Where; the whole site without. */
  community_id?: number;
  /** Parent of the modlog entries that the work writes. */
  modlog_id?: number;
}

/** Leaves the work to the jobs, in the transaction that decides on it. */
export async function addBulkTask(
  ctx: Pick<Ctx, "db" | "now">,
  task: BulkTask,
): Promise<void> {
  await ctx.db.insertInto("bulk_task").values({
    ...task,
    published_at: ctx.now.toISOString(),
  }).execute();
}
