import { type Context, page } from "fresh";
import { CommentForm } from "../../components/comment/comment_form.tsx";
import {
  CommentTree,
  newSince,
} from "../../components/comment/comment_node.tsx";
import { CommunityCard } from "../../components/community/community_card.tsx";
import { SelectForm } from "../../components/feed/controls.tsx";
import { Pagination } from "../../components/feed/pagination.tsx";
import type { FormError } from "../../components/form/field.tsx";
import { CrossPosts, PostFull } from "../../components/post/post_full.tsx";
import { Layout } from "../../components/shell/layout.tsx";
import { liveTexts, loginPath, uiOf, voteTexts } from "../../components/ui.ts";
import { ApplyOnChange } from "../../islands/ApplyOnChange.tsx";
import { CommentThread } from "../../islands/CommentThread.tsx";
import { MarkdownEditor } from "../../islands/MarkdownEditor.tsx";
import { VoteForms } from "../../islands/VoteForms.tsx";
import { readThread, type Thread } from "../../lib/domain/comment/thread.ts";
import { COMMENT_SORTS } from "../../lib/domain/enums.ts";
import { whyPostGone } from "../../lib/domain/gone.ts";
import { getPost } from "../../lib/domain/post/read.ts";
import type {
  CommentSortType,
  GetPostResponse,
} from "../../lib/domain/views.ts";
import type { State } from "../../lib/http/state.ts";
import { renderPlainText } from "../../lib/markdown/mod.ts";
import { idParam } from "./forms.ts";
import { readOrGone } from "./gone.ts";
import { oneOf } from "./params.ts";

/** Everything a post's page shows. */
export interface PostPageData {
  post: GetPostResponse;
  thread: Thread;
  sort: CommentSortType;
  /** The comment whose permalink this is, and the one above it. */
  comment?: number;
  parent?: number;
  /** A comment that was refused, or is to be previewed. */
  draft?: { content: string; error: FormError | null; preview: boolean };
}

/** Reads a post with a page of its comments, or with the thread below one comment. */
export async function postPage(
  ctx: Context<State>,
  draft?: PostPageData["draft"],
  status?: number,
) {
  const { ctx: domain } = ctx.state;
  const comment = ctx.params.comment_id === undefined
    ? undefined
    : idParam(ctx, "comment_id");
  const sort = oneOf(COMMENT_SORTS, ctx.url.searchParams.get("sort")) ??
    domain.viewer?.local_user.default_comment_sort_type ??
    domain.site.local_site.default_comment_sort_type;
  const id = idParam(ctx);
  const post = await readOrGone(
    getPost(domain, { id }),
    () => whyPostGone(domain, id),
  );
  const thread = await readThread(domain, {
    post_id: post.post_view.post.id,
    sort,
    root_id: comment,
    page_cursor: ctx.url.searchParams.get("cursor") ?? undefined,
  });
  const path = comment === undefined
    ? []
    : thread.roots[0].view.comment.path.split(".");
  const parent = Number(path[path.length - 2]) || undefined;
  const me = domain.viewer?.person.id;
  const isGone = (
    item: { deleted: boolean; removed: boolean; creator_id: number },
    can_mod: boolean,
  ) => (item.deleted || item.removed) && item.creator_id !== me && !can_mod;
  const { post: shown, can_mod } = post.post_view;
  const gone = isGone(shown, can_mod) ||
    comment !== undefined &&
      isGone(
        thread.roots[0].view.comment,
        thread.roots[0].view.can_mod,
      );
  const data: PostPageData = { post, thread, sort, comment, parent, draft };
  // What is gone stays as the frame of the answers to it (web-ui §1.4).
  return page(data, { status: status ?? (gone ? 410 : 200) });
}

/** The page of a post (web-ui §3.4). */
export function PostPage(
  { data, state, url }: { data: PostPageData; state: State; url: URL },
) {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { post_view: view, community_view, moderators, cross_posts } =
    data.post;
  const { post } = view;
  const closed = post.locked || post.deleted || post.removed;
  const mayWrite = ui.viewer && (!closed || (post.locked && view.can_mod)) &&
    !view.community_actions?.received_ban_at && !ui.viewer.banned;
  const ctx = {
    ui,
    closed: closed && !view.can_mod,
    newSince: newSince(ui, view),
    marked: data.comment,
    sort: url.searchParams.get("sort") ?? undefined,
  };
  return (
    <Layout
      ui={ui}
      title={post.name}
      description={post.body && renderPlainText(post.body, 300)}
      canonical={post.ap_id}
      noindex={data.comment !== undefined || post.nsfw}
      picture={post.nsfw ? null : post.thumbnail_url}
      aside={
        <CommunityCard
          ui={ui}
          view={community_view}
          moderators={moderators}
          heading
        />
      }
    >
      <PostFull ui={ui} view={view} />
      <CrossPosts ui={ui} posts={cross_posts} />
      {data.comment === undefined && (
        <NewComment ui={ui} data={data} mayWrite={Boolean(mayWrite)} />
      )}
      {data.comment !== undefined && (
        <p class="notice">
          {t("comment.single_thread")}{" "}
          <a href={`/post/${post.id}#comments`}>{t("comment.view_all")}</a>
          {data.parent !== undefined && (
            <>
              {" · "}
              <a href={`/post/${post.id}/${data.parent}`}>
                {t("comment.show_context")}
              </a>
            </>
          )}
        </p>
      )}
      <section id="comments" aria-label={t("content.comments")}>
        <div class="ctl">
          <h2 class="grow">{t("count.comments", { count: post.comments })}</h2>
          <SelectForm
            ui={ui}
            url={url}
            selects={[{
              param: "sort",
              current: data.sort,
              options: COMMENT_SORTS.map((s) => [s, t(`sort.comment.${s}`)]),
              label: t("sort.label"),
            }]}
          />
        </div>
        <CommentThread
          post={post.id}
          root={data.comment}
          cursor={state.liveCursor}
          texts={{
            fresh: liveTexts(ui, "live.new_comments"),
            failed: t("live.failed"),
            offline: t("flash.network_down"),
          }}
        />
        {data.thread.roots.length === 0
          ? (
            <p class="muted" id="no-comments">
              {t(mayWrite ? "empty.comments_first" : "empty.comments")}
            </p>
          )
          : (
            <ul class="comments">
              {data.thread.roots.map((node) => (
                <CommentTree
                  key={node.view.comment.id}
                  node={node}
                  ctx={ctx}
                />
              ))}
            </ul>
          )}
        <Pagination
          ui={ui}
          url={url}
          next_page={data.thread.next_page}
          prev_page={data.thread.prev_page}
          empty={data.thread.roots.length === 0}
          hash="#comments"
        />
      </section>
      {ui.viewer && <VoteForms texts={voteTexts(ui)} />}
      <ApplyOnChange />
      {mayWrite && <MarkdownEditor texts={editorTexts(ui)} />}
    </Layout>
  );
}

/** Labels of the editor's toolbar. */
export function editorTexts({ t }: ReturnType<typeof uiOf>) {
  return {
    toolbar: t("editor.toolbar"),
    bold: t("editor.bold"),
    italic: t("editor.italic"),
    link: t("editor.link"),
    header: t("editor.header"),
    strikethrough: t("editor.strikethrough"),
    quote: t("editor.quote"),
    list: t("editor.list"),
    code: t("editor.code"),
    spoiler: t("editor.spoiler"),
    draftFound: t("editor.draft_found"),
    draftRestore: t("editor.draft_restore"),
    draftDiscard: t("editor.draft_discard"),
  };
}

function NewComment(
  { ui, data, mayWrite }: {
    ui: ReturnType<typeof uiOf>;
    data: PostPageData;
    mayWrite: boolean;
  },
) {
  const { t } = ui;
  const { post } = data.post.post_view;
  if (mayWrite) {
    return (
      <CommentForm
        ui={ui}
        action={`/post/${post.id}`}
        label={t("comment.write")}
        submit={t("action.post")}
        value={data.draft?.content}
        error={data.draft?.error}
        preview={data.draft?.preview ? data.draft.content : undefined}
      />
    );
  }
  if (ui.viewer) {
    const gone = post.deleted || post.removed;
    return (
      <p class="notice">
        {t(
          gone
            ? "post.comments_disabled_gone"
            : post.locked
            ? "post.comments_disabled_locked"
            : "community.banned",
        )}
      </p>
    );
  }
  return (
    <p class="notice">
      {t("post.comments_login")}{" "}
      <a href={loginPath(ui)} rel="nofollow">{t("nav.login")}</a>
      {" · "}
      <a href="/signup" rel="nofollow">{t("nav.signup")}</a>
    </p>
  );
}
