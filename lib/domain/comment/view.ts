import {
  COMMENT,
  COMMENT_ACTIONS,
  ID_LIST,
  joinOnly,
  select,
} from "../columns.ts";
import { canReadCommunity } from "../community/visibility.ts";
import { type Ctx, queryViews } from "../context.ts";
import { LemmyError } from "../errors.ts";
import {
  canMod,
  CREATOR_COLUMNS,
  creatorJoins,
  type PostAccess,
  type Reader,
  READERS,
  READERS_LIST,
  RELATIONS,
  selectPost,
  singleView,
  type Untagged,
  viewerParameters,
  withTags,
} from "../post/view.ts";
import type { CommentSlimView, CommentView } from "../views.ts";

/** Text of a deleted or removed comment is blank for all but its author and moderators (content §0.6). */
const content = (reader?: Reader) =>
  `case when (m.deleted or m.removed) and not ${canMod(reader)}
  and m.creator_id <> ${
    reader?.person ?? "$2"
  } then '' else m.content end as "comment.content"`;

/** @param list gives the ids as rows `list (id, position)`, and who reads if that differs */
const text = (list: string, reader?: Reader) => `
  select ${reader ? "list.position::int4, " : ""}${
  select("m", "comment", COMMENT.filter((c) => c !== "content"))
}, ${content(reader)},
    ${selectPost("p", reader)}, ${CREATOR_COLUMNS},
    ${select("ma", "comment_actions", COMMENT_ACTIONS)},
    ma.person_id is not null as "comment_actions.exists",
    coalesce(bl.ban_expires_at, bh.ban_expires_at, bc.ban_expires_at) as creator_ban_expires_at,
    ${canMod(reader)} as can_mod,
    exists (select from post_tag t where t.post_id = p.id) as has_tags
  from ${list}
  join comment m on m.id = list.id
  join post p on p.id = m.post_id
  ${creatorJoins("m", reader)}
  ${
  joinOnly(
    "comment_actions",
    "ma",
    `comment_id = m.id and person_id = ${reader?.person ?? "$2"}`,
  )
}
  order by list.position`;

const TEXT = text(ID_LIST);
const readSingle = singleView<CommentView>(text(READERS_LIST, READERS));

/** The comments with these ids as the viewer sees them, in the order of the ids. */
export async function readCommentViews(
  ctx: Ctx,
  ids: readonly number[],
): Promise<CommentView[]> {
  if (ids.length === 0) return [];
  const views = await queryViews<Untagged<CommentView>>(
    ctx,
    TEXT,
    [ids, ...viewerParameters(ctx)],
    RELATIONS,
  );
  return await withTags(ctx, views);
}

/** The part of a comment view that a thread needs; its post and community are known already. */
export function slimComment(view: CommentView): CommentSlimView {
  const slim: CommentSlimView = {
    comment: view.comment,
    creator: view.creator,
    creator_is_admin: view.creator_is_admin,
    can_mod: view.can_mod,
    creator_banned: view.creator_banned,
    creator_is_moderator: view.creator_is_moderator,
    creator_banned_from_community: view.creator_banned_from_community,
  };
  if (view.comment_actions) slim.comment_actions = view.comment_actions;
  if (view.person_actions) slim.person_actions = view.person_actions;
  return slim;
}

/**
 * One comment in any state.
 * @throws LemmyError `not_found` when it does not exist or its community is closed to the caller
 */
export async function readComment(
  ctx: Ctx,
  id: number,
): Promise<CommentView> {
  const view = await readSingle(ctx, id);
  if (!view || !isCommentVisible(ctx, view)) throw new LemmyError("not_found");
  return view;
}

/** Whether the caller may see a comment, of which the post and community decide. */
export function isCommentVisible(ctx: Ctx, view: PostAccess): boolean {
  const { post, community } = view;
  const { viewer } = ctx;
  if (!canReadCommunity(ctx, community, view.community_actions)) return false;
  if (community.local_removed && !viewer?.local_user.admin) return false;
  // A scheduled post is its author's alone, and so is what is said below it.
  return post.scheduled_publish_time_at === undefined ||
    viewer?.person.id === post.creator_id;
}
