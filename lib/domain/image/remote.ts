import { type Ctx, query } from "../context.ts";

/** Lets the proxy serve these pictures of other sites from now on (moderation-and-operations §6.6). */
export async function recordRemoteImages(
  ctx: Pick<Ctx, "db">,
  links: Iterable<string>,
): Promise<void> {
  // In one order everywhere: two writers of the same links would otherwise wait for each other.
  const sorted = [...new Set(links)].sort();
  if (sorted.length === 0) return;
  await query(
    ctx,
    `insert into remote_image (link) select unnest($1::text[]) on conflict do nothing`,
    [sorted],
  );
}
