import { ID_LIST, INSTANCE, select, SITE } from "../columns.ts";
import { Conditions, searchPattern } from "../conditions.ts";
import { type Ctx, queryViews } from "../context.ts";
import {
  checkLimit,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { LemmyError } from "../errors.ts";
import { pageIds } from "../keyset.ts";
import { requireReadable } from "../permissions.ts";
import type { Instance, Site } from "../views.ts";

/** Another server, and how this one stands to it (accounts-and-site §4.12). */
export interface FederatedInstanceView {
  instance: Instance;
  /** What it says of itself. */
  site?: Site;
  /** How far it has received what is sent. */
  queue_state?: FederationQueueState;
  blocked?: ListEntry & { expires_at: string | null };
  allowed?: ListEntry;
}

/** As the official client knows it; more of it is in `FederationQueueView`. */
interface FederationQueueState {
  instance_id: number;
  last_successful_id?: number;
  last_successful_published_time_at?: string;
  fail_count: number;
  last_retry_at?: string;
}

interface ListEntry {
  published_at: string;
  updated_at: string | null;
}

const TEXT = `
  select ${select("i", "instance", INSTANCE)}, ${select("s", "site", SITE)},
    s.id is not null as "site.exists",
    ${
  select(
    "q",
    "queue_state",
    [
      "instance_id",
      "last_successful_id",
      "last_successful_published_time_at",
      "fail_count",
      "last_retry_at",
    ],
  )
}, q.instance_id is not null as "queue_state.exists",
    ${
  select(
    "b",
    "blocked",
    ["published_at", "updated_at", "expires_at"],
  )
}, b.instance_id is not null as "blocked.exists",
    ${select("a", "allowed", ["published_at", "updated_at"])},
    a.instance_id is not null as "allowed.exists"
  from ${ID_LIST}
  join instance i on i.id = list.id
  left join site s on s.instance_id = i.id
  left join federation_queue_state q on q.instance_id = i.id
  left join federation_blocklist b on b.instance_id = i.id
  left join federation_allowlist a on a.instance_id = i.id
  order by list.position`;

/** The servers with these ids, in the order of the ids. */
async function readInstanceViews(
  ctx: Ctx,
  ids: readonly number[],
): Promise<FederatedInstanceView[]> {
  if (ids.length === 0) return [];
  const rows = await queryViews<FederatedInstanceView>(ctx, TEXT, [ids], [
    "site",
    "queue_state",
    "blocked",
    "allowed",
  ]);
  return rows.map(
    ({ blocked, allowed, ...view }) => ({
      ...view,
      ...(blocked && {
        blocked: {
          ...blocked,
          updated_at: blocked.updated_at ?? null,
          expires_at: blocked.expires_at ?? null,
        },
      }),
      ...(allowed && {
        allowed: { ...allowed, updated_at: allowed.updated_at ?? null },
      }),
    }),
  );
}

/** One server. @throws LemmyError `not_found` */
export async function readInstance(
  ctx: Ctx,
  id: number,
): Promise<FederatedInstanceView> {
  const [view] = await readInstanceViews(ctx, [id]);
  if (!view) throw new LemmyError("not_found");
  return view;
}

const DEFAULT_LIMIT = 20;

const KINDS = {
  all: "true",
  linked:
    "not exists (select from federation_blocklist b where b.instance_id = i.id)",
  allowed:
    "exists (select from federation_allowlist a where a.instance_id = i.id)",
  blocked:
    "exists (select from federation_blocklist b where b.instance_id = i.id)",
};

/**
 * A page of the other servers known here, those heard of last first.
 * @param filter.domain_filter part of the domain; blanks match anything
 * @throws LemmyError `instance_is_private`, cursor errors
 */
export async function listInstances(
  ctx: Ctx,
  filter: {
    kind: keyof typeof KINDS;
    domain_filter?: string;
    page_cursor?: string;
    limit?: number;
  },
): Promise<PagedResponse<FederatedInstanceView>> {
  requireReadable(ctx);
  const limit = checkLimit(filter.limit, DEFAULT_LIMIT);
  const cursor = filter.page_cursor === undefined
    ? null
    : decodeCursor("fi", filter.page_cursor);
  const keyset = {
    from: "instance i",
    alias: "i",
    table: "instance",
    segments: [{
      where: "true",
      keys: [
        {
          expression: "coalesce(i.updated_at, i.published_at)",
          type: "timestamptz",
        },
        { expression: "coalesce(i.software, '')", type: "text" },
        { expression: "i.id", type: "int4" },
      ],
      direction: "desc" as const,
    }],
  };
  const where = new Conditions();
  where.add(`i.id <> ${where.value(ctx.site.instance.id, "int4")}`);
  where.add(KINDS[filter.kind]);
  if (filter.domain_filter) {
    const pattern = searchPattern(filter.domain_filter);
    where.add(`i.domain ilike ${where.value(pattern, "text")}`);
  }
  const ids = await pageIds(ctx, keyset, where, cursor, limit);
  const items = await readInstanceViews(ctx, ids);
  return { items, ...pageCursors("fi", cursor, ids, limit) };
}
