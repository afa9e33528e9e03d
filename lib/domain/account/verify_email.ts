import {
  applicantLetter,
  verificationLetter,
  verifiedLetter,
} from "../../mail/account_letters.ts";
import { queueMailToAdmins } from "../../mail/admins.ts";
import { type Addressee, queueMail } from "../../mail/queue.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { hashMailToken, makeMailToken } from "./mail_token.ts";

/** For how long the link in the e-mail holds (accounts-and-site §2.12). */
const VALID_DAYS = 7;

/** Sends the link that confirms an address of an account. Several may be open at once. */
export async function requestVerification(
  ctx: Ctx,
  user: { id: number; email: string } & Omit<Addressee, "email">,
): Promise<void> {
  const { token, hash } = await makeMailToken();
  await ctx.db.insertInto("email_verification").values({
    token_hash: hash,
    local_user_id: user.id,
    email: user.email,
    published_at: ctx.now.toISOString(),
  }).execute();
  const applies =
    ctx.site.local_site.registration_mode === "require_application";
  await queueMail(
    ctx,
    user,
    verificationLetter(ctx.config, { name: user.name, token, applies }),
  );
}

/**
 * Tells the admins of an application, once the applicant can be reached if that matters to the
 * site; only while accounts are applied for (deviation 13).
 */
export async function announceApplicant(ctx: Ctx, name: string): Promise<void> {
  const { application_email_admins, registration_mode } = ctx.site.local_site;
  if (
    !application_email_admins || registration_mode !== "require_application"
  ) {
    return;
  }
  await queueMailToAdmins(ctx, applicantLetter(ctx.config, name));
}

interface Verification extends Omit<Addressee, "email"> {
  id: number;
  /** The address of the account until now. */
  old_email: string | null;
  email: string;
  email_verified: boolean;
  deleted: boolean;
  banned: boolean;
}

/**
 * Confirms an address by the token that was sent there, and makes it the account's.
 * @throws LemmyError `not_found` for a token that is unknown or too old, `site_ban`, `deleted`,
 * `couldnt_update` when another account has taken the address meanwhile
 */
export async function verifyEmail(
  ctx: Ctx,
  input: { token: string },
): Promise<void> {
  const hash = await hashMailToken(input.token);
  await inTransaction(ctx, async (ctx) => {
    const [found] = await query<Verification>(
      ctx,
      `select u.id, p.name, u.interface_language, u.email as old_email, v.email, u.email_verified,
         p.deleted, b.received_ban_at is not null as banned
       from email_verification v join local_user u on u.id = v.local_user_id
       join person p on p.id = u.person_id
       left join instance_actions b on b.person_id = p.id and b.instance_id = p.instance_id
       where v.token_hash = $1::bytea
         and v.published_at > $2::timestamptz - ${VALID_DAYS} * interval '1 day'
       for update of u`,
      [hash, ctx.now.toISOString()],
    );
    if (!found) throw new LemmyError("not_found");
    if (found.banned) throw new LemmyError("site_ban");
    if (found.deleted) throw new LemmyError("deleted");
    const taken = await query(
      ctx,
      "select from local_user where lower(email) = lower($1) and id <> $2::int4",
      [found.email, found.id],
    );
    if (taken.length > 0) throw new LemmyError("couldnt_update");
    await ctx.db.updateTable("local_user")
      .set({ email: found.email, email_verified: true })
      .where("id", "=", found.id).execute();
    await ctx.db.deleteFrom("email_verification")
      .where("local_user_id", "=", found.id).execute();
    if (!found.email_verified) await announceApplicant(ctx, found.name);
    await queueMail(
      ctx,
      { ...found, email: found.old_email },
      verifiedLetter(ctx.config, found.name),
    );
  });
}

/**
 * Sends the confirming link again, if an account with this address waits for it. The answer is the
 * same for every address, so that nobody learns which ones have accounts.
 */
export async function resendVerification(
  ctx: Ctx,
  input: { email: string },
): Promise<void> {
  if (!ctx.site.local_site.email_verification_required) return;
  await inTransaction(ctx, async (ctx) => {
    const [user] = await query<Addressee & { id: number; email: string }>(
      ctx,
      `select u.id, p.name, u.email, u.interface_language
       from local_user u join person p on p.id = u.person_id
       left join instance_actions b on b.person_id = p.id and b.instance_id = p.instance_id
       where lower(u.email) = lower($1) and not u.email_verified and not u.admin
         and not p.deleted and b.received_ban_at is null`,
      [input.email.trim()],
    );
    if (user) await requestVerification(ctx, user);
  });
}
