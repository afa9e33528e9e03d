import { parseActorName } from "../actor_name.ts";
import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { actorElsewhere, instanceHost } from "../remote_lookup.ts";

/**
 * Id of the community called `name` or `name@host`; one of another server that is not known yet is
 * looked up there for members. A deleted or removed community is found by its local name only
 * (content §3.4).
 * @throws LemmyError `not_found`
 */
export async function findCommunityId(ctx: Ctx, text: string): Promise<number> {
  const { name, domain } = parseActorName(text, ctx.config.hostname);
  const rows = domain === null
    ? await query<{ id: number; gone: boolean }>(
      ctx,
      "select id, false as gone from community where lower(name) = lower($1) and instance_id = $2::int4",
      [name, ctx.site.instance.id],
    )
    : await query<{ id: number; gone: boolean }>(
      ctx,
      `select c.id, c.deleted or c.removed as gone
       from community c join instance i on i.id = c.instance_id
       where lower(c.name) = lower($1) and lower(i.domain) = $2 order by gone, c.id limit 1`,
      [name, instanceHost(ctx, domain)],
    );
  if (rows.length === 0) {
    return await actorElsewhere(ctx, "community", { name, domain });
  }
  if (rows[0].gone) throw new LemmyError("not_found");
  return rows[0].id;
}
