import { followed, relations } from "../account/relations.ts";
import { addVisibility } from "../community/visibility.ts";
import { Conditions } from "../conditions.ts";
import type { Ctx } from "../context.ts";
import {
  checkLimit,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { pageIds } from "../keyset.ts";
import { addSuggested } from "../listing_filters.ts";
import { requireReadable } from "../permissions.ts";
import type { ListingType, ModlogKind, ModlogView } from "../views.ts";
import { readModlogViews } from "./view.ts";

/** Filters of the modlog (moderation-and-operations §4.5). */
export interface ModlogFilter {
  type_?: ModlogKind | "all";
  listing_type?: ListingType;
  community_id?: number;
  post_id?: number;
  comment_id?: number;
  /** Counts only for whoever sees who moderated. */
  mod_person_id?: number;
  other_person_id?: number;
  /** Whether the single entries of bulk removals are listed as well. */
  show_bulk?: boolean;
  bulk_action_parent_id?: number;
  page_cursor?: string;
  limit?: number;
}

const DEFAULT_LIMIT = 20;

/**
 * A page of the modlog, newest first. Who acted is told to admins, and to the moderators of the
 * one community that is asked for.
 * @throws LemmyError `instance_is_private`, cursor errors
 */
export async function getModlog(
  ctx: Ctx,
  filter: ModlogFilter,
): Promise<PagedResponse<ModlogView>> {
  requireReadable(ctx);
  const limit = checkLimit(filter.limit, DEFAULT_LIMIT);
  const cursor = filter.page_cursor === undefined
    ? null
    : decodeCursor("ml", filter.page_cursor);
  const keyset = {
    from: "modlog l left join community c on c.id = l.target_community_id",
    alias: "l",
    table: "modlog",
    segments: [{
      where: "true",
      keys: [
        { expression: "l.published_at", type: "timestamptz" },
        { expression: "l.id", type: "int4" },
      ],
      direction: "desc" as const,
    }],
  };
  const named = await seesModerators(ctx, filter.community_id);
  const where = await conditions(ctx, filter, named);
  const ids = await pageIds(ctx, keyset, where, cursor, limit);
  const items = await readModlogViews(ctx, ids, { named });
  return { items, ...pageCursors("ml", cursor, ids, limit) };
}

async function seesModerators(
  ctx: Ctx,
  communityId: number | undefined,
): Promise<boolean> {
  if (ctx.viewer?.local_user.admin) return true;
  return communityId !== undefined &&
    (await relations(ctx)).moderated.includes(communityId);
}

async function conditions(
  ctx: Ctx,
  filter: ModlogFilter,
  named: boolean,
): Promise<Conditions> {
  const where = new Conditions();
  // Entries of closed communities are for those who may read them (quirk Q30).
  addVisibility(where, ctx, {
    hideUnlisted: false,
    orNone: true,
  });
  await addListing(where, ctx, filter.listing_type ?? "all");
  if (filter.type_ !== undefined && filter.type_ !== "all") {
    where.add(`l.kind = ${where.value(filter.type_, "text")}`);
  }
  const targets: [string, number | undefined][] = [
    ["l.target_community_id", filter.community_id],
    ["l.target_post_id", filter.post_id],
    ["l.target_comment_id", filter.comment_id],
    ["l.target_person_id", filter.other_person_id],
    ["l.moderator_id", named ? filter.mod_person_id : undefined],
    ["l.bulk_action_parent_id", filter.bulk_action_parent_id],
  ];
  for (const [column, id] of targets) {
    if (id !== undefined) where.add(`${column} = ${where.value(id, "int4")}`);
  }
  if (!filter.show_bulk && filter.bulk_action_parent_id === undefined) {
    where.add("l.bulk_action_parent_id is null");
  }
  return where;
}

async function addListing(
  where: Conditions,
  ctx: Ctx,
  type: ListingType,
): Promise<void> {
  const within = (ids: number[]) =>
    where.add(`c.id = any(${where.value(ids, "int4[]")})`);
  switch (type) {
    case "local":
      where.add("c.local");
      break;
    case "subscribed":
      within(await followed(ctx));
      break;
    case "moderator_view":
      within((await relations(ctx)).moderated);
      break;
    case "suggested":
      addSuggested(where, ctx);
  }
}
