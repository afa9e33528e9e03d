import { ID_LIST, PERSON, select } from "../columns.ts";
import { type Ctx, queryViews } from "../context.ts";
import type { PrivateMessageView } from "../views.ts";

/** Columns of a private message that both sides may read. */
export const PRIVATE_MESSAGE =
  `id creator_id recipient_id content deleted published_at
  updated_at ap_id local removed`.split(/\s+/);

/** That the recipient put a message away is not the sender's business. */
const TEXT = `
  select ${select("m", "private_message", PRIVATE_MESSAGE)},
    m.deleted_by_recipient and m.recipient_id = $2::int4
      as "private_message.deleted_by_recipient",
    ${select("u", "creator", PERSON)}, ${select("r", "recipient", PERSON)}
  from ${ID_LIST}
  join private_message m on m.id = list.id
  join person u on u.id = m.creator_id
  join person r on r.id = m.recipient_id
  order by list.position`;

/**
 * The private messages with these ids as the viewer sees them, in the order of the ids. Whether
 * the viewer may see them is the caller's to know.
 */
export async function readPrivateMessageViews(
  ctx: Ctx,
  ids: readonly number[],
): Promise<PrivateMessageView[]> {
  if (ids.length === 0) return [];
  return await queryViews<PrivateMessageView>(ctx, TEXT, [
    ids,
    ctx.viewer?.person.id ?? 0,
  ]);
}

/** One private message that is known to exist. */
export async function readPrivateMessage(
  ctx: Ctx,
  id: number,
): Promise<PrivateMessageView> {
  const [view] = await readPrivateMessageViews(ctx, [id]);
  return view;
}
