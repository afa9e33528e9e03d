import { type Ctx, query } from "../../domain/context.ts";
import { isLocalId } from "../ids.ts";

/** Collections of one thread that are walked. */
const MAX_COLLECTIONS = 5;

/**
 * Has the comments of a post fetched in the background by the collections that it names. For posts
 * that were fetched: what has just been published has no comments yet, and asking for them would
 * lead all receivers to its server at once.
 */
export async function wantThread(
  ctx: Ctx,
  postId: number,
  object: { context?: string; replies?: string },
): Promise<void> {
  const collections = [object.context, object.replies].filter((address) =>
    address !== undefined && !isLocalId(ctx.config, address)
  );
  if (collections.length === 0) return;
  await query(
    ctx,
    `insert into thread_fetch (post_id, collections, due_at)
     values ($1::int4, $2::text[], $3::timestamptz)
     on conflict (post_id) do update set
       collections = (select (array_agg(distinct c))[1:${MAX_COLLECTIONS}]
         from unnest(thread_fetch.collections || excluded.collections) as c)`,
    [postId, collections, ctx.now.toISOString()],
  );
}
