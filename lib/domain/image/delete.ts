import { requireViewer } from "../account/session.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireAdmin } from "../permissions.ts";
import { removeGarbage } from "./garbage.ts";
import { requireMedia } from "./media.ts";
import { proxiedSource, storedSource } from "./source.ts";
import { ownImage } from "./urls.ts";

/**
 * Removes names of images; their bytes go with the last name, at once. Unknown names are none to
 * remove.
 */
export async function deleteImages(
  ctx: Ctx,
  aliases: readonly string[],
): Promise<void> {
  if (aliases.length === 0) return;
  await inTransaction(ctx, async (ctx) => {
    const removed = await query<{ hash: string }>(
      ctx,
      `delete from local_image where pictrs_alias = any($1::text[]) returning hash`,
      [aliases],
    );
    await dropUnnamed(ctx, removed.map((row) => row.hash));
  });
  // Within a larger transaction the bytes are left to the job that looks every minute.
  if (!ctx.db.isTransaction && ctx.media) await removeGarbage(ctx, ctx.media);
}

/** Forgets those of the bytes that have no name left, with all their converted copies. */
async function dropUnnamed(
  ctx: Ctx,
  hashes: readonly string[],
): Promise<void> {
  // Locked first: somebody who stores the same bytes meanwhile waits, and then keeps his own copy.
  await query(
    ctx,
    "select from image_blob where hash = any($1::text[]) order by hash for update",
    [hashes],
  );
  await query(
    ctx,
    `with dropped as (
       delete from image_blob b where hash = any($1::text[])
         and not exists (select from local_image i where i.hash = b.hash)
       returning storage_key, hash),
     copies as (
       delete from image_cache where source in (select '${
      storedSource("")
    }' || hash from dropped)
       returning storage_key)
     insert into image_garbage (storage_key)
     select storage_key from dropped union all select storage_key from copies`,
    [hashes],
  );
}

/**
 * Removes one of the caller's own images (accounts-and-site §3.9).
 * @throws LemmyError `not_found` unless it is theirs
 */
export async function deleteMedia(
  ctx: Ctx,
  input: { filename: string },
): Promise<void> {
  requireMedia(ctx);
  const rows = await query(
    ctx,
    `select from local_image where pictrs_alias = $1 and person_id = $2::int4`,
    [input.filename, requireViewer(ctx).person.id],
  );
  if (rows.length === 0) throw new LemmyError("not_found");
  await deleteImages(ctx, [input.filename]);
}

/**
 * Removes an image with all its names, whosever they are.
 * @throws LemmyError `not_an_admin`, `unknown` when there is no such image
 */
export async function adminDeleteMedia(
  ctx: Ctx,
  input: { filename: string },
): Promise<void> {
  requireAdmin(ctx);
  requireMedia(ctx);
  const aliases = await aliasesOfSameBytes(ctx, [input.filename]);
  if (aliases.length === 0) {
    throw new LemmyError("unknown", { detail: "no such image" });
  }
  await deleteImages(ctx, aliases);
}

/**
 * Removes the images of ours among the addresses, with all their names (§6.8), and our copies of
 * those that are proxied; the proxy serves these no more.
 */
export async function purgeImages(
  ctx: Ctx,
  urls: readonly string[],
): Promise<void> {
  const named = urls.flatMap((url) => {
    const own = ownImage(ctx, url);
    return own?.kind === "stored" ? [own.alias] : [];
  });
  await deleteImages(ctx, await aliasesOfSameBytes(ctx, named));
  const proxied = urls.flatMap((url) => {
    const own = ownImage(ctx, url);
    const target = own?.kind === "proxied" ? URL.parse(own.url) : null;
    return target ? [target.href] : [];
  });
  await forgetProxied(ctx, proxied);
}

async function forgetProxied(
  ctx: Ctx,
  urls: readonly string[],
): Promise<void> {
  if (urls.length === 0) return;
  await inTransaction(ctx, async (ctx) => {
    await query(
      ctx,
      `delete from remote_image where md5(link) in (select md5(u) from unnest($1::text[]) as u)
         and link = any($1)`,
      [urls],
    );
    await query(
      ctx,
      `with copies as (
         delete from image_cache where source = any($1::text[]) returning storage_key)
       insert into image_garbage (storage_key) select storage_key from copies`,
      [urls.map(proxiedSource)],
    );
  });
  if (!ctx.db.isTransaction && ctx.media) await removeGarbage(ctx, ctx.media);
}

/** Removes everything that a person has uploaded, and the thumbnails made for their posts. */
export async function deleteImagesOf(
  ctx: Ctx,
  personId: number,
): Promise<void> {
  const rows = await query<{ pictrs_alias: string }>(
    ctx,
    `select pictrs_alias from local_image where person_id = $1::int4
       or thumbnail_for_post_id in (select id from post where creator_id = $1)`,
    [personId],
  );
  await deleteImages(ctx, rows.map((row) => row.pictrs_alias));
}

/** Removes what an address that has been replaced stood for, if it was an image of ours. */
export async function deleteReplaced(
  ctx: Ctx,
  url: string | null | undefined,
): Promise<void> {
  const own = url ? ownImage(ctx, url) : null;
  if (own?.kind !== "stored") return;
  try {
    await deleteImages(ctx, [own.alias]);
  } catch (error) {
    // The new picture is in place; the bytes of the old one are the clean-up's.
    ctx.log.warn("an old image could not be removed", {
      image: own.alias,
      error,
    });
  }
}

async function aliasesOfSameBytes(
  ctx: Ctx,
  aliases: readonly string[],
): Promise<string[]> {
  const rows = await query<{ pictrs_alias: string }>(
    ctx,
    `select pictrs_alias from local_image
     where hash in (select hash from local_image where pictrs_alias = any($1::text[]))`,
    [aliases],
  );
  return rows.map((row) => row.pictrs_alias);
}
