import type { ComponentChildren } from "preact";
import type { PostView } from "../../lib/domain/views.ts";
import { formatNumberCompact } from "../../lib/i18n/mod.ts";
import { Icon } from "../icon.tsx";
import type { Ui } from "../ui.ts";

/** A one-button form that sends the wanted state. */
export function Toggle(
  { ui, action, on, label, icon, pressed, className = "link" }: {
    ui: Ui;
    action: string;
    /** State the button asks for. */
    on: boolean;
    label: string;
    icon?: string;
    pressed?: boolean;
    className?: string;
  },
) {
  return (
    <form method="post" action={action}>
      <input type="hidden" name="return" value={ui.here} />
      <button
        type="submit"
        name="on"
        value={String(on)}
        class={pressed ? `${className} on` : className}
      >
        {icon && <Icon name={icon} />}
        <span class="lbl">{label}</span>
      </button>
    </form>
  );
}

/** Comments published since the viewer's last visit. */
export function unreadComments(view: PostView): number {
  const seen = view.post_actions?.read_comments_amount;
  return seen === undefined ? 0 : Math.max(0, view.post.comments - seen);
}

/** Comment count, badges, save and the "⋯" menu. */
export function PostActions(
  { ui, view, list = false, children }: {
    ui: Ui;
    view: PostView;
    /** In a list: with the link to the comments. */
    list?: boolean;
    children?: ComponentChildren;
  },
) {
  const { post } = view;
  const { t } = ui;
  const unread = unreadComments(view);
  const count = formatNumberCompact(t.language, post.comments);
  return (
    <div class="acts">
      {list && (
        <a
          href={`/post/${post.id}#comments`}
          title={t("count.comments", { count: post.comments })}
        >
          <Icon name="comment" /> <span data-comments>{count}</span>
          <span class="sr">{t("content.comments")}</span>{" "}
          {unread > 0 && <b>{t("post.new_comments", { count: unread })}</b>}
        </a>
      )}
      {children}
      {ui.viewer && <PostMenu ui={ui} view={view} />}
    </div>
  );
}

function PostMenu({ ui, view }: { ui: Ui; view: PostView }) {
  const { post } = view;
  const { t } = ui;
  const actions = view.post_actions;
  const own = ui.viewer!.person.id === post.creator_id;
  const saved = actions?.saved_at !== undefined;
  const hidden = actions?.hidden_at !== undefined;
  const read = actions?.read_at !== undefined;
  return (
    <>
      <Toggle
        ui={ui}
        action={`/post/${post.id}/save`}
        on={!saved}
        pressed={saved}
        label={t(saved ? "action.unsave_item" : "action.save_item")}
        icon={saved ? "star-fill" : "star"}
      />
      <details class="menu start">
        <summary class="link" aria-label={t("action.more")}>
          <Icon name="more" />
        </summary>
        <div class="pop">
          <a href={`/post/${post.id}`}>{t("action.link")}</a>
          {!post.local && (
            <a href={post.ap_id} rel="noopener nofollow">
              {t("action.fediverse_link")}
            </a>
          )}
          <a href={`/create_post?crossPostFrom=${post.id}`}>
            {t("action.cross_post")}
          </a>
          <Toggle
            ui={ui}
            action={`/post/${post.id}/read`}
            on={!read}
            label={t(read ? "action.mark_unread" : "action.mark_read")}
            className=""
          />
          <Toggle
            ui={ui}
            action={`/post/${post.id}/hide`}
            on={!hidden}
            label={t(hidden ? "action.unhide" : "action.hide")}
            className=""
          />
          {own && <a href={`/post/${post.id}/edit`}>{t("action.edit")}</a>}
          {own && (
            <a href={`/post/${post.id}/delete`}>
              {t(post.deleted ? "action.restore" : "action.delete")}
            </a>
          )}
        </div>
      </details>
    </>
  );
}
