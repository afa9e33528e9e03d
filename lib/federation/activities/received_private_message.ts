import { query } from "../../domain/context.ts";
import { recordEvent } from "../../domain/event/record.ts";
import { notifyOfPrivateMessage } from "../../domain/notification/private_message.ts";
import { requirePerson, requirePersonHere } from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { requireHost } from "../foreign.ts";
import { hostOf, sameHost, sameUrl } from "../ids.ts";
import { lookUpPerson } from "../lookup.ts";
import {
  storeMessage,
  type VerifiedMessage,
  verifyMessage,
} from "../objects/received_message.ts";
import { privateMessage, publication, read } from "../protocol/mod.ts";
import type { Incoming, Opened } from "./received.ts";

/** Private messages (§3.6): they belong to no community, and nobody announces them. */

/** Create and Update. */
export function openPrivateMessage(
  ctx: FedCtx,
  { json, announcer }: Incoming,
): Promise<Opened> {
  const given = read(publication, json);
  const message = read(privateMessage, given.object);
  return Promise.resolve({
    community: null,
    async verify() {
      if (announcer !== null) {
        throw new FederationError("wrong_community", announcer);
      }
      const actor = await requirePersonHere(ctx, given.actor);
      requireHost(message.id, hostOf(actor.ap_id));
      const [to] = given.to;
      if (to !== undefined && !sameHost(to, message.to)) {
        throw new FederationError("wrong_host", to);
      }
      if (!sameUrl(actor.ap_id, message.attributedTo)) {
        throw new FederationError("not_the_author", actor.ap_id);
      }
      const verified = await verifyMessage(ctx, message, {
        expectedHost: hostOf(actor.ap_id),
      });
      return (ctx) => store(ctx, verified);
    },
  });
}

async function store(ctx: FedCtx, verified: VerifiedMessage): Promise<void> {
  const { id, created, changed } = await storeMessage(ctx, verified);
  if (!changed) return;
  await notifyOfPrivateMessage(ctx, id);
  await recordEvent(ctx, {
    kind: created ? "private_message_created" : "private_message_updated",
    person_id: verified.author.id,
    data: { private_message_id: id },
  });
}

/** A message as its deletion needs it. */
interface Known {
  id: number;
  creator_id: number;
}

/** A private message by id. */
export async function lookUpMessage(
  ctx: Pick<FedCtx, "db">,
  apId: string,
): Promise<Known | null> {
  const [row] = await query<Known>(
    ctx,
    "select id, creator_id from private_message where ap_id = $1",
    [apId],
  );
  return row ?? null;
}

/** Delete of a message by its sender, and the Undo of that. */
export function openMessageDeletion(
  ctx: FedCtx,
  { actor, object, deleted }: {
    actor: string;
    object: string;
    deleted: boolean;
  },
  message: Known,
): Opened {
  return {
    community: null,
    async verify() {
      const person = await requirePerson(ctx, actor);
      requireHost(object, hostOf(actor));
      if (person.id !== message.creator_id) {
        throw new FederationError("not_the_author", actor);
      }
      return async (ctx) => {
        const changed = await query(
          ctx,
          `update private_message set deleted = $2::boolean
           where id = $1::int4 and deleted <> $2 returning id`,
          [message.id, deleted],
        );
        if (changed.length === 0) return;
        await recordEvent(ctx, {
          kind: "private_message_deleted",
          person_id: person.id,
          data: { private_message_id: message.id, deleted },
        });
      };
    },
  };
}

/** Whether the only recipient of something that is not public is a person of this site. */
export async function isForOnePersonHere(
  ctx: Pick<FedCtx, "db">,
  recipients: ReadonlySet<string>,
): Promise<boolean> {
  if (recipients.size !== 1) return false;
  const [only] = recipients;
  return (await lookUpPerson(ctx, only))?.local ?? false;
}
