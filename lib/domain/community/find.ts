import { parseActorName } from "../actor_name.ts";
import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";

/**
 * Id of the community called `name` or `name@host`. A deleted or removed community is found by its
 * local name only (content §3.4).
 * @throws LemmyError `not_found`
 */
export async function findCommunityId(ctx: Ctx, text: string): Promise<number> {
  const { name, domain } = parseActorName(text, ctx.config.hostname);
  const rows = domain === null
    ? await query<{ id: number }>(
      ctx,
      "select id from community where lower(name) = lower($1) and instance_id = $2::int4",
      [name, ctx.site.instance.id],
    )
    : await query<{ id: number }>(
      ctx,
      `select c.id from community c join instance i on i.id = c.instance_id
       where lower(c.name) = lower($1) and lower(i.domain) = $2
         and not c.deleted and not c.removed`,
      [name, domain],
    );
  if (rows.length === 0) throw new LemmyError("not_found");
  return rows[0].id;
}
