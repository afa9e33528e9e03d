import { query } from "../../domain/context.ts";
import type { FedCtx } from "../context.ts";
import type { Tag } from "../protocol/mod.ts";

/** Further mentions tell nobody. */
const MAX_MENTIONS = 50;

/**
 * Names of the persons of this site that something mentions, in lower case, as the event of it
 * carries them: what comes from elsewhere names them apart from its text (§2.12).
 */
export async function mentionedHere(
  ctx: FedCtx,
  ...lists: (readonly Tag[])[]
): Promise<string[]> {
  const ids = new Set(
    lists.flat().flatMap((tag) =>
      tag.type === "Mention" ? tag.href.toLowerCase() : []
    ),
  );
  if (ids.size === 0) return [];
  const rows = await query<{ name: string }>(
    ctx,
    `select lower(name) as name from person
     where lower(ap_id) = any($1::text[]) and local and not deleted`,
    [[...ids].slice(0, MAX_MENTIONS)],
  );
  return rows.map(({ name }) => name);
}
