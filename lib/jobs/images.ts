import { query } from "../domain/context.ts";
import { removeGarbage } from "../domain/image/garbage.ts";
import { TEMPORARY_PREFIX } from "../media/temporary.ts";
import type { JobContext } from "./job.ts";

/** A copy that nobody has asked for in this time is dropped (moderation-and-operations §6.1). */
const UNUSED = "7 days";
/** Files without a row younger than this may belong to an upload that is under way. */
const ORPHAN_MS = 24 * 3600_000;
const BATCH = 500;

/** Removes bytes that a transaction has given up, such as those of purged images. */
export async function removeImageGarbage(ctx: JobContext): Promise<void> {
  if (ctx.media) await removeGarbage(ctx, ctx.media);
}

/**
 * Drops unused copies, bytes that have lost their last name with the row it hung on, and files
 * that a crash has left in the store or among the temporary ones.
 */
export async function cleanImageStore(ctx: JobContext): Promise<void> {
  const { media } = ctx;
  if (!media) return;
  await query(
    ctx,
    `with dropped as (
       delete from image_cache where last_used_at < $1::timestamptz - interval '${UNUSED}'
       returning storage_key)
     insert into image_garbage (storage_key) select storage_key from dropped`,
    [ctx.now.toISOString()],
  );
  await query(
    ctx,
    `with locked as (
       select hash from image_blob b
       where not exists (select from local_image i where i.hash = b.hash)
       order by hash for update skip locked),
     dropped as (
       delete from image_blob b using locked l where b.hash = l.hash
         and not exists (select from local_image i where i.hash = b.hash)
       returning storage_key)
     insert into image_garbage (storage_key) select storage_key from dropped`,
  );
  await removeGarbage(ctx, media);
  const before = ctx.now.getTime() - ORPHAN_MS;
  let batch: string[] = [];
  for await (const { key, modifiedAt } of media.store.list()) {
    if (modifiedAt.getTime() >= before) continue;
    batch.push(key);
    if (batch.length === BATCH) {
      await removeOrphans(ctx, batch);
      batch = [];
    }
  }
  await removeOrphans(ctx, batch);
  await removeTemporary(media.temp, before);
}

/** Removes those of the files that no row names. */
async function removeOrphans(
  ctx: JobContext,
  keys: readonly string[],
): Promise<void> {
  const rows = await query<{ key: string }>(
    ctx,
    `select key from unnest($1::text[]) as k (key)
     where not exists (select from image_blob b where b.storage_key = key)
       and not exists (select from image_cache c where c.storage_key = key)`,
    [keys],
  );
  for (const { key } of rows) await ctx.media!.store.remove(key);
}

async function removeTemporary(folder: string, before: number): Promise<void> {
  const old: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (!name.startsWith(TEMPORARY_PREFIX)) continue;
      const { mtime } = await Deno.stat(`${folder}/${name}`);
      if (mtime && mtime.getTime() < before) old.push(name);
    }
  } catch (error) {
    // None was ever made, or another process was quicker.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  for (const name of old) await Deno.remove(`${folder}/${name}`);
}
