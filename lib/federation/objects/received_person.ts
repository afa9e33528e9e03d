import { inTransaction, query } from "../../domain/context.ts";
import { LIMITS } from "../../domain/text/rules.ts";
import type { FedCtx } from "../context.ts";
import { requireRemote } from "../foreign.ts";
import type { Person } from "../protocol/mod.ts";
import {
  receivedLine,
  receivedPicture,
  receivedText,
} from "../received_text.ts";
import { instanceOf } from "../resolve_actor.ts";
import type { Stored } from "./stored.ts";

/** A person of another server, ready to be stored. */
export interface VerifiedPerson {
  person: Person;
  instance_id: number;
  bio: string | null;
}

/**
 * Checks a person that was found under its own id (§2.5). May fetch the person's site.
 * @throws FederationError `wrong_host`, `local_object`, `blocked_url`, those of `checkUrl`
 */
export async function verifyPerson(
  ctx: FedCtx,
  person: Person,
  { expectedHost }: { expectedHost: string | null },
): Promise<VerifiedPerson> {
  await requireRemote(ctx, person.id, expectedHost);
  const bio = await receivedText(ctx, {
    content: person.summary,
    source: person.source,
  }, { actor: true });
  return { person, bio, instance_id: await instanceOf(ctx, person.id) };
}

/** Stores a person, also one that counted as deleted; nothing is told to anybody. */
export async function storePerson(
  ctx: FedCtx,
  { person, instance_id, bio }: VerifiedPerson,
): Promise<Stored> {
  const name = receivedLine(ctx, person.name, LIMITS.displayName);
  const avatar = receivedPicture(ctx, person.icon);
  const banner = receivedPicture(ctx, person.image);
  return await inTransaction(ctx, async (ctx) => {
    const [row] = await query<{ id: number; created: boolean }>(
      ctx,
      `insert into person (name, display_name, bio, avatar, banner, matrix_user_id, bot_account,
         ap_id, local, inbox_url, public_key, instance_id, published_at, updated_at,
         last_refreshed_at)
       values ($1, $2, $3, $4, $5, $6, $7::boolean, $8, false, $9, $10, $11::int4,
         least(coalesce($12::timestamptz, $14), $14::timestamptz), $13::timestamptz, $14)
       on conflict ((lower(ap_id))) do update set name = excluded.name,
         display_name = excluded.display_name, bio = excluded.bio, avatar = excluded.avatar,
         banner = excluded.banner, matrix_user_id = excluded.matrix_user_id,
         bot_account = excluded.bot_account, inbox_url = excluded.inbox_url,
         public_key = excluded.public_key, updated_at = excluded.updated_at,
         last_refreshed_at = excluded.last_refreshed_at, deleted = false
       where not person.local
       returning id, xmax = 0 as created`,
      [
        person.preferredUsername,
        name,
        bio,
        avatar,
        banner,
        person.matrixUserId?.slice(0, LIMITS.url) ?? null,
        person.type === "Service",
        person.id,
        person.endpoints?.sharedInbox ?? person.inbox,
        person.publicKey,
        instance_id,
        person.published ?? null,
        person.updated ?? null,
        ctx.now.toISOString(),
      ],
    );
    return { ...row, changed: true };
  });
}
