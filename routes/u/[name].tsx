import { scaledPicture } from "../../components/pictures.ts";
import { page } from "fresh";
import { CommentItem } from "../../components/comment/comment_node.tsx";
import { Counts } from "../../components/community/community_card.tsx";
import { Segments } from "../../components/feed/controls.tsx";
import { Pagination } from "../../components/feed/pagination.tsx";
import { FileField } from "../../components/form/field.tsx";
import { MediaTable } from "../../components/media/media_table.tsx";
import { Markdown } from "../../components/markdown.tsx";
import { PostItem } from "../../components/post/post_item.tsx";
import { Layout } from "../../components/shell/layout.tsx";
import { CommunityList } from "../../components/site_card.tsx";
import { showsMedia, uiOf, voteTexts } from "../../components/ui.ts";
import { ApplyOnChange } from "../../islands/ApplyOnChange.tsx";
import { VoteForms } from "../../islands/VoteForms.tsx";
import { actorHandle, actorHost } from "../../lib/domain/actor_name.ts";
import { PERSON_CONTENT_TYPES } from "../../lib/domain/enums.ts";
import {
  listLiked,
  listPersonContent,
  listSaved,
} from "../../lib/domain/person/content.ts";
import { listMedia } from "../../lib/domain/image/list.ts";
import { getPerson } from "../../lib/domain/person/view.ts";
import { define } from "../../lib/http/state.ts";
import { formatDate } from "../../lib/i18n/mod.ts";
import { renderPlainText } from "../../lib/markdown/mod.ts";
import { oneOf } from "../(_shared)/params.ts";

/** Lists of a profile; all but the first are the owner's alone. */
const VIEWS = ["all", "saved", "liked"] as const;

export const handler = define.handlers({
  async GET(ctx) {
    const { state, url, params: { name } } = ctx;
    const own = `@${state.ctx.config.hostname}`;
    if (name.toLowerCase().endsWith(own.toLowerCase())) {
      return ctx.redirect(
        `/u/${name.slice(0, -own.length)}${url.search}`,
        301,
      );
    }
    const person = await getPerson(state.ctx, { username: name });
    const { id } = person.person_view.person;
    const mine = state.ctx.viewer?.person.id === id;
    const type = oneOf(
      PERSON_CONTENT_TYPES,
      url.searchParams.get("contentType"),
    ) ?? "all";
    const view = (mine && oneOf(VIEWS, url.searchParams.get("viewType"))) ||
      "all";
    const filter = {
      type_: type,
      page_cursor: url.searchParams.get("cursor") ?? undefined,
      limit: state.ctx.viewer?.local_user.default_items_per_page,
    };
    const uploads = mine && url.searchParams.get("contentType") === "uploads"
      ? await listMedia(state.ctx, { page_cursor: filter.page_cursor })
      : null;
    const content = uploads
      ? { items: [] }
      : view === "saved"
      ? await listSaved(state.ctx, filter)
      : view === "liked"
      ? await listLiked(state.ctx, filter)
      : await listPersonContent(state.ctx, { ...filter, person_id: id });
    return page({ person, content, uploads, type, view, mine });
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { person_view: view, moderates } = data.person;
  const { person } = view;
  const hidden = view.banned && !ui.viewer?.local_user.admin;
  const media = showsMedia(ui) && !hidden;
  return (
    <Layout
      ui={ui}
      title={`@${person.name}`}
      description={person.bio && renderPlainText(person.bio, 300)}
      canonical={person.ap_id}
      picture={person.avatar}
      feeds={[[`@${person.name}`, `/feeds/u/${actorHandle(person)}`]]}
      aside={
        <CommunityList
          ui={ui}
          title={t("person.moderates")}
          communities={moderates.map((row) => row.community)}
        />
      }
    >
      <header class="head card">
        {person.banner && media && (
          <img
            class="banner"
            src={scaledPicture(ui, person.banner, "large")}
            alt=""
          />
        )}
        <div class="who">
          {person.avatar && media && (
            <img
              src={scaledPicture(ui, person.avatar, "icon")}
              alt=""
              width={64}
              height={64}
            />
          )}
          <div class="grow">
            <h1 dir="auto">{person.display_name ?? person.name}</h1>
            <a class="muted small" href={person.ap_id}>
              <bdi dir="ltr">@{person.name}@{actorHost(person)}</bdi>
            </a>{" "}
            {view.is_admin && <span class="badge red">{t("badge.admin")}</span>}
            {person.bot_account && <span class="badge">{t("badge.bot")}</span>}
          </div>
          {data.mine && <a class="btn" href="/settings">{t("nav.settings")}</a>}
        </div>
        {view.banned && (
          <p class="notice bad">
            {view.ban_expires_at
              ? t("person.banned_until", {
                date: formatDate(t.language, view.ban_expires_at),
              })
              : t("person.banned")}
          </p>
        )}
        {person.deleted && <p class="notice bad">{t("person.deleted")}</p>}
        {person.bio && !hidden && (
          <Markdown ui={ui} text={person.bio} id={`u${person.id}`} />
        )}
        <Counts
          ui={ui}
          counts={[
            ["count.posts", person.post_count],
            ["count.comments", person.comment_count],
          ]}
        />
        <p class="muted small">
          {t("person.joined", {
            date: formatDate(t.language, person.published_at, "date"),
          })}
          {!person.local && (
            <>
              {" · "}
              {t("person.remote", { host: actorHost(person) })}
            </>
          )}
        </p>
      </header>
      <div class="ctl">
        {data.mine && (
          <Segments
            url={url}
            param="viewType"
            current={data.view}
            label={t("view.label")}
            options={VIEWS.map((value) => [value, t(`content.${value}`)])}
          />
        )}
        <Segments
          url={url}
          param="contentType"
          current={data.uploads ? "uploads" : data.type}
          label={t("content.label")}
          options={[
            ["all", t("content.all")],
            ["posts", t("content.posts")],
            ["comments", t("content.comments")],
            ...(data.mine ? [["uploads", t("content.uploads")] as const] : []),
          ]}
        />
      </div>
      {data.uploads && (
        <>
          <form
            method="post"
            action="/upload"
            enctype="multipart/form-data"
            class="form card narrow"
          >
            <FileField
              ui={ui}
              name="file"
              label={t("form.file")}
              help={t("help.public_upload")}
              video={ui.site.local_site.image_allow_video_uploads}
            />
            <button class="btn" type="submit">{t("action.upload")}</button>
          </form>
          <MediaTable
            ui={ui}
            origin={state.ctx.config.origin}
            items={data.uploads.items}
          />
        </>
      )}
      {data.uploads
        ? null
        : data.content.items.length === 0
        ? <p class="card">{t("empty.nothing")}</p>
        : (
          <ul class="posts">
            {data.content.items.map((item) =>
              item.type_ === "post"
                ? (
                  <PostItem
                    key={`p${item.post.id}`}
                    ui={ui}
                    view={item}
                    showCommunity
                    preview={false}
                    feature="featured_community"
                  />
                )
                : (
                  <CommentItem
                    key={`c${item.comment.id}`}
                    ui={ui}
                    view={item}
                  />
                )
            )}
          </ul>
        )}
      <Pagination
        ui={ui}
        url={url}
        next_page={(data.uploads ?? data.content).next_page}
        prev_page={(data.uploads ?? data.content).prev_page}
        empty={(data.uploads ?? data.content).items.length === 0}
      />
      {ui.viewer && <VoteForms texts={voteTexts(ui)} />}
      <ApplyOnChange />
    </Layout>
  );
});
