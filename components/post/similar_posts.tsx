import type { PostView } from "../../lib/domain/views.ts";
import type { Ui } from "../ui.ts";

/** Titles of posts that say the same already, below the title of a new one (web-ui §3.5). */
export function SimilarPosts(
  { ui, posts }: { ui: Ui; posts: readonly PostView[] },
) {
  const { t } = ui;
  return (
    <nav class="card" aria-label={t("post.similar")}>
      <h2>{t("post.similar")}</h2>
      <ul>
        {posts.map(({ post }) => (
          <li key={post.id}>
            <a href={`/post/${post.id}`} dir="auto">{post.name}</a>
            {" · "}
            {t("count.comments", { count: post.comments })}
          </li>
        ))}
      </ul>
    </nav>
  );
}
