import { relations } from "../account/relations.ts";
import { requireViewer } from "../account/session.ts";
import { addVisibility } from "../community/visibility.ts";
import { Conditions } from "../conditions.ts";
import { type Ctx, query } from "../context.ts";
import {
  checkLimit,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { LemmyError } from "../errors.ts";
import { pageIds } from "../keyset.ts";
import { requireActiveUser } from "../permissions.ts";
import type { ReportCombinedView, ReportKind } from "./types.ts";
import { readReportViews } from "./view.ts";

/** Filters of the list of reports (moderation-and-operations §3.4). */
export interface ReportFilter {
  unresolved_only?: boolean;
  type_?: "all" | "posts" | "comments" | "private_messages" | "communities";
  /** Reports of the post or of comments below it. */
  post_id?: number;
  community_id?: number;
  /** By default the oldest first if only open ones are asked for, else the newest. */
  sort?: "default" | "new" | "old";
  /** For admins: also what is the moderators' to settle. */
  show_community_rule_violations?: boolean;
  /** What the caller reported, whoever may settle it. */
  my_reports_only?: boolean;
  page_cursor?: string;
  limit?: number;
}

const KINDS: Record<
  Exclude<NonNullable<ReportFilter["type_"]>, "all">,
  ReportKind
> = {
  posts: "post",
  comments: "comment",
  private_messages: "private_message",
  communities: "community",
};

const FROM = "report r left join community c on c.id = r.community_id";
const DEFAULT_LIMIT = 20;

/**
 * A page of reports that the caller may settle, or has made.
 * @throws LemmyError `not_a_mod_or_admin`, those of `requireActiveUser`, cursor errors
 */
export async function listReports(
  ctx: Ctx,
  filter: ReportFilter,
): Promise<PagedResponse<ReportCombinedView>> {
  requireViewer(ctx);
  const where = new Conditions();
  if (filter.my_reports_only) addOwn(where, ctx);
  else {
    requireActiveUser(ctx);
    await addOthers(where, ctx, filter.show_community_rule_violations ?? false);
  }
  const limit = checkLimit(filter.limit, DEFAULT_LIMIT);
  const cursor = filter.page_cursor === undefined
    ? null
    : decodeCursor("r", filter.page_cursor);
  addFilters(where, filter);
  const oldFirst = filter.sort === "old" ||
    filter.sort !== "new" && filter.unresolved_only;
  const keyset = {
    from: FROM,
    alias: "r",
    table: "report",
    segments: [{
      where: "true",
      keys: [
        { expression: "r.published_at", type: "timestamptz" },
        { expression: "r.id", type: "int4" },
      ],
      direction: oldFirst ? "asc" as const : "desc" as const,
    }],
  };
  const ids = await pageIds(ctx, keyset, where, cursor, limit);
  const items = await readReportViews(ctx, ids);
  return { items, ...pageCursors("r", cursor, ids, limit) };
}

function addFilters(where: Conditions, filter: ReportFilter): void {
  if (filter.unresolved_only) where.add("not r.resolved");
  if (filter.type_ && filter.type_ !== "all") {
    where.add(`r.type_ = ${where.value(KINDS[filter.type_], "text")}`);
  }
  if (filter.post_id !== undefined) {
    where.add(`r.post_id = ${where.value(filter.post_id, "int4")}`);
  }
  if (filter.community_id !== undefined) {
    where.add(`r.community_id = ${where.value(filter.community_id, "int4")}`);
  }
}

/** The caller's own reports, as far as the caller may still read what they are about. */
function addOwn(where: Conditions, ctx: Ctx): void {
  const viewer = requireViewer(ctx);
  where.add(`r.creator_id = ${where.value(viewer.person.id, "int4")}`);
  addVisibility(where, ctx, {
    hideUnlisted: false,
    orNone: true,
  });
}

/** What the caller is to settle (§3.3). */
async function addOthers(
  where: Conditions,
  ctx: Ctx,
  everything: boolean,
): Promise<void> {
  const { moderated } = await relations(ctx);
  const { admin } = requireViewer(ctx).local_user;
  if (!admin && moderated.length === 0) {
    throw new LemmyError("not_a_mod_or_admin");
  }
  if (admin && everything) return;
  const own = `r.community_id = any(${where.value(moderated, "int4[]")})`;
  if (!admin) {
    where.add(`r.type_ in ('post', 'comment') and not r.violates_instance_rules
      and ${own}`);
    return;
  }
  // Admins take over what moderators have left lying for three days.
  const since = new Date(ctx.now.getTime() - 3 * 86_400_000).toISOString();
  where.add(
    `r.violates_instance_rules or r.type_ in ('community', 'private_message')
    or r.published_at < ${where.value(since, "timestamptz")} or ${own}`,
  );
}

/**
 * Number of open reports that the caller is to settle, or null for whoever settles none.
 * @throws LemmyError those of `requireActiveUser`
 */
export async function countReports(ctx: Ctx): Promise<number | null> {
  const viewer = requireActiveUser(ctx);
  const { moderated } = await relations(ctx);
  if (!viewer.local_user.admin && moderated.length === 0) return null;
  const where = new Conditions();
  await addOthers(where, ctx, false);
  const [{ count }] = await query<{ count: number }>(
    ctx,
    `select count(*)::int4 as count from ${FROM} where not r.resolved and ${where}`,
    where.parameters,
  );
  return count;
}
