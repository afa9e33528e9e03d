import { type Ctx, query } from "../domain/context.ts";
import type { Translator } from "../i18n/mod.ts";
import type { Letter } from "./letter.ts";
import { type Addressee, queueMail } from "./queue.ts";

/** Queues an e-mail to every admin of the site who has an address. */
export async function queueMailToAdmins(
  ctx: Pick<Ctx, "db" | "config" | "log" | "now">,
  write: (t: Translator) => Letter,
): Promise<void> {
  if (!ctx.config.email) return;
  const admins = await query<Addressee>(
    ctx,
    `select p.name, u.email, u.interface_language
     from local_user u join person p on p.id = u.person_id
     where u.admin and u.email is not null and not p.deleted order by u.id`,
  );
  for (const admin of admins) await queueMail(ctx, admin, write);
}
