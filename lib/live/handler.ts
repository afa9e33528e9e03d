import { relations } from "../domain/account/relations.ts";
import { readCommunity } from "../domain/community/view.ts";
import { canReadCommunity } from "../domain/community/visibility.ts";
import type { Ctx } from "../domain/context.ts";
import { LemmyError } from "../domain/errors.ts";
import { requireReadable } from "../domain/permissions.ts";
import { readPost } from "../domain/post/view.ts";
import type { Sql } from "../db/connection.ts";
import type { RequestClient } from "../http/state.ts";
import {
  compareCursors,
  currentCursor,
  type Cursor,
  formatCursor,
  type LiveEvent,
  oldestCursor,
  parseCursor,
  readEvents,
} from "./events.ts";
import type { LiveHub, LiveScope, Subscription } from "./hub.ts";

/** Missed events that are told one by one; after more the page is better loaded again. */
const MAX_MISSED = 500;
/** How long a browser waits before it connects again, in milliseconds. */
const RETRY_MS = 3000;

const encoder = new TextEncoder();

/** What a stream needs of the request's surroundings. */
export interface LiveSurroundings {
  ctx: Ctx;
  client: RequestClient;
  hub: LiveHub;
  sql: Sql;
}

/**
 * `GET /live?post=ID | community=ID | feed=local|all`: server-sent events `comment`, `post` and
 * `vote` with ids and counts. `Last-Event-ID`, or `last_event_id` in the address, continues where
 * a reader was; `reset` says that the log does not reach back to there. It may be read by whoever
 * may read the page of the same thing; others get the status that a browser takes as final.
 */
export async function handleLive(
  req: Request,
  surroundings: LiveSurroundings,
): Promise<Response> {
  try {
    return await openStream(req, surroundings);
  } catch (error) {
    if (!(error instanceof LemmyError)) throw error;
    const { code, status } = error;
    return new Response(code, { status: status === 400 ? 403 : status });
  }
}

async function openStream(
  req: Request,
  { ctx, client, hub, sql }: LiveSurroundings,
): Promise<Response> {
  requireReadable(ctx);
  const query = new URL(req.url).searchParams;
  const scope = parseScope(query);
  const communityId = await requireReadableScope(ctx, scope);
  const { blockedPersons } = await relations(ctx);
  if (!hub.hasRoom(client.ip)) throw new LemmyError("too_many_requests");
  const given = req.headers.get("last-event-id") ?? query.get("last_event_id");
  if (req.method === "HEAD") {
    return new Response(null, { headers: HEADERS });
  }

  let subscription: Subscription;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      subscription = {
        scope,
        communityId,
        ip: client.ip,
        personId: ctx.viewer?.person.id ?? null,
        hidden: new Set(blockedPersons),
        controller,
        openedAt: Date.now(),
        waiting: [],
        told: null,
      };
      hub.add(subscription);
    },
    cancel() {
      hub.remove(subscription);
    },
  });
  try {
    const { missed, reset, position } = await catchUp(sql, hub, scope, given);
    const first = [
      `retry: ${RETRY_MS}`,
      `id: ${position}`,
      ...(reset ? ["event: reset", "data: {}"] : []),
    ];
    hub.resume(
      subscription!,
      missed,
      encoder.encode(`${first.join("\n")}\n\n`),
    );
  } catch (error) {
    hub.remove(subscription!);
    throw error;
  }
  return new Response(stream, { headers: HEADERS });
}

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store, no-transform",
  // Tells nginx not to hold the messages back.
  "x-accel-buffering": "no",
};

function parseScope(query: URLSearchParams): LiveScope {
  for (const kind of ["post", "community"] as const) {
    const text = query.get(kind);
    if (text === null) continue;
    const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0;
    if (id < 1 || id > 0x7fffffff) throw new LemmyError("not_found");
    return { kind, id };
  }
  const feed = query.get("feed");
  if (feed === "local" || feed === "all") return { kind: "feed", feed };
  throw new LemmyError("not_found");
}

/** @returns the community that the right to read depends on, if it is one */
async function requireReadableScope(
  ctx: Ctx,
  scope: LiveScope,
): Promise<number | null> {
  switch (scope.kind) {
    case "post":
      return (await readPost(ctx, scope.id)).community.id;
    case "community": {
      const view = await readCommunity(ctx, scope.id);
      const { community, community_actions } = view;
      if (!canReadCommunity(ctx, community, community_actions)) {
        throw new LemmyError("not_found");
      }
      return community.id;
    }
    case "feed":
      return null;
  }
}

/**
 * What the reader has missed since `given`. The subscription exists already, so that every event
 * is either in here or comes by it.
 */
async function catchUp(
  sql: Sql,
  hub: LiveHub,
  scope: LiveScope,
  given: string | null,
): Promise<{ missed: LiveEvent[]; reset: boolean; position: string }> {
  if (given === null || given === "") {
    const position = hub.cursor || formatCursor(await currentCursor(sql));
    return { missed: [], reset: false, position };
  }
  const after = parseCursor(given);
  if (after !== null && await reachesBack(sql, hub, after)) {
    const [filter, parameters] = filterOf(scope);
    const missed = await readEvents(
      sql,
      after,
      MAX_MISSED + 1,
      filter,
      parameters,
    );
    if (missed.length <= MAX_MISSED) {
      return { missed, reset: false, position: formatCursor(after) };
    }
  }
  const position = hub.cursor || formatCursor(await currentCursor(sql));
  return { missed: [], reset: true, position };
}

/** Whether every event after the place is still in the log, and the place is of this database. */
async function reachesBack(
  sql: Sql,
  hub: LiveHub,
  after: Cursor,
): Promise<boolean> {
  const now = await currentCursor(sql);
  if (after.xid > now.xid) return false;
  const retained = parseCursor(hub.retainedFrom);
  if (retained !== null && compareCursors(after, retained) >= 0) return true;
  const oldest = await oldestCursor(sql);
  return oldest !== null && compareCursors(after, oldest) >= 0;
}

function filterOf(scope: LiveScope): [string, number[]] {
  switch (scope.kind) {
    case "post":
      return ["and e.post_id = $4::int4", [scope.id]];
    case "community":
      return [
        `and e.community_id = $4::int4 and e.post_id is not null
         and p.scheduled_publish_time_at is null`,
        [scope.id],
      ];
    case "feed":
      return [
        `and e.post_id is not null and c.visibility in ('public', 'local_only_public')
         and not (c.deleted or c.removed or c.local_removed)
         and p.scheduled_publish_time_at is null${
          scope.feed === "local" ? " and c.local" : ""
        }`,
        [],
      ];
  }
}
