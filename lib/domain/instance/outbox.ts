import { Conditions } from "../conditions.ts";
import { changeAtOnce, type Ctx, query } from "../context.ts";
import {
  checkLimit,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { LemmyError } from "../errors.ts";
import { pageIds } from "../keyset.ts";
import { requireAdmin } from "../permissions.ts";

/** Something that happened here and that other servers could not be told of yet (federation §5.1). */
export interface UnsentEventView {
  id: number;
  /** What happened, as the log of events names it. */
  kind: string;
  /** Who did it, and to what; null where it concerns none. */
  person_id: number | null;
  community_id: number | null;
  post_id: number | null;
  comment_id: number | null;
  reason: string;
  /** Of failures; waiting for something counts as none. */
  attempts: number;
  published_at: string;
  next_attempt_at: string;
}

const DEFAULT_LIMIT = 20;

/**
 * A page of what waits to be sent because no activity could be made of it, the oldest first.
 * @throws LemmyError `not_an_admin`, cursor errors
 */
export async function listUnsentEvents(
  ctx: Ctx,
  filter: { page_cursor?: string; limit?: number },
): Promise<PagedResponse<UnsentEventView>> {
  requireAdmin(ctx);
  const limit = checkLimit(filter.limit, DEFAULT_LIMIT);
  const cursor = filter.page_cursor === undefined
    ? null
    : decodeCursor("fo", filter.page_cursor);
  const ids = await pageIds(
    ctx,
    {
      from: "outbox_failure f",
      alias: "f",
      table: "outbox_failure",
      segments: [{
        where: "true",
        keys: [{ expression: "f.id", type: "int8" }],
        direction: "asc",
      }],
    },
    new Conditions(),
    cursor,
    limit,
  );
  const items = await query<UnsentEventView>(
    ctx,
    `select id, event->>'kind' as kind, (event->>'person_id')::int4 as person_id,
       (event->>'community_id')::int4 as community_id, (event->>'post_id')::int4 as post_id,
       (event->>'comment_id')::int4 as comment_id, reason, attempts,
       (event->>'published_at')::timestamptz as published_at, retry_at as next_attempt_at
     from outbox_failure where id = any($1::int8[]) order by id`,
    [ids],
  );
  return { items, ...pageCursors("fo", cursor, ids, limit) };
}

/** Has it tried again at once. @throws LemmyError `not_an_admin`, `not_found` */
export async function retryUnsentEvent(
  ctx: Ctx,
  { id }: { id: number },
): Promise<void> {
  await change(
    ctx,
    "update outbox_failure set retry_at = now() where id = $1::int8 returning id",
    id,
  );
}

/**
 * Gives it up: other servers are never told, and what waits behind it goes on.
 * @throws LemmyError as `retryUnsentEvent`
 */
export async function discardUnsentEvent(
  ctx: Ctx,
  { id }: { id: number },
): Promise<void> {
  await change(
    ctx,
    "delete from outbox_failure where id = $1::int8 returning id",
    id,
  );
}

async function change(ctx: Ctx, text: string, id: number): Promise<void> {
  requireAdmin(ctx);
  const changed = await changeAtOnce(ctx, text, [id]);
  if (changed.length === 0) throw new LemmyError("not_found");
}
