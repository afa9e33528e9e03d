import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireActiveUser } from "../permissions.ts";

const COLUMNS = {
  communities: "blocked_communities_at",
  persons: "blocked_persons_at",
} as const;

/**
 * Hides the communities, or the people, of an instance from the viewer's listings, or shows them
 * again (accounts-and-site §3.6).
 * @throws LemmyError `cant_block_local_instance`, `not_found`
 */
export async function blockInstance(
  ctx: Ctx,
  input: {
    instance_id: number;
    block: boolean;
    what: "communities" | "persons";
  },
): Promise<void> {
  const viewer = requireActiveUser(ctx);
  if (input.instance_id === ctx.site.instance.id) {
    throw new LemmyError("cant_block_local_instance");
  }
  const column = COLUMNS[input.what];
  const key = [viewer.person.id, input.instance_id];
  await inTransaction(ctx, async (ctx) => {
    const known = await query(
      ctx,
      "select from instance where id = $1::int4",
      [input.instance_id],
    );
    if (known.length === 0) throw new LemmyError("not_found");
    if (input.block) {
      await query(
        ctx,
        `insert into instance_actions (person_id, instance_id, ${column})
         values ($1::int4, $2::int4, $3::timestamptz)
         on conflict (person_id, instance_id) do update set ${column} = excluded.${column}`,
        [...key, ctx.now.toISOString()],
      );
    } else {
      await query(
        ctx,
        `update instance_actions set ${column} = null
         where person_id = $1::int4 and instance_id = $2::int4`,
        key,
      );
      await query(
        ctx,
        `delete from instance_actions where person_id = $1::int4 and instance_id = $2::int4
           and num_nonnulls(blocked_communities_at, blocked_persons_at, received_ban_at) = 0`,
        key,
      );
    }
  });
  delete viewer.relations;
}
