import { requireViewer } from "../account/session.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { awaitsAnnouncement } from "../community/announcement.ts";
import { checkLanguage } from "../language.ts";
import { markItemAsRead } from "../notification/mark.ts";
import { isModOrAdmin, requireCommunityUser } from "../permissions.ts";
import { markdownInput } from "../text_input.ts";
import type { CommentView } from "../views.ts";
import { readComment } from "./view.ts";

export interface CreateComment {
  content: string;
  post_id: number;
  parent_id?: number;
  language_id?: number;
}

/** Level of the deepest comment that may be answered (content §2.1). */
const MAX_DEPTH = 50;

interface Target {
  community_id: number;
  deleted: boolean;
  removed: boolean;
  locked: boolean;
  comments: number;
}

interface Parent {
  id: number;
  post_id: number;
  path: string;
  level: number;
  deleted: boolean;
  removed: boolean;
}

/**
 * Comments on a post or answers a comment; the author upvotes it (content §2.2).
 * @throws LemmyError `blocked_url`, `invalid_body_field`, `not_found`, `deleted`, `locked`,
 * `couldnt_create`, `max_comment_depth_reached`, `language_not_allowed`, and those of
 * `requireCommunityUser`
 */
export async function createComment(
  ctx: Ctx,
  input: CreateComment,
): Promise<CommentView> {
  const viewer = requireViewer(ctx);
  const content = markdownInput(ctx, input.content, "content");
  return await inTransaction(ctx, async (ctx) => {
    const [post] = await query<Target>(
      ctx,
      `select community_id, deleted, removed, locked, comments
       from post where id = $1::int4
         and (scheduled_publish_time_at is null or creator_id = $2::int4)`,
      [input.post_id, viewer.person.id],
    );
    if (!post) throw new LemmyError("not_found");
    const standing = await requireCommunityUser(ctx, post.community_id);
    if (post.deleted || post.removed) throw new LemmyError("deleted");
    const parent = input.parent_id === undefined
      ? null
      : await readParent(ctx, input.parent_id);
    const locked = post.locked || (parent && await isLocked(ctx, parent));
    if (locked && !isModOrAdmin(ctx, standing)) throw new LemmyError("locked");
    if (parent) checkParent(parent, input.post_id);
    await checkLanguage(ctx, post.community_id, input.language_id);
    const federation_pending = await awaitsAnnouncement(ctx, standing);

    // Before the comment: action rows come first in the order of locks, as with votes.
    await query(
      ctx,
      `insert into post_actions (person_id, post_id, read_comments_at, read_comments_amount)
       values ($1::int4, $2::int4, $3::timestamptz, $4::int4)
       on conflict (person_id, post_id) do update set read_comments_at = excluded.read_comments_at,
         read_comments_amount = excluded.read_comments_amount`,
      [
        viewer.person.id,
        input.post_id,
        ctx.now.toISOString(),
        post.comments + 1,
      ],
    );
    const [{ id }] = await query<{ id: number }>(
      ctx,
      `insert into comment (id, ap_id, path, creator_id, post_id, community_id, content, language_id,
         federation_pending, published_at, hot_rank)
       select n.id, $1 || '/comment/' || n.id, $2 || '.' || n.id, $3::int4, $4::int4, $5::int4, $6,
         $7::int4, $8::boolean, $9::timestamptz,
         hot_rank(1, $9::timestamptz, $9::timestamptz + interval '1 second')
       from (select nextval(pg_get_serial_sequence('comment', 'id'))::int4 as id) n
       returning id`,
      [
        ctx.config.origin,
        parent?.path ?? "0",
        viewer.person.id,
        input.post_id,
        post.community_id,
        content,
        input.language_id ?? 0,
        federation_pending,
        ctx.now.toISOString(),
      ],
    );
    await query(
      ctx,
      `insert into comment_actions (person_id, comment_id, voted_at, vote_is_upvote)
       values ($1::int4, $2::int4, $3::timestamptz, true)`,
      [viewer.person.id, id, ctx.now.toISOString()],
    );
    if (parent) await markItemAsRead(ctx, "comment", parent.id);
    await recordEvent(ctx, {
      kind: "comment_created",
      comment_id: id,
      post_id: input.post_id,
      community_id: post.community_id,
    });
    return await readComment(ctx, id);
  });
}

async function readParent(ctx: Ctx, id: number): Promise<Parent> {
  const [parent] = await query<Parent>(
    ctx,
    "select id, post_id, path, level, deleted, removed from comment where id = $1::int4",
    [id],
  );
  if (!parent) throw new LemmyError("not_found");
  return parent;
}

/** Whether the comment or anything above it is locked (content Q42). */
async function isLocked(ctx: Ctx, comment: Parent): Promise<boolean> {
  const ids = comment.path.split(".").slice(1).map(Number);
  const rows = await query(
    ctx,
    "select from comment where id = any($1::int4[]) and locked limit 1",
    [ids],
  );
  return rows.length > 0;
}

function checkParent(parent: Parent, postId: number): void {
  if (parent.post_id !== postId) throw new LemmyError("couldnt_create");
  if (parent.level > MAX_DEPTH) {
    throw new LemmyError("max_comment_depth_reached");
  }
  if (parent.deleted || parent.removed) throw new LemmyError("deleted");
}
