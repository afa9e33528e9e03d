import { select, SITE } from "../columns.ts";
import { type Ctx, queryViews } from "../context.ts";
import type { Site } from "../views.ts";

/**
 * What the server that an actor lives on says of itself, for the answers that show one actor
 * (content §3.4, §8); undefined for a server that has not been asked yet.
 */
export async function siteOf(
  ctx: Ctx,
  actor: { local: boolean; instance_id: number },
): Promise<Site | undefined> {
  if (actor.local) return ctx.site.site;
  const [row] = await queryViews<{ site: Site }>(
    ctx,
    `select ${select("s", "site", SITE)} from site s
     where s.instance_id = $1::int4`,
    [actor.instance_id],
  );
  return row?.site;
}
