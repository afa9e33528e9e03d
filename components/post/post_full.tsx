import { scaledPicture } from "../pictures.ts";
import type { PostView } from "../../lib/domain/views.ts";
import { renderInlineTitle } from "../../lib/markdown/mod.ts";
import { CommunityLink } from "../community/community_link.tsx";
import { Markdown } from "../markdown.tsx";
import { showsMedia, type Ui } from "../ui.ts";
import { PostBadges } from "./badges.tsx";
import { linkHost, mediaKind } from "./media.ts";
import { PostActions } from "./post_actions.tsx";
import { CreatedLine, PostVotes } from "./post_item.tsx";
import { isBlurred } from "./thumbnail.tsx";

/** A post on its own page: title, media or link, text, actions (web-ui §3.4). */
export function PostFull(
  { ui, view, language }: { ui: Ui; view: PostView; language?: string },
) {
  const { post } = view;
  const title = (
    <span
      dir="auto"
      // deno-lint-ignore react-no-danger
      dangerouslySetInnerHTML={{ __html: renderInlineTitle(post.name) }}
    />
  );
  const newTab = ui.viewer?.local_user.open_links_in_new_tab;
  return (
    <article class="full" id={`post-${post.id}`}>
      <h1>
        {post.url
          ? (
            <a
              href={post.url}
              rel="noopener nofollow ugc"
              target={newTab ? "_blank" : undefined}
            >
              {title}
            </a>
          )
          : title}
      </h1>
      <CreatedLine ui={ui} view={view} showCommunity />
      <Tombstone ui={ui} view={view} />
      <PostMedia ui={ui} view={view} />
      {post.body && <Markdown ui={ui} text={post.body} id={`p${post.id}`} />}
      <div class="row">
        <PostVotes ui={ui} view={view} />
        <PostActions ui={ui} view={view}>
          <PostBadges ui={ui} view={view} language={language} />
        </PostActions>
      </div>
    </article>
  );
}

function Tombstone({ ui, view }: { ui: Ui; view: PostView }) {
  const { post, community } = view;
  const reasons = [
    post.removed && "tombstone.post_removed" as const,
    post.deleted && "tombstone.post_deleted" as const,
    community.removed && "tombstone.community_removed" as const,
    community.deleted && "tombstone.community_deleted" as const,
  ].filter((key) => key !== false);
  return (
    <>
      {reasons.map((key) => <p class="notice bad" key={key}>{ui.t(key)}</p>)}
    </>
  );
}

function PostMedia({ ui, view }: { ui: Ui; view: PostView }) {
  const { post } = view;
  const { t } = ui;
  if (!post.url) return null;
  const kind = mediaKind(post);
  const media = showsMedia(ui);
  if (kind === "image" && media) {
    const picture = (
      <a class="shot" href={post.url} rel="noopener nofollow ugc">
        <img
          src={scaledPicture(ui, post.url, "post")}
          alt={post.alt_text ?? ""}
          decoding="async"
        />
      </a>
    );
    // A blurred picture is behind one deliberate press (web-ui §4.2).
    return isBlurred(ui, view)
      ? (
        <details>
          <summary class="btn">{t("post.show_nsfw")}</summary>
          {picture}
        </details>
      )
      : picture;
  }
  if (kind === "video" && media) {
    return (
      <video
        src={post.url}
        controls
        preload="metadata"
        aria-label={post.alt_text}
      />
    );
  }
  if (kind === "audio" && media) {
    return <audio src={post.url} controls preload="metadata" />;
  }
  return (
    <a class="linkcard" href={post.url} rel="noopener nofollow ugc">
      {post.thumbnail_url && media && (
        <img
          src={scaledPicture(ui, post.thumbnail_url, "thumbnail")}
          alt=""
          loading="lazy"
        />
      )}
      <span class="grow">
        {post.embed_title && post.embed_title !== post.name && (
          <b dir="auto">{post.embed_title}</b>
        )} <span class="muted small">{linkHost(post.url)}</span>
        {post.embed_description && (
          <span class="small" dir="auto">
            <br />
            {post.embed_description}
          </span>
        )}
      </span>
    </a>
  );
}

/** Where else the link was posted (web-ui §4.4). */
export function CrossPosts({ ui, posts }: { ui: Ui; posts: PostView[] }) {
  if (posts.length === 0) return null;
  return (
    <details class="card" open={posts.length <= 3}>
      <summary>{ui.t("post.cross_posts", { count: posts.length })}</summary>
      <ul class="plain">
        {posts.map((view) => (
          <li key={view.post.id} class="meta">
            <CommunityLink ui={ui} community={view.community} />
            <a href={`/post/${view.post.id}`}>
              {ui.t("count.points", { count: view.post.score })} ·{" "}
              {ui.t("count.comments", { count: view.post.comments })}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}
