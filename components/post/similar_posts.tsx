import type { PostView } from "../../lib/domain/views.ts";
import type { Ui } from "../ui.ts";

/**
 * Titles of posts that say the same already, below the title of a new one (web-ui §3.5). They open
 * beside the form, which would be lost. Without any there is nothing to say.
 */
export function SimilarPosts(
  { ui, posts, open = false }: {
    ui: Ui;
    posts: readonly PostView[];
    open?: boolean;
  },
) {
  const { t } = ui;
  if (posts.length === 0) return null;
  return (
    <details open={open}>
      <summary>{t("post.similar")} ({posts.length})</summary>
      <ul>
        {posts.map(({ post }) => (
          <li key={post.id}>
            <a
              href={`/post/${post.id}`}
              target="_blank"
              rel="noopener"
              dir="auto"
            >
              {post.name}
            </a>
            {" · "}
            {t("count.comments", { count: post.comments })}
          </li>
        ))}
      </ul>
    </details>
  );
}
