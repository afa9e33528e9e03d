import type { PostView } from "../../lib/domain/views.ts";
import { renderInlineTitle, renderMarkdown } from "../../lib/markdown/mod.ts";
import { CommunityLink } from "../community/community_link.tsx";
import { CreatorBadges, PersonLink } from "../person/person_link.tsx";
import { EditedMark, Time } from "../time.tsx";
import type { Ui } from "../ui.ts";
import { VoteButtons } from "../vote_buttons.tsx";
import { PostBadges } from "./badges.tsx";
import { linkHost } from "./media.ts";
import { PostActions } from "./post_actions.tsx";
import { Thumbnail } from "./thumbnail.tsx";

/** Who posted where and when, and where the link leads. */
export function CreatedLine(
  { ui, view, showCommunity }: {
    ui: Ui;
    view: PostView;
    showCommunity: boolean;
  },
) {
  const { post } = view;
  const own = post.url && new URL(post.url).host === ui.hostname;
  return (
    <div class="meta">
      {showCommunity && (
        <CommunityLink ui={ui} community={view.community} icon />
      )}
      <span>
        {ui.t.parts("post.by", {
          person: <PersonLink ui={ui} person={view.creator} />,
        })}
      </span>
      <CreatorBadges ui={ui} view={view} />
      {post.url && !own && (
        <a href={post.url} rel="noopener nofollow ugc">{linkHost(post.url)}</a>
      )}
      <Time ui={ui} at={post.published_at} />
      <EditedMark
        ui={ui}
        published={post.published_at}
        updated={post.updated_at}
      />
    </div>
  );
}

/** Votes on a post, as they stand for this reader. */
export function PostVotes({ ui, view }: { ui: Ui; view: PostView }) {
  const { post } = view;
  return (
    <VoteButtons
      ui={ui}
      kind="post"
      id={post.id}
      score={post.score}
      upvotes={post.upvotes}
      downvotes={post.downvotes}
      vote={view.post_actions?.vote_is_upvote}
      own={ui.viewer?.person.id === post.creator_id}
      disabled={post.deleted || post.removed || (ui.viewer?.banned ?? false) ||
        view.community_actions?.received_ban_at !== undefined}
    />
  );
}

/** Characters of a body that a card previews; the rest fades out anyway. */
const PREVIEW = 600;

/** A post in a list (web-ui §4.1). */
export function PostItem(
  { ui, view, showCommunity, preview, feature }: {
    ui: Ui;
    view: PostView;
    showCommunity: boolean;
    /** Shows the beginning of the text, as cards do. */
    preview: boolean;
    /** Which pin counts on this page. */
    feature: "featured_local" | "featured_community";
  },
) {
  const { post } = view;
  const classes = ["post"];
  if (post[feature]) classes.push("pin");
  if (view.post_actions?.read_at) classes.push("read");
  return (
    <li class={classes.join(" ")} id={`post-${post.id}`}>
      <PostVotes ui={ui} view={view} />
      <div class="t">
        <h2 dir="auto">
          <a
            href={`/post/${post.id}`}
            // deno-lint-ignore react-no-danger
            dangerouslySetInnerHTML={{ __html: renderInlineTitle(post.name) }}
          />
        </h2>
        <CreatedLine ui={ui} view={view} showCommunity={showCommunity} />
        {preview && post.body && (
          <div
            class="md preview"
            // deno-lint-ignore react-no-danger
            dangerouslySetInnerHTML={{
              __html: renderMarkdown(post.body.slice(0, PREVIEW), {
                idPrefix: `p${post.id}`,
                localHost: ui.hostname,
                variant: "no_images",
              }),
            }}
          />
        )}
      </div>
      <PostActions ui={ui} view={view} list>
        <PostBadges ui={ui} view={view} />
      </PostActions>
      <Thumbnail ui={ui} view={view} />
    </li>
  );
}
