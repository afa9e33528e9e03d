import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { addBulkTask } from "../moderation/bulk_task.ts";
import { eraseProfile } from "../person/erase.ts";
import { verifyPassword } from "./password.ts";
import { endAllSessions, requireViewer } from "./session.ts";

/**
 * Deletes the caller's account: the profile at once and, if wanted, everything they wrote and
 * uploaded after the request (accounts-and-site §2.13). Name, votes, follows and private messages
 * stay. Banned people may go as well.
 * @throws LemmyError `incorrect_login` for a wrong password, and for accounts without one
 */
export async function deleteAccount(
  ctx: Ctx,
  input: { password: string; delete_content: boolean },
): Promise<void> {
  const viewer = requireViewer(ctx);
  const user = viewer.local_user.id;
  const person_id = viewer.person.id;
  const { password_encrypted } = await ctx.db.selectFrom("local_user")
    .select("password_encrypted").where("id", "=", user)
    .executeTakeFirstOrThrow();
  if (!await verifyPassword(password_encrypted, input.password)) {
    throw new LemmyError("incorrect_login", { field: "password" });
  }
  await inTransaction(ctx, async (ctx) => {
    const [present] = await query(
      ctx,
      "select from person where id = $1::int4 and not deleted for no key update",
      [person_id],
    );
    // The same request twice at once: the other one has done it.
    if (!present) return;
    await eraseProfile(ctx, person_id);
    await endAllSessions(ctx, user);
    if (input.delete_content) {
      await addBulkTask(ctx, { kind: "erase_person", person_id });
    }
    await recordEvent(ctx, {
      kind: "person_deleted",
      data: { delete_content: input.delete_content },
    });
  });
}
