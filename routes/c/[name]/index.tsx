import { scaledPicture } from "../../../components/pictures.ts";
import { page } from "fresh";
import { CommunityCard } from "../../../components/community/community_card.tsx";
import { FeedControls, Segments } from "../../../components/feed/controls.tsx";
import { CommentList, PostList } from "../../../components/feed/post_list.tsx";
import { Icon } from "../../../components/icon.tsx";
import { Layout } from "../../../components/shell/layout.tsx";
import {
  liveTexts,
  showsMedia,
  uiOf,
  voteTexts,
} from "../../../components/ui.ts";
import { ApplyOnChange } from "../../../islands/ApplyOnChange.tsx";
import { LiveFeed } from "../../../islands/LiveFeed.tsx";
import { VoteForms } from "../../../islands/VoteForms.tsx";
import { actorHandle, actorHost } from "../../../lib/domain/actor_name.ts";
import { listComments } from "../../../lib/domain/comment/list.ts";
import { getCommunity } from "../../../lib/domain/community/view.ts";
import { canReadCommunity } from "../../../lib/domain/community/visibility.ts";
import { whyCommunityGone } from "../../../lib/domain/gone.ts";
import { listPosts } from "../../../lib/domain/post/list.ts";
import { listingMode } from "../../../lib/http/preferences.ts";
import { define } from "../../../lib/http/state.ts";
import { readOrGone } from "../../(_shared)/gone.ts";
import {
  commentSortOf,
  feedParams,
  formatTimeRange,
} from "../../(_shared)/params.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { state, url, params: { name } } = ctx;
    const own = `@${state.ctx.config.hostname}`;
    if (name.toLowerCase().endsWith(own.toLowerCase())) {
      const bare = name.slice(0, -own.length);
      return ctx.redirect(`/c/${bare}${url.search}`, 301);
    }
    const community = await readOrGone(
      getCommunity(state.ctx, { name }),
      () => whyCommunityGone(state.ctx, name),
    );
    const params = feedParams(state, url);
    const { community: { id }, community_actions } = community.community_view;
    const readable = canReadCommunity(
      state.ctx,
      community.community_view.community,
      community_actions,
    );
    const tag = Number(url.searchParams.get("tagId")) || undefined;
    const filter = {
      community_id: id,
      time_range_seconds: params.range,
      page_cursor: params.cursor,
    };
    const [posts, comments] = await Promise.all([
      readable && params.kind === "post"
        ? listPosts(state.ctx, { ...filter, sort: params.sort, tag_id: tag })
        : null,
      readable && params.kind === "comment"
        ? listComments(state.ctx, {
          ...filter,
          sort: commentSortOf(params.sort),
        })
        : null,
    ]);
    return page({ community, params, posts, comments, readable, tag });
  },
});

export default define.page<typeof handler>(({ data, state, url, req }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { community_view: view, moderators } = data.community;
  const { community } = view;
  const { params, posts, comments } = data;
  const mode = listingMode(state, req.headers);
  const title = community.title ?? community.name;
  const feed = community.visibility === "public" ||
      community.visibility === "local_only_public"
    ? `/feeds/c/${actorHandle(community)}`
    : undefined;
  return (
    <Layout
      ui={ui}
      title={title}
      description={community.summary}
      canonical={community.ap_id}
      picture={community.nsfw ? null : community.icon ?? community.banner}
      feeds={feed ? [[title, feed]] : []}
      aside={<CommunityCard ui={ui} view={view} moderators={moderators} />}
    >
      <header class="head">
        {community.banner && showsMedia(ui) && (
          <img
            class="banner"
            src={scaledPicture(ui, community.banner, "large")}
            alt=""
          />
        )}
        <div class="who">
          {community.icon && showsMedia(ui) && (
            <img
              src={scaledPicture(ui, community.icon, "icon")}
              alt=""
              width={48}
              height={48}
            />
          )}
          <div>
            <h1 dir="auto">
              {title}
              {community.posting_restricted_to_mods && (
                <Icon name="lock" label={t("community.mods_only")} />
              )}
            </h1>
            <a class="muted small" href={community.ap_id}>
              <bdi dir="ltr">!{community.name}@{actorHost(community)}</bdi>
            </a>
          </div>
        </div>
      </header>
      {community.removed && (
        <p class="notice bad">{t("tombstone.community_removed")}</p>
      )}
      {community.deleted && (
        <p class="notice bad">{t("tombstone.community_deleted")}</p>
      )}
      {!data.readable && (
        <p class="notice bad">{t("notice.private_community")}</p>
      )}
      {data.readable && (
        <FeedControls
          ui={ui}
          url={url}
          rss={feed && `${feed}.xml?sort=${params.sort}`}
          view={{
            sort: params.sort,
            mode,
            kind: params.kind,
            time: formatTimeRange(params.range),
          }}
        />
      )}
      {data.readable && view.tags.length > 0 && (
        <div class="ctl">
          <Segments
            url={url}
            param="tagId"
            current={String(data.tag ?? "")}
            label={t("feed.tag")}
            options={[
              ["", t("feed.all_tags")],
              ...view.tags.filter((tag) => !tag.deleted).map((tag) =>
                [String(tag.id), tag.display_name ?? tag.name] as const
              ),
            ]}
          />
        </div>
      )}
      {posts && !params.cursor && (
        <LiveFeed
          community={community.id}
          texts={liveTexts(ui, "live.new_posts")}
          cursor={state.liveCursor}
        />
      )}
      {posts && (
        <PostList
          ui={ui}
          url={url}
          page={posts}
          mode={mode}
          showCommunity={false}
          feature="featured_community"
        />
      )}
      {comments && <CommentList ui={ui} url={url} page={comments} />}
      {ui.viewer && <VoteForms texts={voteTexts(ui)} />}
      <ApplyOnChange />
    </Layout>
  );
});
