import { passwordResetLetter } from "../../mail/account_letters.ts";
import { type Addressee, queueMail } from "../../mail/queue.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { checkPassword } from "../text/rules.ts";
import { hashMailToken, makeMailToken } from "./mail_token.ts";
import { hashPassword, replacePassword } from "./password.ts";

/** For how long the link in the e-mail holds (accounts-and-site §2.9). */
const VALID_HOURS = 24;

/**
 * Sends a link for choosing a new password, if there is an account with this address that may be
 * helped so. The answer is the same for every address, so that nobody learns which have accounts.
 */
export async function requestPasswordReset(
  ctx: Ctx,
  input: { email: string },
): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const [user] = await query<Addressee & { id: number }>(
      ctx,
      `select u.id, p.name, u.email, u.interface_language
       from local_user u join person p on p.id = u.person_id
       left join instance_actions b on b.person_id = p.id and b.instance_id = p.instance_id
       where lower(u.email) = lower($1) and not p.deleted and b.received_ban_at is null
         and (u.admin or u.email_verified or not $2::boolean)`,
      [
        input.email.trim(),
        ctx.site.local_site.email_verification_required,
      ],
    );
    if (!user) return;
    const { token, hash } = await makeMailToken();
    await ctx.db.insertInto("password_reset_request").values({
      token_hash: hash,
      local_user_id: user.id,
      published_at: ctx.now.toISOString(),
    }).execute();
    await queueMail(
      ctx,
      user,
      passwordResetLetter(ctx.config, { name: user.name, token }),
    );
  });
}

/**
 * Sets a new password by the token of the e-mail; every session ends. The token is used up by the
 * first attempt, whatever comes of it.
 * @throws LemmyError `deleted` for a token that is unknown or too old, `invalid_password`,
 * `passwords_do_not_match`
 */
export async function changePasswordAfterReset(
  ctx: Ctx,
  input: { token: string; password: string; password_verify: string },
): Promise<void> {
  const [used] = await query<{ local_user_id: number }>(
    ctx,
    `with used as (
       delete from password_reset_request where token_hash = $1::bytea
       returning local_user_id, published_at
     )
     select local_user_id from used
     where published_at > $2::timestamptz - ${VALID_HOURS} * interval '1 hour'`,
    [await hashMailToken(input.token), ctx.now.toISOString()],
  );
  if (!used) throw new LemmyError("deleted");
  checkPassword(input.password, "password");
  if (input.password !== input.password_verify) {
    throw new LemmyError("passwords_do_not_match", {
      field: "password_verify",
    });
  }
  const password_encrypted = await hashPassword(input.password);
  await inTransaction(
    ctx,
    (ctx) => replacePassword(ctx, used.local_user_id, password_encrypted),
  );
}
