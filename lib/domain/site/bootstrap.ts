import { type Ctx, query } from "../context.ts";

/**
 * Has a new site begin with a community of its own and get to know the busiest ones of an
 * established site, so that it is not empty (moderation-and-operations §10). Not in the test mode of
 * federation, nor for a site without https: nobody federates with it.
 */
export async function wantBootstrap(ctx: Ctx): Promise<void> {
  if (ctx.config.fastFederation || !ctx.config.tlsEnabled) return;
  await query(
    ctx,
    `insert into bootstrap_fetch (due_at) select $1::timestamptz
     where not exists (select from bootstrap_fetch)`,
    [ctx.now.toISOString()],
  );
}
