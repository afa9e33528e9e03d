import type { Ctx } from "../context.ts";

/**
 * Work that would take a request too long. It is stored by the transaction that decides on it and
 * done afterwards in steps (`lib/jobs/bulk_tasks.ts`).
 */
export interface BulkTask {
  kind: "remove_data" | "restore_data" | "erase_person";
  person_id: number;
  /** Where; the whole site without. */
  community_id?: number;
  /** The instance that decided; this one without. */
  instance_id?: number;
  /** Of another instance: whether all is meant, or only what is in that instance's communities. */
  everywhere?: boolean;
  /** Parent of the modlog entries that the work writes. */
  modlog_id?: number;
}

/** A stored task. */
export interface BulkRow {
  id: number;
  kind: string;
  person_id: number;
  community_id: number | null;
  modlog_id: number | null;
  instance_id: number | null;
  everywhere: boolean;
  step: number;
  /** Id of the last row that the step has done. */
  after_id: number;
}

/**
 * One batch of a task, in a transaction and with nobody signed in. Answers the id of the last row done, or null when nothing is left, and then
 * the next step follows.
 */
export type BulkStep = (
  ctx: Ctx,
  task: BulkRow,
) => Promise<number | null>;

/** Stores a task, in the transaction that decides on it. */
export async function addBulkTask(
  ctx: Ctx,
  task: BulkTask,
): Promise<void> {
  await ctx.db.insertInto("bulk_task").values({
    ...task,
    published_at: ctx.now.toISOString(),
  }).execute();
}
