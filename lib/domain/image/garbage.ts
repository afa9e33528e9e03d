import type { Media } from "../../media/mod.ts";
import { type Ctx, query } from "../context.ts";

const BATCH = 500;

/** SQL condition: there is something to remove. */
export const HAS_GARBAGE = "exists (select from image_garbage)";

/**
 * Removes from the store what nothing refers to any more. Keys are never used twice, so a file
 * can be removed whenever and however often.
 */
export async function removeGarbage(
  ctx: Pick<Ctx, "db">,
  media: Media,
): Promise<void> {
  for (let count = BATCH; count === BATCH;) {
    const rows = await query<{ storage_key: string }>(
      ctx,
      `select storage_key from image_garbage order by published_at limit ${BATCH}`,
    );
    for (const { storage_key } of rows) await media.store.remove(storage_key);
    await query(
      ctx,
      "delete from image_garbage where storage_key = any($1::text[])",
      [rows.map((row) => row.storage_key)],
    );
    count = rows.length;
  }
}
