import { dropEmptyRows } from "../action_rows.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireActiveUser } from "../permissions.ts";
import { checkBody } from "../text/rules.ts";
import { checkSlurs, markdownInput } from "../text_input.ts";
import type { PersonView } from "../views.ts";
import { readPerson } from "./view.ts";

/** The pipeline may lengthen a note whose input was within the limit; it is then kept whole. */
const STORED_LENGTH = 100_000;

/**
 * Keeps a private note about a person; "" deletes it (accounts-and-site §3.7).
 * @throws LemmyError `cant_note_yourself`, `slurs`, `invalid_body_field`, `blocked_url`,
 * `not_found`
 */
export async function notePerson(
  ctx: Ctx,
  input: { person_id: number; note: string },
): Promise<PersonView> {
  const viewer = requireActiveUser(ctx);
  if (input.person_id === viewer.person.id) {
    throw new LemmyError("cant_note_yourself");
  }
  checkSlurs(ctx, input.note, "note");
  checkBody(input.note, undefined, "note");
  const note = markdownInput(ctx, input.note, "note", STORED_LENGTH);
  return await inTransaction(ctx, async (ctx) => {
    await readPerson(ctx, input.person_id);
    const key = [viewer.person.id, input.person_id];
    if (note !== "") {
      await query(
        ctx,
        `insert into person_actions (person_id, target_id, noted_at, note)
         values ($1::int4, $2::int4, $3::timestamptz, $4)
         on conflict (person_id, target_id) do update set noted_at = excluded.noted_at,
           note = excluded.note`,
        [...key, ctx.now.toISOString(), note],
      );
    } else {
      await query(
        ctx,
        `update person_actions set noted_at = null, note = null
         where person_id = $1::int4 and target_id = $2::int4`,
        key,
      );
      await dropEmptyRows(ctx, "person_actions", [input.person_id]);
    }
    return await readPerson(ctx, input.person_id);
  });
}
