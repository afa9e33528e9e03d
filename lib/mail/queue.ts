import { type Ctx, query } from "../domain/context.ts";
import { type Translator, translator } from "../i18n/mod.ts";
import type { Letter } from "./letter.ts";

/** Who gets an e-mail. */
export interface Addressee {
  /** Name of the account. */
  name: string;
  /** Absent or null: an account without an address gets nothing. */
  email?: string | null;
  /** Interface language of the account; unknown ones, such as `browser`, mean English. */
  interface_language: string;
}

/** What sign-up does not check: one address, and nothing that could be read as two. */
const ADDRESS = /^[^\s@<>()[\],;:\\"]+@[^\s@<>()[\],;:\\"]+$/;

/** The site's name in the world of e-mail: without a port. */
export function mailDomain(hostname: string): string {
  return hostname.replace(/:\d+$/, "");
}

/**
 * Queues an e-mail, in the transaction that is the reason for it; it is sent after the commit
 * (`MailSender`). A site without a mail server sends none, and a malformed address gets none.
 */
export async function queueMail(
  ctx: Pick<Ctx, "db" | "config" | "log" | "now">,
  to: Addressee,
  write: (t: Translator) => Letter,
): Promise<void> {
  if (!ctx.config.email || !to.email) return;
  if (!ADDRESS.test(to.email)) {
    ctx.log.module("mail").warn("an e-mail address is malformed", {
      account: to.name,
    });
    return;
  }
  const { subject, text, html } = write(translator(to.interface_language));
  const host = mailDomain(ctx.config.hostname);
  await query(
    ctx,
    `insert into outgoing_mail (message_id, to_name, to_address, subject, body_text, body_html,
       next_attempt_at, published_at)
     values ($1, $2, $3, $4, $5, $6, $7::timestamptz, $7)`,
    [
      `<${crypto.randomUUID()}@${host}>`,
      to.name,
      to.email,
      subject,
      text,
      html,
      ctx.now.toISOString(),
    ],
  );
}
