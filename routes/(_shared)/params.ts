import {
  COMMENT_SORTS,
  LISTING_TYPES,
  POST_SORTS,
} from "../../lib/domain/enums.ts";
import type { State } from "../../lib/http/state.ts";
import type {
  CommentSortType,
  ListingType,
  PostSortType,
} from "../../lib/domain/views.ts";

/** The value if it is one of the list, whatever its case; unknown values are as if absent (web-ui §1.3). */
export function oneOf<const T extends string>(
  values: readonly T[],
  text: string | null,
): T | undefined {
  const lower = text?.toLowerCase();
  return values.find((value) => value === lower);
}

const UNIT_SECONDS: Record<string, number> = {
  seconds: 1,
  minutes: 60,
  hours: 3600,
  days: 86_400,
  weeks: 7 * 86_400,
  months: 31 * 86_400,
  years: 365 * 86_400,
};

/** Longest time range, in seconds: what the database's integers hold. */
const MAX_RANGE = 0x7fffffff;

/** Seconds of `{number}{unit}`, `6hours` or `1days`; 0 = all time. */
export function parseTimeRange(text: string | null): number | undefined {
  const parts = /^(\d{1,9})(seconds|minutes|hours|days|weeks|months|years)$/
    .exec(text ?? "");
  if (!parts) return undefined;
  return Math.min(Number(parts[1]) * UNIT_SECONDS[parts[2]], MAX_RANGE);
}

/** The `{number}{unit}` of a number of seconds, in the largest unit that fits exactly. */
export function formatTimeRange(seconds: number | undefined): string {
  if (!seconds) return "0days";
  for (const [unit, size] of Object.entries(UNIT_SECONDS).reverse()) {
    if (seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${seconds}seconds`;
}

/** Sort names of older front ends: `TopDay` is top of one day, and so on (web-ui §3.1). */
const OLD_SORTS: Record<string, [PostSortType, string?]> = {
  topday: ["top", "1days"],
  topweek: ["top", "1weeks"],
  topmonth: ["top", "1months"],
  topyear: ["top", "1years"],
  topall: ["top", "0days"],
  tophour: ["top", "1hours"],
  topsixhour: ["top", "6hours"],
  toptwelvehour: ["top", "12hours"],
  topthreemonths: ["top", "3months"],
  topsixmonths: ["top", "6months"],
  topninemonths: ["top", "9months"],
  mostcomments: ["most_comments"],
  newcomments: ["new_comments"],
};

export interface FeedParams {
  listing: ListingType;
  sort: PostSortType;
  /** Seconds; 0 = all. */
  range: number;
  kind: "post" | "comment";
  cursor?: string;
}

/** What the address of a feed asks for, completed by the reader's and the site's defaults. */
export function feedParams(state: State, url: URL): FeedParams {
  const { viewer, site } = state.ctx;
  const user = viewer?.local_user;
  const query = url.searchParams;
  const old = OLD_SORTS[query.get("sort")?.toLowerCase() ?? ""];
  const range = parseTimeRange(query.get("time") ?? old?.[1] ?? null) ??
    user?.default_post_time_range_seconds ??
    site.local_site.default_post_time_range_seconds ?? 0;
  return {
    listing: oneOf(LISTING_TYPES, query.get("listingType")) ??
      user?.default_listing_type ??
      site.local_site.default_post_listing_type,
    sort: oneOf(POST_SORTS, query.get("sort")) ?? old?.[0] ??
      user?.default_post_sort_type ?? site.local_site.default_post_sort_type,
    range,
    kind: query.get("postOrCommentType") === "comment" ? "comment" : "post",
    cursor: query.get("cursor") ?? undefined,
  };
}

/** The comment sort that fits a post sort: ranked ones are hot (web-ui §3.1). */
export function commentSortOf(sort: PostSortType): CommentSortType {
  return oneOf(COMMENT_SORTS, sort) ?? "hot";
}
