import { page } from "fresh";
import { FeedControls } from "../components/feed/controls.tsx";
import { CommentList, PostList } from "../components/feed/post_list.tsx";
import { Layout } from "../components/shell/layout.tsx";
import { CommunityList, SiteCard } from "../components/site_card.tsx";
import { liveTexts, uiOf, voteTexts } from "../components/ui.ts";
import { readFeedToken } from "../lib/domain/account/feed_token.ts";
import { readFollows } from "../lib/domain/account/read.ts";
import { listComments } from "../lib/domain/comment/list.ts";
import { publicCommunities } from "../lib/domain/community/list.ts";
import type { Ctx } from "../lib/domain/context.ts";
import { readAdmins } from "../lib/domain/person/view.ts";
import { listPosts } from "../lib/domain/post/list.ts";
import { shared } from "../lib/domain/site/load.ts";
import { randomTagline } from "../lib/domain/site/read.ts";
import type { Community, ListingType } from "../lib/domain/views.ts";
import { listingMode } from "../lib/http/preferences.ts";
import { define } from "../lib/http/state.ts";
import { ApplyOnChange } from "../islands/ApplyOnChange.tsx";
import { LiveFeed } from "../islands/LiveFeed.tsx";
import { VoteForms } from "../islands/VoteForms.tsx";
import { Markdown } from "../components/markdown.tsx";
import {
  commentSortOf,
  feedParams,
  formatTimeRange,
} from "./(_shared)/params.ts";

/** Communities of the "subscribed" card; the communities page has them all. */
const SUBSCRIBED = 100;
/** Communities of the "trending" card. */
const TRENDING = 5;

async function readTrending(ctx: Ctx): Promise<Community[]> {
  const views = await publicCommunities(ctx, {
    type_: "local",
    sort: "active_daily",
    limit: TRENDING,
  });
  return views.map((view) => view.community);
}

async function sideCommunities(
  ctx: Ctx,
): Promise<{ subscribed: Community[]; trending: Community[] }> {
  const [follows, trending] = await Promise.all([
    ctx.viewer ? readFollows(ctx, ctx.viewer.person.id, SUBSCRIBED) : [],
    // What the reader hides is left out of the feed, not of this card.
    ctx.viewer || !ctx.site.local_site.private_instance
      ? shared(ctx.site, "trending", () => readTrending(ctx))
      : [],
  ]);
  return {
    subscribed: follows.map((follow) => follow.community),
    trending,
  };
}

/** Address of the feed of a listing, without ending; absent for listings that have none. */
async function feedOf(
  ctx: Ctx,
  listing: ListingType,
): Promise<string | undefined> {
  if (listing === "all" || listing === "local") return `/feeds/${listing}`;
  if (listing !== "subscribed" || !ctx.viewer) return undefined;
  return `/feeds/front/${await readFeedToken(ctx)}`;
}

export const handler = define.handlers({
  async GET(ctx) {
    const { state, url } = ctx;
    const params = feedParams(state, url);
    const filter = {
      type_: params.listing,
      time_range_seconds: params.range,
      page_cursor: params.cursor,
    };
    const [posts, comments, admins, side, tagline] = await Promise.all([
      params.kind === "post"
        ? listPosts(state.ctx, { ...filter, sort: params.sort })
        : null,
      params.kind === "comment"
        ? listComments(state.ctx, {
          ...filter,
          sort: commentSortOf(params.sort),
        })
        : null,
      shared(
        state.ctx.site,
        "admins",
        () => readAdmins({ ...state.ctx, viewer: null }),
      ),
      sideCommunities(state.ctx),
      randomTagline(state.ctx),
    ]);
    const feed = await feedOf(state.ctx, params.listing);
    return page({ params, posts, comments, admins, side, tagline, feed });
  },
});

export default define.page<typeof handler>(({ data, state, url, req }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { params, posts, comments, side } = data;
  const mode = listingMode(state, req.headers);
  return (
    <Layout
      ui={ui}
      description={ui.site.site.summary}
      feeds={[
        [t("listing.local"), "/feeds/local"],
        [t("listing.all"), "/feeds/all"],
      ]}
      aside={
        <>
          <SiteCard ui={ui} admins={data.admins} />
          <CommunityList
            ui={ui}
            title={t("sidebar.subscribed")}
            communities={side.subscribed}
          />
          <CommunityList
            ui={ui}
            title={t("sidebar.trending")}
            communities={side.trending}
          />
        </>
      }
    >
      <h1 class="sr">{ui.site.site.name}</h1>
      {data.tagline && (
        <div class="notice">
          <Markdown ui={ui} text={data.tagline.content} id="tagline" />
        </div>
      )}
      <FeedControls
        ui={ui}
        url={url}
        rss={data.feed && `${data.feed}.xml?sort=${params.sort}`}
        view={{
          listing: params.listing,
          sort: params.sort,
          mode,
          kind: params.kind,
          time: formatTimeRange(params.range),
        }}
      />
      {posts && !params.cursor && (
        <LiveFeed
          feed={params.listing === "local" ? "local" : "all"}
          texts={params.listing === "all" || params.listing === "local"
            ? liveTexts(ui, "live.new_posts")
            : []}
          cursor={state.liveCursor}
        />
      )}
      {posts && (
        <PostList
          ui={ui}
          url={url}
          page={posts}
          mode={mode}
          showCommunity
          feature={params.listing === "all" || params.listing === "local"
            ? "featured_local"
            : "featured_community"}
          subscribed={params.listing === "subscribed"}
        />
      )}
      {comments && <CommentList ui={ui} url={url} page={comments} />}
      {ui.viewer && <VoteForms texts={voteTexts(ui)} />}
      <ApplyOnChange />
    </Layout>
  );
});
