import { setMark } from "../action_rows.ts";
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
  await inTransaction(ctx, async (ctx) => {
    const known = await query(
      ctx,
      "select from instance where id = $1::int4",
      [input.instance_id],
    );
    if (known.length === 0) throw new LemmyError("not_found");
    await setMark(
      ctx,
      "instance_actions",
      input.instance_id,
      COLUMNS[input.what],
      input.block,
    );
  });
  delete viewer.relations;
}
