import { relations } from "../account/relations.ts";
import { Conditions } from "../conditions.ts";
import { type Ctx, query, queryListing } from "../context.ts";
import { decodeCursor, pageCursors } from "../cursor.ts";
import { LemmyError } from "../errors.ts";
import { type Key, pageIds } from "../keyset.ts";
import { addBlocks, addBots } from "../listing_filters.ts";
import type { CommentSortType, CommentView } from "../views.ts";
import { addReadable, addSubtree, PUBLISHED_WITHIN_POST } from "./list.ts";
import { readComment, readCommentViews } from "./view.ts";

/** A comment with its answers in list order. */
export interface CommentNode {
  view: CommentView;
  children: CommentNode[];
  /** Descendants that exist but are not among `children`: behind the depth or the size limit. */
  missing: number;
}

export interface Thread {
  roots: CommentNode[];
  next_page?: string;
  prev_page?: string;
}

export interface ThreadFilter {
  post_id: number;
  sort: CommentSortType;
  /** Shows this comment and what is below it instead of the whole post. */
  root_id?: number;
  page_cursor?: string;
}

/** Top-level comments of a page (web-ui §3.4). */
const ROOTS = 50;
/** Levels below the first that a page shows. */
const DEPTH = 8;
/** Comments of a page at most; the branches beyond become "N more replies" links. */
const MAX_COMMENTS = 400;

const KEYS: Record<CommentSortType, Key[]> = {
  hot: [
    { expression: "m.distinguished", type: "bool" },
    { expression: "m.hot_rank", type: "real" },
    { expression: "m.score", type: "int4" },
  ],
  top: [
    { expression: "m.distinguished", type: "bool" },
    { expression: "m.score", type: "int4" },
  ],
  controversial: [
    { expression: "m.distinguished", type: "bool" },
    { expression: "m.controversy_rank", type: "real" },
  ],
  new: [PUBLISHED_WITHIN_POST],
  old: [PUBLISHED_WITHIN_POST],
};

/**
 * The comments of a post as a tree, a page of top-level ones at a time: siblings sorted, cut at
 * depth 8. Answers of a purged comment take its place. Deleted and removed comments stay as placeholders; a comment whose parent is hidden
 * from the viewer is hidden with it.
 * @throws LemmyError `not_found` for an unknown root, cursor errors
 */
export async function readThread(
  ctx: Ctx,
  filter: ThreadFilter,
): Promise<Thread> {
  const cursor = filter.page_cursor === undefined || filter.root_id
    ? null
    : decodeCursor("t", filter.page_cursor);
  const gaps = await readGaps(ctx, filter.post_id);
  const roots = filter.root_id !== undefined
    ? await readRoot(ctx, filter.post_id, filter.root_id)
    : await readRoots(ctx, filter, gaps, cursor);
  const ids = await readDescendants(ctx, filter, gaps, roots);
  const views = await readCommentViews(ctx, [...roots, ...ids]);
  const pages = filter.root_id !== undefined
    ? {}
    : pageCursors("t", cursor, roots, ROOTS);
  return { roots: buildTree(views, new Set(roots), new Set(gaps)), ...pages };
}

/** Purged comments that had answers: those hang from what is above, or stand by themselves. */
async function readGaps(ctx: Ctx, postId: number): Promise<number[]> {
  const rows = await query<{ comment_id: number }>(
    ctx,
    "select comment_id from comment_gap where post_id = $1::int4",
    [postId],
  );
  return rows.map((row) => row.comment_id);
}

/** Ids of the comments above `m`, from the top on. */
const ANCESTORS = "(string_to_array(m.path, '.'))[2:m.level]::int4[]";

async function readRoot(
  ctx: Ctx,
  postId: number,
  id: number,
): Promise<number[]> {
  const { comment } = await readComment(ctx, id);
  if (comment.post_id !== postId) throw new LemmyError("not_found");
  return [id];
}

async function readRoots(
  ctx: Ctx,
  filter: ThreadFilter,
  gaps: readonly number[],
  cursor: ReturnType<typeof decodeCursor> | null,
): Promise<number[]> {
  const where = await threadConditions(ctx);
  where.add(`m.post_id = ${where.value(filter.post_id, "int4")}`);
  where.add(
    gaps.length === 0
      ? "m.level = 1"
      : `${ANCESTORS} <@ ${where.value(gaps, "int4[]")}`,
  );
  const keyset = {
    from: COMMENTS,
    alias: "m",
    table: "comment",
    segments: [{
      where: "true",
      keys: [...KEYS[filter.sort], { expression: "m.id", type: "int4" }],
      direction: filter.sort === "old" ? "asc" as const : "desc" as const,
    }],
  };
  return await pageIds(ctx, keyset, where, cursor, ROOTS);
}

/** Comments `m` of posts `p` in communities `c`. */
const COMMENTS = `comment m join post p on p.id = m.post_id
  join community c on c.id = m.community_id`;

/** What may be read, blocks and bots as in lists; languages are not filtered, so that threads stay whole. */
async function threadConditions(ctx: Ctx): Promise<Conditions> {
  const where = new Conditions();
  addReadable(where, ctx);
  addBlocks(where, ctx, await relations(ctx), "m");
  addBots(where, ctx, "m");
  return where;
}

async function readDescendants(
  ctx: Ctx,
  filter: ThreadFilter,
  gaps: readonly number[],
  roots: readonly number[],
): Promise<number[]> {
  if (roots.length === 0) return [];
  const where = await threadConditions(ctx);
  if (filter.root_id !== undefined) {
    const [root] = await query<{ post_id: number; path: string }>(
      ctx,
      "select post_id, path from comment where id = $1::int4",
      [filter.root_id],
    );
    addSubtree(where, root);
  } else {
    where.add(`m.post_id = ${where.value(filter.post_id, "int4")}`);
    where.add("m.level > 1");
    const tops = where.value(roots, "int4[]");
    where.add(
      gaps.length === 0
        ? `split_part(m.path, '.', 2)::int4 = any(${tops})`
        : `${ANCESTORS} && ${tops}`,
    );
  }
  const base = filter.root_id === undefined
    ? 1
    : `(select level from comment where id = ${
      where.value(filter.root_id, "int4")
    })`;
  where.add(`m.level < ${base} + ${DEPTH}`);
  where.add(`m.id <> all(${where.value(roots, "int4[]")})`);
  const direction = filter.sort === "old" ? "asc" : "desc";
  const order = KEYS[filter.sort].map((key) =>
    `${key.expression} ${direction}`
  );
  // By level first: a page that is cut keeps whole upper levels, and no comment without its parent.
  const rows = await queryListing<{ id: number }>(
    ctx,
    `select m.id from ${COMMENTS} where ${where}
     order by m.level, ${
      order.join(", ")
    }, m.id ${direction} limit ${MAX_COMMENTS}`,
    where.parameters,
  );
  return rows.map((row) => row.id);
}

function buildTree(
  views: readonly CommentView[],
  roots: ReadonlySet<number>,
  gaps: ReadonlySet<number>,
): CommentNode[] {
  const nodes = new Map<number, CommentNode>();
  const top: CommentNode[] = [];
  for (const view of views) {
    const { id, path } = view.comment;
    const node: CommentNode = { view, children: [], missing: 0 };
    if (roots.has(id)) {
      nodes.set(id, node);
      top.push(node);
      continue;
    }
    const above = path.split(".").slice(0, -1).map(Number);
    const parent = nodes.get(above.findLast((id) => !gaps.has(id)) ?? 0);
    if (!parent) continue;
    nodes.set(id, node);
    parent.children.push(node);
  }
  for (const node of top) countMissing(node);
  return top;
}

/** Fills `missing` of a subtree. @returns how many comments it shows or names as missing */
function countMissing(node: CommentNode): number {
  const below = node.children.reduce(
    (sum, child) => sum + countMissing(child),
    0,
  );
  node.missing = Math.max(0, node.view.comment.child_count - below);
  return 1 + below + node.missing;
}
