import { requireViewer } from "../account/session.ts";
import { type Ctx, query } from "../context.ts";

/** Where votes on an item are kept, and what else a vote says: who votes on a post has read it. */
const ITEMS = {
  post: { table: "post_actions", id: "post_id", marksRead: true },
  comment: { table: "comment_actions", id: "comment_id", marksRead: false },
} as const;

/**
 * Stores the viewer's vote: up, down, or null for none. Two requests of one person come one after
 * the other, so that each learns which vote it replaces.
 *
 * @returns the vote before
 */
export async function castVote(
  ctx: Ctx,
  kind: keyof typeof ITEMS,
  itemId: number,
  vote: boolean | null,
): Promise<boolean | null> {
  const { table, id, marksRead } = ITEMS[kind];
  const key = [requireViewer(ctx).person.id, itemId];
  const now = ctx.now.toISOString();
  const values = [...key, vote === null ? null : now, vote];
  if (marksRead) values.push(now);
  while (true) {
    const [row] = await query<{ vote_is_upvote: boolean | null }>(
      ctx,
      `select vote_is_upvote from ${table}
       where person_id = $1::int4 and ${id} = $2::int4 for update`,
      key,
    );
    if (row) {
      await query(
        ctx,
        `update ${table} set voted_at = $3::timestamptz, vote_is_upvote = $4::boolean${
          marksRead ? ", read_at = $5::timestamptz" : ""
        } where person_id = $1::int4 and ${id} = $2::int4`,
        values,
      );
      return row.vote_is_upvote;
    }
    if (vote === null && !marksRead) return null;
    const inserted = await query(
      ctx,
      `insert into ${table} (person_id, ${id}, voted_at, vote_is_upvote${
        marksRead ? ", read_at" : ""
      })
       values ($1::int4, $2::int4, $3::timestamptz, $4::boolean${
        marksRead ? ", $5::timestamptz" : ""
      })
       on conflict do nothing returning person_id`,
      values,
    );
    // Another request of the same person was first: its row is there now.
    if (inserted.length > 0) return null;
  }
}
