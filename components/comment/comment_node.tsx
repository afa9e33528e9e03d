import type { CommentNode as Node } from "../../lib/domain/comment/thread.ts";
import type { CommentView, PostView } from "../../lib/domain/views.ts";
import { Icon } from "../icon.tsx";
import { Markdown } from "../markdown.tsx";
import { CommunityLink } from "../community/community_link.tsx";
import { CreatorBadges, PersonLink } from "../person/person_link.tsx";
import { Toggle } from "../post/post_actions.tsx";
import { EditedMark, Time } from "../time.tsx";
import { loginPath, type Ui } from "../ui.ts";
import { VoteButtons } from "../vote_buttons.tsx";

export interface CommentContext {
  ui: Ui;
  /** Comments below a locked, deleted or removed post take no answers. */
  closed: boolean;
  /** What was published after this instant (ms) is marked as new. */
  newSince: number;
  /** The comment that the page is about. */
  marked?: number;
  /** Sort of the page, kept by links into the thread. */
  sort?: string;
}

/** When the viewer last read the post; without a visit, ten minutes ago (web-ui §3.4). */
export function newSince(ui: Ui, view: PostView): number {
  const visited = view.post_actions?.read_comments_at;
  return visited ? Date.parse(visited) : ui.now.getTime() - 10 * 60 * 1000;
}

/** A comment with its answers (web-ui §4.8). */
export function CommentTree(
  { node, ctx }: { node: Node; ctx: CommentContext },
) {
  const { comment } = node.view;
  const { t } = ctx.ui;
  const hidden = (comment.deleted || comment.removed) &&
    node.children.length === 0 && node.missing === 0 &&
    ctx.ui.viewer?.person.id !== comment.creator_id && !node.view.can_mod;
  if (hidden && comment.deleted) return null;
  const fresh = Date.parse(comment.published_at) > ctx.newSince &&
    ctx.ui.viewer?.person.id !== comment.creator_id && ctx.ui.viewer !== null;
  const classes = ["c"];
  if (fresh) classes.push("new");
  if (ctx.marked === comment.id) classes.push("mark");
  const open = !(comment.removed && node.children.length === 0) &&
    !(node.view.creator.bot_account &&
      ctx.ui.viewer?.local_user.collapse_bot_comments);
  return (
    <li class={classes.join(" ")} id={`comment-${comment.id}`}>
      <CommentHeader view={node.view} ctx={ctx} fresh={fresh} />
      <details open={open}>
        <summary aria-label={t("comment.collapse")}>
          <span class="hid">
            {t("count.replies", { count: comment.child_count })}
          </span>
        </summary>
        <CommentBody view={node.view} ctx={ctx} />
        {node.children.length > 0 && (
          <ul>
            {node.children.map((child) => (
              <CommentTree key={child.view.comment.id} node={child} ctx={ctx} />
            ))}
          </ul>
        )}
        {node.missing > 0 && (
          <a
            class="link"
            data-more={comment.id}
            href={`/post/${comment.post_id}/${comment.id}${
              ctx.sort ? `?sort=${ctx.sort}` : ""
            }`}
          >
            {t("comment.more_replies", { count: node.missing })}
          </a>
        )}
      </details>
    </li>
  );
}

function CommentHeader(
  { view, ctx, fresh }: {
    view: CommentView;
    ctx: CommentContext;
    fresh: boolean;
  },
) {
  const { ui } = ctx;
  const { comment, creator } = view;
  return (
    <div class="meta">
      <PersonLink ui={ui} person={creator} avatar />
      <CreatorBadges
        ui={ui}
        view={view}
        op={creator.id === view.post.creator_id}
      />
      {comment.distinguished && (
        <Icon name="shield" label={ui.t("comment.distinguished")} />
      )}
      {comment.locked && <Icon name="lock" label={ui.t("badge.locked")} />}
      {fresh && <span class="badge warn">{ui.t("comment.new")}</span>}
      <a href={`/post/${comment.post_id}/${comment.id}`}>
        <Time ui={ui} at={comment.published_at} />
      </a>
      <EditedMark
        ui={ui}
        published={comment.published_at}
        updated={comment.updated_at}
      />
    </div>
  );
}

function CommentBody(
  { view, ctx }: { view: CommentView; ctx: CommentContext },
) {
  const { ui } = ctx;
  const { comment } = view;
  const { t } = ui;
  const own = ui.viewer?.person.id === comment.creator_id;
  const state = comment.removed
    ? t("comment.removed")
    : comment.deleted
    ? t("comment.deleted")
    : null;
  const saved = view.comment_actions?.saved_at !== undefined;
  return (
    <article
      aria-label={t("comment.title", {
        person: view.creator.display_name ?? view.creator.name,
      })}
    >
      {state && <p class="gone">{state}</p>}
      {comment.content !== "" && (
        <Markdown ui={ui} text={comment.content} id={`c${comment.id}`} />
      )}
      <div class="acts">
        <VoteButtons
          ui={ui}
          kind="comment"
          id={comment.id}
          score={comment.score}
          upvotes={comment.upvotes}
          downvotes={comment.downvotes}
          vote={view.comment_actions?.vote_is_upvote}
          own={own}
          disabled={comment.deleted || comment.removed ||
            (ui.viewer?.banned ?? false)}
        />
        {!ctx.closed && !state && (
          <a
            class="link"
            href={ui.viewer ? `/comment/${comment.id}/reply` : loginPath(ui)}
            data-reply={ui.viewer ? comment.id : undefined}
            rel="nofollow"
          >
            <Icon name="reply" />
            {t("action.reply")}
          </a>
        )}
        {ui.viewer && (
          <Toggle
            ui={ui}
            action={`/comment/${comment.id}/save`}
            on={!saved}
            pressed={saved}
            label={t(saved ? "action.unsave_item" : "action.save_item")}
          />
        )}
        {own && (
          <>
            <a class="link" href={`/comment/${comment.id}/edit`}>
              {t("action.edit")}
            </a>
            <a class="link" href={`/comment/${comment.id}/delete`}>
              {t(comment.deleted ? "action.restore" : "action.delete")}
            </a>
          </>
        )}
        {!comment.local && (
          <a class="link" href={comment.ap_id} rel="noopener nofollow">
            {t("action.fediverse_link")}
          </a>
        )}
      </div>
    </article>
  );
}

/** A comment outside its thread: in feeds and on profiles, with where it stands. */
export function CommentItem({ ui, view }: { ui: Ui; view: CommentView }) {
  const { comment, post } = view;
  const ctx: CommentContext = {
    ui,
    closed: post.locked || post.deleted || post.removed,
    newSince: ui.now.getTime(),
  };
  return (
    <li class="post" id={`comment-${comment.id}`}>
      <div class="t grow">
        <div class="meta">
          <a href={`/post/${post.id}`} dir="auto">{post.name}</a>
          <CommunityLink ui={ui} community={view.community} icon />
        </div>
        <CommentHeader view={view} ctx={ctx} fresh={false} />
        <CommentBody view={view} ctx={ctx} />
      </div>
    </li>
  );
}
