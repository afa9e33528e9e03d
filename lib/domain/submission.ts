import { requireViewer } from "./account/session.ts";
import { type Ctx, inTransaction, query } from "./context.ts";

/** How long the sending of a form is remembered. */
export const SUBMISSION_HOURS = 24;

/**
 * Makes something of a form, once: the same form sent again by the same person, even while the
 * first is under way, yields what the first made. A refused one has made nothing and may be sent
 * again. Must not be called inside a transaction, which could not see what the first committed.
 *
 * @param digest tells the form and its whole content from all others
 * @param make makes the thing in the context's transaction, and gives its id
 * @returns id of the thing
 */
export async function makeOnce(
  ctx: Ctx,
  digest: Uint8Array,
  make: (ctx: Ctx) => Promise<number>,
): Promise<number> {
  const { person } = requireViewer(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const claimed = await query(
      ctx,
      `insert into form_submission (person_id, digest, published_at)
       values ($1::int4, $2::bytea, $3::timestamptz)
       on conflict do nothing returning 1`,
      [person.id, digest, ctx.now.toISOString()],
    );
    if (claimed.length === 0) {
      const [{ made_id }] = await query<{ made_id: number }>(
        ctx,
        `select made_id from form_submission
         where person_id = $1::int4 and digest = $2::bytea`,
        [person.id, digest],
      );
      return made_id;
    }
    const id = await make(ctx);
    await query(
      ctx,
      `update form_submission set made_id = $3::int4
       where person_id = $1::int4 and digest = $2::bytea`,
      [person.id, digest, id],
    );
    return id;
  });
}
