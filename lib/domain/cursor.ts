import { LemmyError } from "./errors.ts";

/** Where a page starts (content §0.4). `back` pages end right before the anchor. */
export interface Cursor {
  direction: "forward" | "back";
  /** Id of the row whose current sort key defines the position. */
  anchor: number;
  /** The other id, where it takes two to name a row. */
  second?: number;
  /** The anchor itself belongs to the page: the way back from an empty page. */
  inclusive: boolean;
}

export interface PagedResponse<Item> {
  items: Item[];
  next_page?: string;
  prev_page?: string;
}

/** What names a row in its list: an id, or two. */
export type Anchor = number | readonly [number, number];

const ENCODED =
  /^([a-z]{1,3})\.([fb])(i?)\.([0-9a-z]{1,8})(?:\.([0-9a-z]{1,8}))?$/;

/**
 * Text of a cursor: the list it belongs to (a short tag such as `p` for posts), direction,
 * inclusiveness and the anchor in base 36, in base64url. Opaque to clients.
 */
export function encodeCursor(list: string, cursor: Cursor): string {
  const direction = cursor.direction === "forward" ? "f" : "b";
  const ids = cursor.second === undefined
    ? [cursor.anchor]
    : [cursor.anchor, cursor.second];
  const text = `${list}.${direction}${cursor.inclusive ? "i" : ""}.${
    ids.map((id) => id.toString(36)).join(".")
  }`;
  return btoa(text).replaceAll("=", "").replaceAll("+", "-").replaceAll(
    "/",
    "_",
  );
}

/**
 * Reads a cursor of the list `list`.
 * @throws LemmyError `unknown` when it cannot be decoded, `couldnt_parse_pagination_token` when it
 * belongs to another list
 */
export function decodeCursor(list: string, text: string): Cursor {
  let decoded: string;
  try {
    decoded = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch (cause) {
    throw new LemmyError("unknown", {
      detail: "page_cursor cannot be decoded",
      cause,
    });
  }
  const parts = ENCODED.exec(decoded);
  const [anchor, second] = [parts?.[4], parts?.[5]].map((digits) =>
    digits === undefined ? undefined : parseInt(digits, 36)
  );
  if (
    !parts || anchor === undefined || anchor > 0xffffffff ||
    (second ?? 0) > 0xffffffff
  ) {
    throw new LemmyError("unknown", {
      detail: "page_cursor cannot be decoded",
    });
  }
  if (parts[1] !== list) {
    throw new LemmyError("couldnt_parse_pagination_token");
  }
  return {
    direction: parts[2] === "f" ? "forward" : "back",
    inclusive: parts[3] === "i",
    anchor,
    ...(second === undefined ? {} : { second }),
  };
}

/**
 * The cursors around a page, by the table of content §0.4.
 *
 * @param anchors ids of the page's rows in list order
 * @param limit effective page size; a page with that many rows is full
 */
export function pageCursors(
  list: string,
  cursor: Cursor | null,
  anchors: readonly Anchor[],
  limit: number,
): { next_page?: string; prev_page?: string } {
  const full = anchors.length >= limit;
  const at = (
    direction: Cursor["direction"],
    of: Anchor,
    inclusive: boolean,
  ) => {
    const [anchor, second] = typeof of === "number" ? [of] : of;
    return encodeCursor(list, { direction, anchor, second, inclusive });
  };
  const forward = (anchor: Anchor, inclusive = false) =>
    at("forward", anchor, inclusive);
  const back = (anchor: Anchor, inclusive = false) =>
    at("back", anchor, inclusive);
  const pages: { next_page?: string; prev_page?: string } = {};
  if (anchors.length === 0) {
    if (!cursor || cursor.inclusive) return pages;
    const { direction, anchor, second } = cursor;
    const empty: Anchor = second === undefined ? anchor : [anchor, second];
    if (direction === "forward") pages.prev_page = back(empty, true);
    else pages.next_page = forward(empty, true);
    return pages;
  }
  const first = anchors[0];
  const last = anchors[anchors.length - 1];
  if (!cursor) {
    if (full) pages.next_page = forward(last);
  } else if (cursor.direction === "forward") {
    pages.prev_page = back(first);
    if (full) pages.next_page = forward(last);
  } else {
    if (full) pages.prev_page = back(first);
    pages.next_page = forward(last);
  }
  return pages;
}

/** Page size: 1–50, else `invalid_fetch_limit`. */
export function checkLimit(
  limit: number | undefined,
  fallback: number,
): number {
  if (limit === undefined) return fallback;
  if (!Number.isInteger(limit) || limit < 1 || limit > 50) {
    throw new LemmyError("invalid_fetch_limit");
  }
  return limit;
}
