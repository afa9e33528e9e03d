import { page } from "fresh";
import { CommunityItem } from "../components/community/community_item.tsx";
import { Segments, SelectForm } from "../components/feed/controls.tsx";
import { Pagination } from "../components/feed/pagination.tsx";
import { Layout } from "../components/shell/layout.tsx";
import { uiOf } from "../components/ui.ts";
import { ApplyOnChange } from "../islands/ApplyOnChange.tsx";
import { listCommunities } from "../lib/domain/community/list.ts";
import { COMMUNITY_SORTS, LISTING_TYPES } from "../lib/domain/enums.ts";
import { define } from "../lib/http/state.ts";
import { oneOf } from "./(_shared)/params.ts";

const PAGE_SIZE = 50;

export const handler = define.handlers({
  async GET(ctx) {
    const { state, url } = ctx;
    const query = url.searchParams;
    const search = query.get("q")?.trim().slice(0, 200) || undefined;
    const listing = oneOf(LISTING_TYPES, query.get("listingType")) ??
      (search ? "all" : "local");
    const sort = oneOf(COMMUNITY_SORTS, query.get("sort")) ?? "active_monthly";
    const communities = await listCommunities(state.ctx, {
      type_: listing,
      sort,
      search_term: search,
      limit: PAGE_SIZE,
      page_cursor: query.get("cursor") ?? undefined,
    });
    return page({ communities, listing, sort, search });
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t, viewer } = ui;
  const { items, next_page, prev_page } = data.communities;
  const listings = LISTING_TYPES.filter((type) =>
    type === "all" || type === "local" ||
    (viewer && (type === "subscribed" || type === "moderator_view"))
  );
  return (
    <Layout ui={ui} title={t("title.communities")}>
      <div class="row">
        <h1 class="grow">{t("title.communities")}</h1>
        {viewer && (
          <a class="btn" href="/create_community">
            {t("nav.create_community")}
          </a>
        )}
      </div>
      <div class="ctl">
        <Segments
          url={url}
          param="listingType"
          current={data.listing}
          label={t("listing.label")}
          options={listings.map((type) => [type, t(`listing.${type}`)])}
        />
        <SelectForm
          ui={ui}
          url={url}
          selects={[{
            param: "sort",
            current: data.sort,
            label: t("sort.label"),
            options: COMMUNITY_SORTS.map((
              sort,
            ) => [sort, t(`sort.community.${sort}`)]),
          }]}
        />
        <form role="search" method="get" action="/communities">
          <input
            type="search"
            name="q"
            value={data.search}
            placeholder={t("placeholder.search")}
            aria-label={t("placeholder.search")}
          />
          <button class="btn" type="submit">{t("nav.search")}</button>
        </form>
      </div>
      {items.length === 0
        ? <p class="card">{t("empty.communities")}</p>
        : (
          <ul class="posts">
            {items.map((view) => (
              <CommunityItem key={view.community.id} ui={ui} view={view} />
            ))}
          </ul>
        )}
      <Pagination
        ui={ui}
        url={url}
        next_page={next_page}
        prev_page={prev_page}
        empty={items.length === 0}
      />
      <ApplyOnChange />
    </Layout>
  );
});
