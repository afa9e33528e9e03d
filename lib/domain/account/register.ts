import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { generateKeyPair } from "../keys.ts";
import { checkActorName, checkPassword, isStorable } from "../text/rules.ts";
import { checkSlurs } from "../text_input.ts";
import { requireFreeEmail } from "./email.ts";
import { hashPassword } from "./password.ts";
import { type ClientInfo, createSession } from "./session.ts";

export interface Register {
  username: string;
  password: string;
  password_verify: string;
  show_nsfw?: boolean;
  email?: string;
  captcha_uuid?: string;
  captcha_answer?: string;
  honeypot?: string;
  answer?: string;
  stay_logged_in?: boolean;
  /** Invitation; before the set-up also the one-time word that the server logs. */
  token?: string;
}

/** Where a sign-up comes from. */
export interface RegisterClient extends ClientInfo {
  /** The request came from this machine itself, not through a proxy. */
  loopback: boolean;
  acceptLanguage?: string;
}

export interface RegisterResult {
  jwt?: string;
  registration_created: boolean;
  verify_email_sent: boolean;
}

/**
 * Creates an account (accounts-and-site §2.2). The first one of a site that is not set up becomes
 * its admin, and must come from the machine itself or bring the word that the server logs.
 * @throws LemmyError the codes of that section, in its order
 */
export async function register(
  ctx: Ctx,
  input: Register,
  client: RegisterClient,
): Promise<RegisterResult> {
  const { local_site } = ctx.site;
  const first = !local_site.site_setup && await isFirstAccount(ctx);
  const email = input.email ? input.email.trim().toLowerCase() : undefined;
  if (local_site.registration_mode === "require_invitation") {
    throw new LemmyError(
      input.token ? "invalid_invite_token" : "missing_invite_token",
      { field: "token" },
    );
  }
  if (local_site.registration_mode === "closed") {
    throw new LemmyError("registration_closed");
  }
  checkPassword(input.password, "password");
  if (input.honeypot) throw new LemmyError("honeypot_failed");
  if (local_site.email_verification_required && !email) {
    throw new LemmyError("email_required", { field: "email" });
  }
  const applies = !first &&
    local_site.registration_mode === "require_application";
  if (applies && input.answer === undefined) {
    throw new LemmyError("registration_application_answer_required", {
      field: "answer",
    });
  }
  if (input.password !== input.password_verify) {
    throw new LemmyError("passwords_do_not_match", {
      field: "password_verify",
    });
  }
  checkSlurs(ctx, input.username, "username");
  if (input.answer) checkSlurs(ctx, input.answer, "answer");
  for (const text of [input.username, email, input.answer]) {
    if (text !== undefined && !isStorable(text)) {
      throw new LemmyError("invalid_name", { field: "username" });
    }
  }
  await requireFreeName(ctx, input.username);
  if (email) await requireFreeEmail(ctx, email);
  checkActorName(input.username, "username");
  if (first) await requireOperator(ctx, input, client);

  const [keys, password_encrypted] = await Promise.all([
    generateKeyPair(),
    hashPassword(input.password),
  ]);
  const verifies = !first && local_site.email_verification_required;
  return await inTransaction(ctx, async (ctx) => {
    // Two first visitors at once: the second waits here and finds that an admin exists.
    if (first) {
      await query(ctx, "select from local_site for update");
      if (!await isFirstAccount(ctx)) throw new LemmyError("couldnt_create");
    }
    const person = await ctx.db.insertInto("person").values({
      name: input.username,
      ap_id: `${ctx.config.origin}/u/${input.username}`,
      inbox_url: `${ctx.config.origin}/inbox`,
      instance_id: ctx.site.instance.id,
      published_at: ctx.now.toISOString(),
      ...keys,
    }).onConflict((conflict) => conflict.doNothing()).returning("id")
      .executeTakeFirst();
    if (!person) {
      throw new LemmyError("username_already_taken", { field: "username" });
    }
    const user = await ctx.db.insertInto("local_user").values({
      person_id: person.id,
      email: email ?? null,
      password_encrypted,
      admin: first,
      accepted_application: !applies,
      show_nsfw: input.show_nsfw ??
        ctx.site.site.content_warning !== undefined,
      default_listing_type: local_site.default_post_listing_type,
      post_listing_mode: local_site.default_post_listing_mode,
      interface_language: firstLanguage(client.acceptLanguage),
    }).onConflict((conflict) => conflict.doNothing()).returning("id")
      .executeTakeFirst();
    if (!user) {
      throw new LemmyError("email_already_taken", { field: "email" });
    }
    await setInitialLanguages(ctx, user.id, client.acceptLanguage);
    if (applies) {
      await ctx.db.insertInto("registration_application").values({
        local_user_id: user.id,
        answer: input.answer!,
        published_at: ctx.now.toISOString(),
      }).execute();
    }
    await recordEvent(ctx, { kind: "person_created", person_id: person.id });
    const signedIn = !applies && !verifies;
    const result: RegisterResult = {
      registration_created: applies,
      verify_email_sent: verifies,
    };
    if (signedIn) {
      result.jwt = await createSession(ctx, user.id, {
        stayLoggedIn: input.stay_logged_in ?? false,
        client,
      });
    }
    return result;
  });
}

/** Whether no admin exists yet. */
export async function isFirstAccount(ctx: Ctx): Promise<boolean> {
  const rows = await query(ctx, "select from local_user where admin limit 1");
  return rows.length === 0;
}

/** Refuses a first visitor who is neither at the machine nor has read its log. */
async function requireOperator(
  ctx: Ctx,
  input: Register,
  client: RegisterClient,
): Promise<void> {
  if (client.loopback) return;
  if (input.token && await isSetupToken(ctx, input.token)) return;
  throw new LemmyError("registration_closed");
}

/** Whether this is the one-time word of the set-up address that the server logs. */
export async function isSetupToken(ctx: Ctx, token: string): Promise<boolean> {
  const [row] = await query<{ setup_token: string }>(
    ctx,
    "select setup_token from secret",
  );
  return row !== undefined && row.setup_token === token;
}

async function requireFreeName(ctx: Ctx, name: string): Promise<void> {
  const rows = await query(
    ctx,
    "select from person where lower(name) = lower($1) and instance_id = $2::int4",
    [name, ctx.site.instance.id],
  );
  if (rows.length > 0) {
    throw new LemmyError("username_already_taken", { field: "username" });
  }
}

/** Language tags of an `Accept-Language` header by quality, without their regions. */
export function acceptedLanguages(header: string | undefined): string[] {
  const tags = (header ?? "").split(",").map((part) => {
    const [tag, ...parameters] = part.trim().split(";");
    const q = parameters.map((p) => /^\s*q=([0-9.]+)\s*$/.exec(p)?.[1])
      .find((value) => value !== undefined);
    return {
      tag: tag.split("-")[0].toLowerCase(),
      quality: q === undefined ? 1 : Number(q),
    };
  }).filter(({ tag, quality }) => /^[a-z]{2,8}$/.test(tag) && quality > 0);
  tags.sort((a, b) => b.quality - a.quality);
  return [...new Set(tags.map(({ tag }) => tag))];
}

function firstLanguage(header: string | undefined): string {
  return acceptedLanguages(header)[0] ?? "browser";
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
