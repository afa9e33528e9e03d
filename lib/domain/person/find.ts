import { parseActorName } from "../actor_name.ts";
import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";

/**
 * Id of the person called `name` or `name@host`.
 * @throws LemmyError `not_found`
 */
export async function findPersonId(ctx: Ctx, text: string): Promise<number> {
  const { name, domain } = parseActorName(text, ctx.config.hostname);
  const rows = await query<{ id: number }>(
    ctx,
    `select p.id from person p join instance i on i.id = p.instance_id
     where lower(p.name) = lower($1) and ${
      domain === null ? "i.id = $2::int4" : "lower(i.domain) = $2"
    }`,
    [name, domain ?? ctx.site.instance.id],
  );
  if (rows.length === 0) throw new LemmyError("not_found");
  return rows[0].id;
}
