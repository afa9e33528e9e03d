import { relations } from "../account/relations.ts";
import { readCommentViews } from "../comment/view.ts";
import { findCommunityId } from "../community/find.ts";
import { addVisibility } from "../community/visibility.ts";
import { Conditions, searchPattern } from "../conditions.ts";
import { type Ctx, query, queryListing } from "../context.ts";
import {
  checkLimit,
  type Cursor,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { LemmyError } from "../errors.ts";
import { requireReadable } from "../permissions.ts";
import { readPostViews } from "../post/view.ts";
import type { PostCommentCombinedView } from "../views.ts";
import { requireViewer } from "../account/session.ts";
import { findPersonId } from "./find.ts";

type ContentType = "all" | "posts" | "comments";

const DEFAULT_LIMIT = 20;

/** A list that mixes posts and comments by one time column. */
interface Combined {
  /** Cursor tag. */
  list: string;
  posts: { from: string; time: string; where: Conditions };
  comments: { from: string; time: string; where: Conditions };
}

/**
 * Anchors of mixed lists: posts count upwards, comments downwards from zero, so that one number
 * names either. Encoded as an unsigned number for the cursor.
 */
interface Row {
  kind: "post" | "comment";
  id: number;
}

function toAnchor(row: Row): number {
  return row.id * 2 + (row.kind === "comment" ? 1 : 0);
}

function fromAnchor(anchor: number): Row {
  return {
    kind: anchor % 2 === 1 ? "comment" : "post",
    id: Math.floor(anchor / 2),
  };
}

/** What a person wrote, newest first (content §8, Q30). */
export async function listPersonContent(
  ctx: Ctx,
  input: {
    type_?: ContentType;
    person_id?: number;
    username?: string;
    community_id?: number;
    community_name?: string;
    page_cursor?: string;
    limit?: number;
  },
): Promise<PagedResponse<PostCommentCombinedView>> {
  requireReadable(ctx);
  if (input.person_id === undefined && input.username === undefined) {
    throw new LemmyError("no_id_given");
  }
  const person = input.person_id ?? await findPersonId(ctx, input.username!);
  const community = input.community_name
    ? await findCommunityId(ctx, input.community_name)
    : input.community_id;
  const related = await relations(ctx);
  const me = ctx.viewer?.person.id ?? 0;
  const admin = ctx.viewer?.local_user.admin ?? false;
  const conditions = (item: "p" | "m") => {
    const where = new Conditions();
    where.add(`${item}.creator_id = ${where.value(person, "int4")}`);
    if (community !== undefined) {
      where.add(`${item}.community_id = ${where.value(community, "int4")}`);
    }
    addVisibility(where, ctx, { hideUnlisted: false });
    if (!admin) where.add("not c.local_removed");
    if (me !== person) {
      where.add(`not ${item}.federation_pending`);
      where.add("p.scheduled_publish_time_at is null");
    }
    if (ctx.viewer) {
      where.add(
        `not exists (select from post_actions a where a.post_id = p.id
           and a.person_id = ${
          where.value(me, "int4")
        } and a.hidden_at is not null)`,
      );
    }
    return where;
  };
  const posts = conditions("p");
  if (me !== person) {
    posts.add("not p.deleted and not c.deleted");
    if (!admin) {
      posts.add("not c.removed");
      posts.add(
        `not p.removed or c.id = any(${
          posts.value(related.moderated, "int4[]")
        })`,
      );
    }
  }
  return await page(ctx, input, {
    list: "w",
    posts: { from: POSTS, time: "p.published_at", where: posts },
    comments: {
      from: COMMENTS,
      time: "m.published_at",
      where: conditions("m"),
    },
  });
}

const POSTS = "post p join community c on c.id = p.community_id";
const COMMENTS = `comment m join post p on p.id = m.post_id
  join community c on c.id = m.community_id`;

/** What the caller saved, the latest first; `search_term` looks into titles and comments (Q6). */
export async function listSaved(
  ctx: Ctx,
  input: {
    type_?: ContentType;
    search_term?: string;
    page_cursor?: string;
    limit?: number;
  },
): Promise<PagedResponse<PostCommentCombinedView>> {
  return await ownList(ctx, input, "s", "saved_at", (where, text) => {
    if (input.search_term) {
      const pattern = where.value(searchPattern(input.search_term), "text");
      where.add(`${text} ilike ${pattern}`);
      // A blanked text must not be guessable by searching for it.
      if (text === "m.content") where.add("not (m.deleted or m.removed)");
    }
  });
}

/** What the caller voted on, the latest first. */
export async function listLiked(
  ctx: Ctx,
  input: {
    type_?: ContentType;
    like_type?: "all" | "liked_only" | "disliked_only";
    page_cursor?: string;
    limit?: number;
  },
): Promise<PagedResponse<PostCommentCombinedView>> {
  return await ownList(ctx, input, "l", "voted_at", (where) => {
    if (input.like_type === "liked_only") where.add("a.vote_is_upvote");
    if (input.like_type === "disliked_only") where.add("not a.vote_is_upvote");
  });
}

async function ownList(
  ctx: Ctx,
  input: { type_?: ContentType; page_cursor?: string; limit?: number },
  list: string,
  column: "saved_at" | "voted_at",
  refine: (where: Conditions, text: string) => void,
): Promise<PagedResponse<PostCommentCombinedView>> {
  const viewer = requireViewer(ctx);
  const conditions = (text: string) => {
    const where = new Conditions();
    where.add(`a.person_id = ${where.value(viewer.person.id, "int4")}`);
    where.add(`a.${column} is not null`);
    addVisibility(where, ctx, { hideUnlisted: false });
    refine(where, text);
    return where;
  };
  return await page(ctx, input, {
    list,
    posts: {
      from: `post_actions a join post p on p.id = a.post_id
        join community c on c.id = p.community_id`,
      time: `a.${column}`,
      where: conditions("p.name"),
    },
    comments: {
      from: `comment_actions a join comment m on m.id = a.comment_id
        join post p on p.id = m.post_id join community c on c.id = m.community_id`,
      time: `a.${column}`,
      where: conditions("m.content"),
    },
  });
}

async function page(
  ctx: Ctx,
  input: { type_?: ContentType; page_cursor?: string; limit?: number },
  combined: Combined,
): Promise<PagedResponse<PostCommentCombinedView>> {
  const limit = checkLimit(input.limit, DEFAULT_LIMIT);
  const cursor = input.page_cursor === undefined
    ? null
    : decodeCursor(combined.list, input.page_cursor);
  const rows = await readRows(
    ctx,
    combined,
    input.type_ ?? "all",
    cursor,
    limit,
  );
  const [posts, comments] = await Promise.all([
    readPostViews(ctx, idsOf(rows, "post")),
    readCommentViews(ctx, idsOf(rows, "comment")),
  ]);
  const postsById = new Map(posts.map((view) => [view.post.id, view]));
  const commentsById = new Map(comments.map((view) => [view.comment.id, view]));
  const items = rows.flatMap((row): PostCommentCombinedView[] => {
    if (row.kind === "post") {
      const view = postsById.get(row.id);
      return view ? [{ type_: "post", ...view }] : [];
    }
    const view = commentsById.get(row.id);
    return view ? [{ type_: "comment", ...view }] : [];
  });
  return {
    items,
    ...pageCursors(combined.list, cursor, rows.map(toAnchor), limit),
  };
}

function idsOf(rows: readonly Row[], kind: Row["kind"]): number[] {
  return rows.filter((row) => row.kind === kind).map((row) => row.id);
}

async function readRows(
  ctx: Ctx,
  combined: Combined,
  type: ContentType,
  cursor: Cursor | null,
  limit: number,
): Promise<Row[]> {
  const back = cursor?.direction === "back";
  const position = cursor ? await readPosition(ctx, combined, cursor) : null;
  const read = async (kind: Row["kind"]) => {
    const { from, time, where: shared } = kind === "post"
      ? combined.posts
      : combined.comments;
    const id = kind === "post" ? "p.id" : "m.id";
    const rank = kind === "post" ? 0 : 1;
    const where = shared.fork();
    if (position) {
      const operator = (back ? ">" : "<") + (cursor!.inclusive ? "=" : "");
      where.add(
        `(${time}, ${rank}, ${id}) ${operator} (${
          where.value(position.time, "timestamptz")
        }, ${where.value(position.rank, "int4")}, ${
          where.value(position.id, "int4")
        })`,
      );
    }
    const direction = back ? "asc" : "desc";
    return await queryListing<Row & { at: string }>(
      ctx,
      `select '${kind}' as kind, ${id} as id, ${time} as at from ${from} where ${where}
       order by ${time} ${direction}, ${id} ${direction} limit ${limit}`,
      where.parameters,
    );
  };
  const found = (await Promise.all([
    type === "comments" ? [] : read("post"),
    type === "posts" ? [] : read("comment"),
  ])).flat();
  const sign = back ? 1 : -1;
  found.sort((a, b) =>
    sign * (compare(a.at, b.at) || Number(a.kind === "comment") -
        Number(b.kind === "comment") ||
      a.id - b.id)
  );
  const rows = found.slice(0, limit).map(({ kind, id }) => ({ kind, id }));
  return back ? rows.reverse() : rows;
}

/** Orders RFC 3339 texts in UTC, whose fractions may be absent or differ in length. */
function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => {
    const [seconds, fraction = ""] = text.replace("Z", "").split(".");
    return `${seconds}.${fraction.padEnd(6, "0")}`;
  });
  return left < right ? -1 : left > right ? 1 : 0;
}

async function readPosition(
  ctx: Ctx,
  combined: Combined,
  cursor: Cursor,
): Promise<{ time: string; rank: number; id: number }> {
  const { kind, id } = fromAnchor(cursor.anchor);
  const { from, time } = kind === "post" ? combined.posts : combined.comments;
  const where = new Conditions();
  // Own lists name the caller's row; what else they filter by may have changed since.
  if (time.startsWith("a.")) {
    where.add(`a.person_id = ${where.value(ctx.viewer!.person.id, "int4")}`);
  }
  where.add(`${kind === "post" ? "p" : "m"}.id = ${where.value(id, "int4")}`);
  const rows = await query<{ time: string | null }>(
    ctx,
    `select ${time} as time from ${from} where ${where}`,
    where.parameters,
  );
  if (rows.length === 0 || rows[0].time === null) {
    throw new LemmyError("not_found");
  }
  return { time: rows[0].time, rank: kind === "post" ? 0 : 1, id };
}
