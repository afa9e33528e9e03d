import { page } from "fresh";
import { CommentItem } from "../components/comment/comment_node.tsx";
import { CommunityItem } from "../components/community/community_item.tsx";
import { Pagination, withParams } from "../components/feed/pagination.tsx";
import { Checkbox } from "../components/form/field.tsx";
import { PersonItem } from "../components/person/person_item.tsx";
import { PostItem } from "../components/post/post_item.tsx";
import { Layout } from "../components/shell/layout.tsx";
import { loginPath, type Ui, uiOf, voteTexts } from "../components/ui.ts";
import { VoteForms } from "../islands/VoteForms.tsx";
import { search } from "../lib/domain/search/search.ts";
import type { ResolveObjectView, SearchResponse } from "../lib/domain/views.ts";
import { define } from "../lib/http/state.ts";
import { oneOf } from "./(_shared)/params.ts";

/** What the page offers to look for; lists of communities have no page yet. */
const TYPES = ["all", "posts", "comments", "communities", "users"] as const;
const MAX_TERM = 200;
/** Results of each kind in a search of everything, and of a search of one kind. */
const LIMIT_ALL = 10;
const LIMIT = 20;

export const handler = define.handlers({
  async GET(ctx) {
    const { state, url } = ctx;
    const query = url.searchParams;
    const term = query.get("q")?.trim().slice(0, MAX_TERM) ?? "";
    const type = oneOf(TYPES, query.get("type")) ?? "all";
    const form = {
      term,
      type,
      titleOnly: query.get("titleOnly") === "true",
      urlOnly: query.get("postUrlOnly") === "true",
      community: id(query.get("communityId")),
    };
    if (term === "") return page({ form, found: null });
    state.limits.take("search");
    const found = await search(state.ctx, {
      search_term: term,
      type_: type,
      title_only: form.titleOnly,
      post_url_only: form.urlOnly,
      community_id: form.community,
      creator_id: id(query.get("creatorId")),
      page_cursor: query.get("cursor") ?? undefined,
      limit: type === "all" ? LIMIT_ALL : LIMIT,
    });
    return page({ form, found });
  },
});

function id(text: string | null): number | undefined {
  const number = /^[1-9]\d{0,9}$/.test(text ?? "") ? Number(text) : 0;
  return number > 0 && number <= 0x7fffffff ? number : undefined;
}

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { form, found } = data;
  const title = form.term
    ? t("title.search_query", { query: form.term })
    : t("title.search");
  return (
    <Layout ui={ui} title={title} noindex>
      <h1>{t("title.search")}</h1>
      <form role="search" method="get" action="/search" class="form card">
        <div class="row">
          <input
            class="grow"
            type="search"
            name="q"
            value={form.term}
            maxLength={MAX_TERM}
            aria-label={t("placeholder.search")}
            required
            autofocus={!form.term}
          />
          <select name="type" aria-label={t("content.label")}>
            {TYPES.map((type) => (
              <option key={type} value={type} selected={type === form.type}>
                {t(`search_type.${type}`)}
              </option>
            ))}
          </select>
          <button class="btn go" type="submit">{t("nav.search")}</button>
        </div>
        <div class="row">
          <Checkbox
            name="titleOnly"
            label={t("form.title_only")}
            checked={form.titleOnly}
          />
          <Checkbox
            name="postUrlOnly"
            label={t("form.url_only")}
            checked={form.urlOnly}
          />
          {form.community !== undefined && (
            <input type="hidden" name="communityId" value={form.community} />
          )}
        </div>
      </form>
      {found && <Results ui={ui} url={url} form={form} found={found} />}
      {ui.viewer && <VoteForms texts={voteTexts(ui)} />}
    </Layout>
  );
});

interface ResultsProps {
  ui: Ui;
  url: URL;
  form: { term: string; type: typeof TYPES[number] };
  found: SearchResponse;
}

function Results({ ui, url, form, found }: ResultsProps) {
  const { t } = ui;
  const { resolve, posts, comments, communities, persons } = found;
  const empty = posts.length + comments.length + communities.length +
      persons.length === 0;
  const first = !url.searchParams.has("cursor");
  // A name of another server may be looked up there, for members only.
  const elsewhere = !ui.viewer && /^(https?:|[!@]\S+@)/.test(form.term);
  const named = (kind: ResolveObjectView["type_"], id: number) =>
    first && resolve !== null && keyOf(resolve) === `${kind}${id}`;
  return (
    <section aria-label={t("search.results", { query: form.term })}>
      {elsewhere && (
        <p class="notice">
          {t("search.sign_in")}{" "}
          <a href={loginPath(ui)} rel="nofollow">{t("nav.login")}</a>
        </p>
      )}
      {resolve && first && (
        <>
          <h2 class="sub">{t("search.resolved")}</h2>
          <ul class="posts">
            <Resolved ui={ui} view={resolve} />
          </ul>
        </>
      )}
      {empty && !(resolve && first)
        ? <p class="card">{t("empty.results", { query: form.term })}</p>
        : (
          <ul class="posts">
            {communities.filter((v) => !named("community", v.community.id))
              .map((view) => (
                <CommunityItem key={view.community.id} ui={ui} view={view} />
              ))}
            {persons.filter((v) => !named("person", v.person.id))
              .map((view) => (
                <PersonItem key={view.person.id} ui={ui} view={view} />
              ))}
            {posts.filter((v) => !named("post", v.post.id)).map((view) => (
              <PostItem
                key={view.post.id}
                ui={ui}
                view={view}
                showCommunity
                preview={false}
                feature="featured_local"
              />
            ))}
            {comments.filter((v) =>
              !named("comment", v.comment.id)
            )
              .map((view) => (
                <CommentItem key={view.comment.id} ui={ui} view={view} />
              ))}
          </ul>
        )}
      <Pagination
        ui={ui}
        url={url}
        next_page={pageOf(found.next_page)}
        prev_page={pageOf(found.prev_page)}
        empty={empty}
      />
      <p class="small muted">
        {t("search.other_types")}{" "}
        {TYPES.filter((type) => type !== form.type).map((type, index) => (
          <>
            {index > 0 && " · "}
            <a href={withParams(url, { type, cursor: null })}>
              {t(`search_type.${type}`)}
            </a>
          </>
        ))}
      </p>
    </section>
  );
}

/** A cursor that leads somewhere: a search of everything names one even at its ends. */
function pageOf(cursor: string | null): string | undefined {
  return cursor === null || /^[-.]+$/.test(cursor) ? undefined : cursor;
}

function keyOf(view: ResolveObjectView): string {
  switch (view.type_) {
    case "post":
      return `post${view.post.id}`;
    case "comment":
      return `comment${view.comment.id}`;
    case "person":
      return `person${view.person.id}`;
    case "community":
      return `community${view.community.id}`;
    case "multi_community":
      return `multi_community${view.multi.id}`;
  }
}

function Resolved({ ui, view }: { ui: Ui; view: ResolveObjectView }) {
  switch (view.type_) {
    case "post":
      return (
        <PostItem
          ui={ui}
          view={view}
          showCommunity
          preview={false}
          feature="featured_local"
        />
      );
    case "comment":
      return <CommentItem ui={ui} view={view} />;
    case "person":
      return <PersonItem ui={ui} view={view} />;
    case "community":
      return <CommunityItem ui={ui} view={view} />;
    case "multi_community":
      return (
        <li class="row post">
          <a href={view.multi.ap_id}>{view.multi.title ?? view.multi.name}</a>
        </li>
      );
  }
}
