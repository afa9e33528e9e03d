import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireActiveUser } from "../permissions.ts";
import type { PersonView } from "../views.ts";
import { dropEmptyPersonActions } from "./actions.ts";
import { readPerson } from "./view.ts";

/**
 * Hides what a person writes from the viewer's listings, or shows it again (accounts-and-site
 * §3.6).
 * @throws LemmyError `cant_block_yourself`, `cant_block_admin`, `not_found`
 */
export async function blockPerson(
  ctx: Ctx,
  input: { person_id: number; block: boolean },
): Promise<PersonView> {
  const viewer = requireActiveUser(ctx);
  if (input.person_id === viewer.person.id) {
    throw new LemmyError("cant_block_yourself");
  }
  return await inTransaction(ctx, async (ctx) => {
    const target = await readPerson(ctx, input.person_id);
    if (target.is_admin) throw new LemmyError("cant_block_admin");
    if (input.block) {
      await query(
        ctx,
        `insert into person_actions (person_id, target_id, blocked_at)
         values ($1::int4, $2::int4, $3::timestamptz)
         on conflict (person_id, target_id) do update set blocked_at = excluded.blocked_at`,
        [viewer.person.id, input.person_id, ctx.now.toISOString()],
      );
    } else {
      await query(
        ctx,
        `update person_actions set blocked_at = null
         where person_id = $1::int4 and target_id = $2::int4`,
        [viewer.person.id, input.person_id],
      );
      await dropEmptyPersonActions(ctx, input.person_id);
    }
    delete viewer.relations;
    return await readPerson(ctx, input.person_id);
  });
}
