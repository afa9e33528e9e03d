import { parseActorName } from "../actor_name.ts";
import { nest } from "../columns.ts";
import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";

/** What a feed tells of a multi-community. */
export interface MultiCommunityHead {
  id: number;
  name: string;
  summary?: string;
  ap_id: string;
  local: boolean;
  deleted: boolean;
  published_at: string;
}

/**
 * The multi-community called `name` or `name@host`.
 * @throws LemmyError `not_found`
 */
export async function findMultiCommunity(
  ctx: Ctx,
  text: string,
): Promise<MultiCommunityHead> {
  const { name, domain } = parseActorName(text, ctx.config.hostname);
  const rows = await query<Record<string, unknown>>(
    ctx,
    `select m.id, m.name, m.summary, m.ap_id, m.local, m.deleted, m.published_at
     from multi_community m join instance i on i.id = m.instance_id
     where lower(m.name) = lower($1) and ${
      domain === null ? "i.id = $2::int4" : "lower(i.domain) = $2"
    } order by m.deleted, m.id limit 1`,
    [name, domain ?? ctx.site.instance.id],
  );
  if (rows.length === 0) throw new LemmyError("not_found");
  return nest<MultiCommunityHead>(rows)[0];
}
