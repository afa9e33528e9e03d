import { type Ctx, lockPersons, query } from "../../domain/context.ts";
import type { Locks } from "../activities/received.ts";

/** Locks what a batch will change before any of it is, in the order of all locks (content §13). */
export async function lockTogether(
  ctx: Ctx,
  locks: readonly Locks[],
): Promise<void> {
  const all = (which: keyof Locks) => [
    ...new Set(locks.flatMap((one) => one[which])),
  ];
  await lockPersons(ctx, all("persons"));
  for (const table of ["comment", "post"] as const) {
    const ids = all(`${table}s`);
    if (ids.length === 0) continue;
    await query(
      ctx,
      `select from ${table} where id = any($1::int4[]) order by id for no key update`,
      [ids],
    );
  }
}
