import type { Ctx } from "../../domain/context.ts";
import { filled, type Json, rowOf, textMembers } from "./send.ts";

interface Row {
  ap_id: string;
  content: string;
  published_at: string;
  updated_at: string | null;
  creator: string;
  recipient: string;
}

/**
 * A private message (§2.10).
 * @param asChat whether the recipient's server understands it as `ChatMessage` only
 */
export async function messageObject(
  ctx: Ctx,
  id: number,
  asChat: boolean,
): Promise<Json> {
  const row = await rowOf<Row>(
    ctx,
    `select m.ap_id, m.content, m.published_at, m.updated_at, u.ap_id as creator,
       r.ap_id as recipient
     from private_message m join person u on u.id = m.creator_id
       join person r on r.id = m.recipient_id where m.id = $1::int4`,
    id,
  );
  return filled({
    type: asChat ? "ChatMessage" : "Note",
    id: row.ap_id,
    attributedTo: row.creator,
    to: [row.recipient],
    content: "",
    ...textMembers(ctx, row.content),
    mediaType: "text/html",
    published: row.published_at,
    updated: row.updated_at,
  });
}
