import { parseActorName } from "../actor_name.ts";
import { type Ctx, query } from "../context.ts";
import { actorElsewhere, instanceHost } from "../remote_lookup.ts";

/**
 * Id of the person called `name` or `name@host`; one of another server who is not known yet is
 * looked up there for members.
 * @throws LemmyError `not_found`
 */
export async function findPersonId(ctx: Ctx, text: string): Promise<number> {
  const { name, domain } = parseActorName(text, ctx.config.hostname);
  const rows = await query<{ id: number }>(
    ctx,
    `select p.id from person p join instance i on i.id = p.instance_id
     where lower(p.name) = lower($1) and ${
      domain === null ? "i.id = $2::int4" : "lower(i.domain) = $2"
    } order by p.deleted, p.id limit 1`,
    [
      name,
      domain === null ? ctx.site.instance.id : instanceHost(ctx, domain),
    ],
  );
  if (rows.length === 0) {
    return await actorElsewhere(ctx, "person", { name, domain });
  }
  return rows[0].id;
}
