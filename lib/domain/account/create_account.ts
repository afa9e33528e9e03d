import { localActorId } from "../actor_name.ts";
import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { generateKeyPair } from "../keys.ts";
import { checkActorName, isStorable } from "../text/rules.ts";
import { checkSlurs } from "../text_input.ts";
import { acceptedLanguages } from "./languages.ts";

/** What every sign-up gives, whichever way it comes. */
export interface NewAccount {
  username: string;
  /** In lower case. */
  email?: string;
  /** Null for accounts that sign in through a provider only. */
  password_encrypted: string | null;
  /** Absent: as the site's content warning says. */
  show_nsfw?: boolean;
  admin: boolean;
  email_verified: boolean;
  accepted_application: boolean;
  /** Stored as an application when given. */
  answer?: string;
  invited_by_local_user_id?: number | null;
  acceptLanguage?: string;
  keys: Awaited<ReturnType<typeof generateKeyPair>>;
}

/**
 * The rules for the name of a new account, in the order of accounts-and-site §2.2 as far as they
 * come before those of the address.
 * @throws LemmyError `slurs`, `invalid_name`, `username_already_taken`
 */
export async function checkNewName(
  ctx: Ctx,
  input: { username: string; answer?: string },
): Promise<void> {
  checkSlurs(ctx, input.username, "username");
  if (input.answer) checkSlurs(ctx, input.answer, "answer");
  for (const text of [input.username, input.answer]) {
    if (text !== undefined && !isStorable(text)) {
      throw new LemmyError("invalid_name", { field: "username" });
    }
  }
  const rows = await query(
    ctx,
    "select from person where lower(name) = lower($1) and instance_id = $2::int4",
    [input.username, ctx.site.instance.id],
  );
  if (rows.length > 0) {
    throw new LemmyError("username_already_taken", { field: "username" });
  }
}

/**
 * Writes person, account, languages and application of a sign-up whose rules have been checked.
 * @throws LemmyError `username_already_taken`, `email_already_taken` when another was faster
 */
export async function createAccount(
  ctx: Ctx,
  account: NewAccount,
): Promise<{ id: number; person_id: number; interface_language: string }> {
  const { local_site, site, instance } = ctx.site;
  const { username } = account;
  checkActorName(username, "username");
  const person = await ctx.db.insertInto("person").values({
    name: username,
    ap_id: localActorId(ctx.config, "person", username),
    inbox_url: `${ctx.config.origin}/inbox`,
    instance_id: instance.id,
    published_at: ctx.now.toISOString(),
    ...account.keys,
  }).onConflict((conflict) => conflict.doNothing()).returning("id")
    .executeTakeFirst();
  if (!person) {
    throw new LemmyError("username_already_taken", { field: "username" });
  }
  const user = await ctx.db.insertInto("local_user").values({
    person_id: person.id,
    email: account.email ?? null,
    email_verified: account.email_verified,
    password_encrypted: account.password_encrypted,
    admin: account.admin,
    accepted_application: account.accepted_application,
    invited_by_local_user_id: account.invited_by_local_user_id ?? null,
    show_nsfw: account.show_nsfw ?? site.content_warning !== undefined,
    default_listing_type: local_site.default_post_listing_type,
    post_listing_mode: local_site.default_post_listing_mode,
    interface_language: acceptedLanguages(account.acceptLanguage)[0] ??
      "browser",
  }).onConflict((conflict) => conflict.doNothing())
    .returning(["id", "interface_language"]).executeTakeFirst();
  if (!user) {
    throw new LemmyError("email_already_taken", { field: "email" });
  }
  await setInitialLanguages(ctx, user.id, account.acceptLanguage);
  if (account.answer !== undefined) {
    await ctx.db.insertInto("registration_application").values({
      local_user_id: user.id,
      answer: account.answer,
      published_at: ctx.now.toISOString(),
    }).execute();
  }
  await recordEvent(ctx, { kind: "person_created", person_id: person.id });
  return { ...user, person_id: person.id };
}

/** The site's languages and those the browser asks for; all when the site has no list. */
async function setInitialLanguages(
  ctx: Ctx,
  userId: number,
  acceptLanguage: string | undefined,
): Promise<void> {
  await query(
    ctx,
    `insert into local_user_language (local_user_id, language_id)
     select $1::int4, id from language
     where cardinality($2::int4[]) = 0 or id = any($2) or code = any($3::text[])`,
    [userId, ctx.site.discussion_languages, acceptedLanguages(acceptLanguage)],
  );
}
