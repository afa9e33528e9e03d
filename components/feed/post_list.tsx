import type { PagedResponse } from "../../lib/domain/cursor.ts";
import type {
  CommentView,
  PostListingMode,
  PostView,
} from "../../lib/domain/views.ts";
import { CommentItem } from "../comment/comment_node.tsx";
import { PostItem } from "../post/post_item.tsx";
import type { Ui } from "../ui.ts";
import { Pagination } from "./pagination.tsx";

/** A page of posts in the chosen view, with its pager and its empty state. */
export function PostList(
  { ui, url, page, mode, showCommunity, feature, subscribed = false }: {
    ui: Ui;
    url: URL;
    page: PagedResponse<PostView>;
    mode: PostListingMode;
    showCommunity: boolean;
    feature: "featured_local" | "featured_community";
    /** The reader's own feed: when empty, it says how to fill it. */
    subscribed?: boolean;
  },
) {
  const { t } = ui;
  const classes = mode === "list"
    ? "posts"
    : mode === "card"
    ? "posts cards big"
    : "posts cards";
  return (
    <>
      {page.items.length === 0
        ? (
          <p class="card">
            {t(subscribed ? "empty.posts_subscribed" : "empty.posts")}{" "}
            {subscribed && (
              <a href="/communities?listingType=all">
                {t("empty.browse_communities")}
              </a>
            )}
          </p>
        )
        : (
          <ul class={classes}>
            {page.items.map((view) => (
              <PostItem
                key={view.post.id}
                ui={ui}
                view={view}
                showCommunity={showCommunity}
                preview={mode !== "list"}
                feature={feature}
              />
            ))}
          </ul>
        )}
      <Pagination
        ui={ui}
        url={url}
        next_page={page.next_page}
        prev_page={page.prev_page}
        empty={page.items.length === 0}
      />
    </>
  );
}

/** A page of comments outside their threads. */
export function CommentList(
  { ui, url, page }: { ui: Ui; url: URL; page: PagedResponse<CommentView> },
) {
  return (
    <>
      {page.items.length === 0
        ? <p class="card">{ui.t("empty.comments")}</p>
        : (
          <ul class="posts">
            {page.items.map((view) => (
              <CommentItem key={view.comment.id} ui={ui} view={view} />
            ))}
          </ul>
        )}
      <Pagination
        ui={ui}
        url={url}
        next_page={page.next_page}
        prev_page={page.prev_page}
        empty={page.items.length === 0}
      />
    </>
  );
}
