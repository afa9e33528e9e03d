import { readCommunity, readModerators } from "../community/view.ts";
import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireReadable } from "../permissions.ts";
import type { GetPostResponse, PostView } from "../views.ts";
import { markPostVisited } from "./state.ts";
import { readPost, readPostViews } from "./view.ts";

/** Cross-posts shown with a post. */
const MAX_CROSS_POSTS = 20;

/**
 * `GET /post`: a post by its id, or by that of one of its comments, with its community, moderators
 * and cross-posts. For a signed-in caller it then counts as read with all its comments.
 * @throws LemmyError `not_found`, `instance_is_private`
 */
export async function getPost(
  ctx: Ctx,
  input: { id?: number; comment_id?: number },
): Promise<GetPostResponse> {
  requireReadable(ctx);
  const id = input.id ?? await postOfComment(ctx, input.comment_id);
  const post_view = await readPost(ctx, id);
  const community = post_view.community.id;
  const [community_view, moderators, cross_posts] = await Promise.all([
    readCommunity(ctx, community),
    readModerators(ctx, community),
    readCrossPosts(ctx, post_view),
  ]);
  if (ctx.viewer) await markPostVisited(ctx, id, post_view.post.comments);
  return { post_view, community_view, moderators, cross_posts };
}

async function postOfComment(
  ctx: Ctx,
  commentId: number | undefined,
): Promise<number> {
  const rows = commentId === undefined ? [] : await query<{ post_id: number }>(
    ctx,
    "select post_id from comment where id = $1::int4",
    [commentId],
  );
  if (rows.length === 0) throw new LemmyError("not_found");
  return rows[0].post_id;
}

/** Other posts with the same link, newest first, as anonymous visitors see them (content §1.5, Q4). */
async function readCrossPosts(ctx: Ctx, view: PostView): Promise<PostView[]> {
  if (view.post.url === undefined) return [];
  const rows = await query<{ id: number }>(
    ctx,
    `select p.id from post p join community c on c.id = p.community_id
     where p.url = $1 and p.id <> $2::int4
       and not (p.deleted or p.removed or c.deleted or c.removed or c.local_removed)
       and p.scheduled_publish_time_at is null and not p.federation_pending
       and c.visibility in ('public', 'local_only_public')
       and ($3::boolean or not (p.nsfw or c.nsfw))
     order by p.published_at desc, p.id desc limit ${MAX_CROSS_POSTS}`,
    [
      view.post.url,
      view.post.id,
      ctx.site.site.content_warning !== undefined,
    ],
  );
  return await readPostViews({ ...ctx, viewer: null }, rows.map((r) => r.id));
}
