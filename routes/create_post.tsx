import { page } from "fresh";
import { CommunityCard } from "../components/community/community_card.tsx";
import type { FormError } from "../components/form/field.tsx";
import { PostForm } from "../components/post/post_form.tsx";
import { Layout } from "../components/shell/layout.tsx";
import { uiOf } from "../components/ui.ts";
import { MarkdownEditor } from "../islands/MarkdownEditor.tsx";
import { SimilarTitles } from "../islands/SimilarTitles.tsx";
import { requireViewer } from "../lib/domain/account/session.ts";
import { actorHandle } from "../lib/domain/actor_name.ts";
import { findCommunityId } from "../lib/domain/community/find.ts";
import { listCommunities } from "../lib/domain/community/list.ts";
import { communityResponse } from "../lib/domain/community/view.ts";
import type { Ctx } from "../lib/domain/context.ts";
import { LemmyError } from "../lib/domain/errors.ts";
import { createPost } from "../lib/domain/post/create.ts";
import { similarPosts } from "../lib/domain/post/similar.ts";
import { readPost } from "../lib/domain/post/view.ts";
import type { GetCommunityResponse } from "../lib/domain/views.ts";
import { seeOther } from "../lib/http/redirect.ts";
import { define } from "../lib/http/state.ts";
import {
  refusal,
  submitOnce,
  tagIds,
  uploadedUrl,
  type Values,
  withFiles,
} from "./(_shared)/forms.ts";
import { offeredLanguages } from "./(_shared)/languages.ts";
import { editorTexts } from "./(_shared)/post_page.tsx";

/** Communities that the picker suggests (web-ui §3.5). */
const SUGGESTED = 30;

async function formData(
  ctx: Ctx,
  values: Values,
  error: FormError | null,
  preview: boolean,
) {
  const community = await chosenCommunity(ctx, values.community);
  const community_id = community?.community_view.community.id;
  const [suggested, languages, similar] = await Promise.all([
    listCommunities(ctx, {
      type_: "all",
      sort: "active_monthly",
      limit: SUGGESTED,
    }),
    offeredLanguages(ctx, community_id),
    preview
      ? similarPosts(ctx, { title: values.name ?? "", community_id })
      : undefined,
  ]);
  const communities = suggested.items
    .filter((view) =>
      !view.community.posting_restricted_to_mods || view.can_mod
    )
    .map((view) =>
      [
        actorHandle(view.community),
        view.community.title ?? view.community.name,
      ] as const
    );
  return {
    values,
    error,
    preview,
    similar,
    community,
    communities,
    languages,
  };
}

/** The community a form names, if it exists; a wrong name is told when the form is sent. */
async function chosenCommunity(
  ctx: Ctx,
  name: string | undefined,
): Promise<GetCommunityResponse | null> {
  if (!name) return null;
  try {
    return await communityResponse(ctx, await findCommunityId(ctx, name));
  } catch (error) {
    if (error instanceof LemmyError && error.code === "not_found") return null;
    throw error;
  }
}

/** Values that the address prefills (web-ui §1.1), or those of a post to be cross-posted. */
async function prefilled(
  ctx: Ctx,
  url: URL,
  t: (key: "post.cross_posted_from", params: { url: string }) => string,
): Promise<Values> {
  const query = url.searchParams;
  const values: Values = {};
  const names: [string, string][] = [
    ["community", "community"],
    ["url", "url"],
    ["title", "name"],
    ["body", "body"],
    ["languageId", "language_id"],
    ["nsfw", "nsfw"],
    ["customThumbnailUrl", "custom_thumbnail"],
    ["altText", "alt_text"],
  ];
  for (const [parameter, field] of names) {
    const value = query.get(parameter);
    if (value) values[field] = value;
  }
  const id = Number(query.get("communityId"));
  if (Number.isInteger(id) && id > 0 && id <= 0x7fffffff && !values.community) {
    const { community_view } = await communityResponse(ctx, id);
    values.community = actorHandle(community_view.community);
  }
  const source = Number(query.get("crossPostFrom"));
  if (!Number.isInteger(source) || source < 1 || source > 0x7fffffff) {
    return values;
  }
  const { post } = await readPost(ctx, source);
  const own = post.creator_id === ctx.viewer?.person.id;
  values.name = post.name;
  if (post.url) values.url = post.url;
  if (post.nsfw) values.nsfw = "true";
  if (post.alt_text) values.alt_text = post.alt_text;
  values.language_id = String(post.language_id);
  if (post.body) {
    values.body = own ? post.body : [
      t("post.cross_posted_from", { url: post.ap_id }),
      "",
      ...post.body.split("\n").map((line) => `> ${line}`),
    ].join("\n");
  }
  return values;
}

/** Unix seconds of a `datetime-local` value, read as UTC, as its label says. */
function scheduleTime(text: string | undefined): number | undefined {
  if (!text) return undefined;
  const time = Date.parse(`${text}Z`);
  if (Number.isNaN(time)) {
    throw new LemmyError("invalid_unix_time", {
      field: "scheduled_publish_time_at",
    });
  }
  return Math.floor(time / 1000);
}

export const handler = define.handlers({
  async GET(ctx) {
    requireViewer(ctx.state.ctx);
    const values = await prefilled(ctx.state.ctx, ctx.url, ctx.state.t);
    return page(await formData(ctx.state.ctx, values, null, false));
  },

  async POST(ctx) {
    const { ctx: domain, limits } = ctx.state;
    requireViewer(domain);
    return await withFiles(ctx, async (sent, files) => {
      let values = sent;
      try {
        values = await uploadedUrl(ctx, sent, files);
        if (values.preview || values.upload) {
          const preview = Boolean(values.preview);
          return page(await formData(domain, values, null, preview));
        }
        const scheduled = scheduleTime(values.scheduled_publish_time_at);
        const id = await submitOnce(ctx, sent, async (domain) => {
          limits.take("post");
          const { post } = await createPost(domain, {
            name: values.name ?? "",
            community_id: await communityIdOf(domain, values.community ?? ""),
            url: values.url || undefined,
            body: values.body || undefined,
            alt_text: values.alt_text || undefined,
            custom_thumbnail: values.custom_thumbnail || undefined,
            nsfw: values.nsfw === "true",
            language_id: Number(values.language_id) || undefined,
            honeypot: values.honeypot,
            tags: tagIds(values),
            scheduled_publish_time_at: scheduled,
          });
          return post.id;
        });
        return seeOther(ctx, `/post/${id}`, {
          kind: "success",
          key: scheduled ? "flash.post_scheduled" : "flash.post_created",
        });
      } catch (thrown) {
        const { error, status } = refusal(thrown);
        return page(await formData(domain, values, error, false), { status });
      }
    });
  },
});

async function communityIdOf(ctx: Ctx, name: string): Promise<number> {
  try {
    return await findCommunityId(ctx, name);
  } catch (error) {
    if (error instanceof LemmyError && error.code === "not_found") {
      throw new LemmyError("not_found", { field: "community" });
    }
    throw error;
  }
}

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { community } = data;
  return (
    <Layout
      ui={ui}
      title={t("title.create_post")}
      noindex
      aside={community && (
        <CommunityCard
          ui={ui}
          view={community.community_view}
          moderators={community.moderators}
          heading
        />
      )}
    >
      <h1>{t("title.create_post")}</h1>
      <PostForm
        ui={ui}
        action="/create_post"
        submit={t("action.create")}
        values={data.values}
        error={data.error}
        preview={data.preview}
        similar={data.similar}
        communities={data.communities}
        languages={data.languages}
        tags={community?.community_view.tags.filter((tag) => !tag.deleted) ??
          []}
        chosenTags={tagIds(data.values)}
        cancel="/"
      />
      <MarkdownEditor texts={editorTexts(ui)} />
      <SimilarTitles />
    </Layout>
  );
});
