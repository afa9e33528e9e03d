import { inTransaction, query } from "../../domain/context.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { requireHost, requireRemote } from "../foreign.ts";
import { hostOf } from "../ids.ts";
import { lookUpPerson, type ResolvedPerson } from "../lookup.ts";
import type { PrivateMessage } from "../protocol/mod.ts";
import { receivedText } from "../received_text.ts";
import { resolvePerson } from "../resolve_actor.ts";
import type { Stored } from "./stored.ts";

/** A private message to somebody of this site, ready to be stored. */
export interface VerifiedMessage {
  message: PrivateMessage;
  author: ResolvedPerson;
  recipient: ResolvedPerson;
  content: string;
}

/**
 * Checks a private message (§3.6): from whoever is on the message's host to somebody here who wants
 * it. That the author is the activity's actor is for the caller to check.
 * @throws FederationError `wrong_host`, `local_object`, `not_found` for recipients elsewhere,
 * `person_is_blocked`, `couldnt_create` for recipients who want no messages, those of `checkUrl`
 */
export async function verifyMessage(
  ctx: FedCtx,
  message: PrivateMessage,
  { expectedHost }: { expectedHost: string | null },
): Promise<VerifiedMessage> {
  await requireRemote(ctx, message.id, expectedHost);
  requireHost(message.attributedTo, hostOf(message.id));
  const recipient = await lookUpPerson(ctx, message.to);
  if (!recipient?.local || recipient.deleted) {
    throw new FederationError("not_found", message.to);
  }
  const author = await resolvePerson(ctx, message.attributedTo);
  await requireWelcome(ctx, author, recipient);
  const content = await receivedText(ctx, message) ?? "";
  return { message, author, recipient, content };
}

async function requireWelcome(
  ctx: FedCtx,
  author: ResolvedPerson,
  recipient: ResolvedPerson,
): Promise<void> {
  const [answer] = await query<{ blocked: boolean; welcome: boolean }>(
    ctx,
    `select u.private_messages_enabled as welcome,
       exists (select from person_actions where person_id = $1::int4
           and target_id = $2::int4 and blocked_at is not null)
         or exists (select from instance_actions where person_id = $1
           and instance_id = $3::int4 and blocked_persons_at is not null) as blocked
     from local_user u where u.person_id = $1`,
    [recipient.id, author.id, author.instance_id],
  );
  if (answer?.blocked) throw new FederationError("person_is_blocked");
  if (!answer?.welcome) throw new FederationError("couldnt_create");
}

/**
 * Stores a private message, in one transaction, by the rules of freshness (§2.15).
 * @throws FederationError `object_is_immutable` when sender or recipient would change
 */
export async function storeMessage(
  ctx: FedCtx,
  { message, author, recipient, content }: VerifiedMessage,
): Promise<Stored> {
  const version = message.updated ?? message.published ?? ctx.now.toISOString();
  return await inTransaction(ctx, async (ctx) => {
    const [created] = await query<{ id: number }>(
      ctx,
      `insert into private_message (ap_id, local, creator_id, recipient_id, content,
         published_at, updated_at, received_version)
       values ($1, false, $2::int4, $3::int4, $4,
         least(coalesce($5::timestamptz, $8), $8::timestamptz), $6::timestamptz,
         $7::timestamptz)
       on conflict (ap_id) do nothing returning id`,
      [
        message.id,
        author.id,
        recipient.id,
        content,
        message.published ?? null,
        message.updated ?? null,
        version,
        ctx.now.toISOString(),
      ],
    );
    if (created) return { id: created.id, created: true, changed: true };
    const [existing] = await query<
      { id: number; creator_id: number; recipient_id: number; stale: boolean }
    >(
      ctx,
      `select id, creator_id, recipient_id,
         coalesce(received_version, published_at) > $2::timestamptz as stale
       from private_message where ap_id = $1 for no key update`,
      [message.id, version],
    );
    const same = existing.creator_id === author.id &&
      existing.recipient_id === recipient.id;
    if (!same) throw new FederationError("object_is_immutable", message.id);
    const { id } = existing;
    if (existing.stale) return { id, created: false, changed: false };
    await query(
      ctx,
      `update private_message set content = $2, updated_at = $3::timestamptz,
         received_version = $4::timestamptz, deleted = false
       where id = $1::int4`,
      [id, content, message.updated ?? null, version],
    );
    return { id, created: false, changed: true };
  });
}
