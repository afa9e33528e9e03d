import { setMark } from "../action_rows.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireActiveUser } from "../permissions.ts";
import type { PersonView } from "../views.ts";
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
    await setMark(
      ctx,
      "person_actions",
      input.person_id,
      "blocked_at",
      input.block,
    );
    delete viewer.relations;
    return await readPerson(ctx, input.person_id);
  });
}
