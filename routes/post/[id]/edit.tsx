import { page } from "fresh";
import type { FormError } from "../../../components/form/field.tsx";
import { PostForm } from "../../../components/post/post_form.tsx";
import { Layout } from "../../../components/shell/layout.tsx";
import { uiOf } from "../../../components/ui.ts";
import { MarkdownEditor } from "../../../islands/MarkdownEditor.tsx";
import { requireViewer } from "../../../lib/domain/account/session.ts";
import { readCommunity } from "../../../lib/domain/community/view.ts";
import type { Ctx } from "../../../lib/domain/context.ts";
import { LemmyError } from "../../../lib/domain/errors.ts";
import { editPost } from "../../../lib/domain/post/edit.ts";
import { readPost } from "../../../lib/domain/post/view.ts";
import type { PostView } from "../../../lib/domain/views.ts";
import { seeOther } from "../../../lib/http/redirect.ts";
import { define } from "../../../lib/http/state.ts";
import {
  idParam,
  refusal,
  tagIds,
  uploadedUrl,
  type Values,
  withFiles,
} from "../../(_shared)/forms.ts";
import { offeredLanguages } from "../../(_shared)/languages.ts";
import { editorTexts } from "../../(_shared)/post_page.tsx";

async function ownPost(ctx: Ctx, id: number): Promise<PostView> {
  const viewer = requireViewer(ctx);
  const view = await readPost(ctx, id);
  if (view.post.creator_id !== viewer.person.id) {
    throw new LemmyError("no_post_edit_allowed");
  }
  return view;
}

async function formData(
  ctx: Ctx,
  view: PostView,
  values: Values,
  error: FormError | null,
  preview: boolean,
) {
  const [community, languages] = await Promise.all([
    readCommunity(ctx, view.community.id),
    offeredLanguages(ctx, view.community.id),
  ]);
  return { view, values, error, preview, languages, tags: community.tags };
}

export const handler = define.handlers({
  async GET(ctx) {
    const view = await ownPost(ctx.state.ctx, idParam(ctx));
    const { post } = view;
    const values: Values = {
      name: post.name,
      url: post.url ?? "",
      body: post.body ?? "",
      alt_text: post.alt_text ?? "",
      custom_thumbnail: post.thumbnail_url ?? "",
      language_id: String(post.language_id),
      nsfw: String(post.nsfw),
    };
    for (const tag of view.tags) values[`tag_${tag.id}`] = "true";
    return page(await formData(ctx.state.ctx, view, values, null, false));
  },

  async POST(ctx) {
    const { ctx: domain } = ctx.state;
    const view = await ownPost(domain, idParam(ctx));
    return await withFiles(ctx, async (sent, files) => {
      let values = sent;
      try {
        values = await uploadedUrl(ctx, sent, files);
        if (values.preview || values.upload) {
          const preview = Boolean(values.preview);
          return page(await formData(domain, view, values, null, preview));
        }
        const { post } = await editPost(domain, {
          post_id: view.post.id,
          name: values.name ?? "",
          url: values.url ?? "",
          body: values.body ?? "",
          alt_text: values.alt_text ?? "",
          custom_thumbnail: values.custom_thumbnail ?? "",
          nsfw: values.nsfw === "true",
          language_id: Number(values.language_id) || 0,
          tags: tagIds(values),
        });
        return seeOther(ctx, `/post/${post.id}`, {
          kind: "success",
          key: "flash.post_updated",
        });
      } catch (thrown) {
        const { error, status } = refusal(thrown);
        return page(await formData(domain, view, values, error, false), {
          status,
        });
      }
    });
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { post } = data.view;
  return (
    <Layout ui={ui} title={ui.t("title.edit_post")} noindex>
      <h1>{ui.t("title.edit_post")}</h1>
      <PostForm
        ui={ui}
        action={`/post/${post.id}/edit`}
        submit={ui.t("action.save")}
        values={data.values}
        error={data.error}
        preview={data.preview}
        languages={data.languages}
        tags={data.tags.filter((tag) => !tag.deleted)}
        chosenTags={tagIds(data.values)}
        cancel={`/post/${post.id}`}
      />
      <MarkdownEditor texts={editorTexts(ui)} />
    </Layout>
  );
});
