import { page } from "fresh";
import { CommentForm } from "../../../components/comment/comment_form.tsx";
import type { FormError } from "../../../components/form/field.tsx";
import { Markdown } from "../../../components/markdown.tsx";
import { PersonLink } from "../../../components/person/person_link.tsx";
import { Layout } from "../../../components/shell/layout.tsx";
import { uiOf } from "../../../components/ui.ts";
import { MarkdownEditor } from "../../../islands/MarkdownEditor.tsx";
import { requireViewer } from "../../../lib/domain/account/session.ts";
import { createComment } from "../../../lib/domain/comment/create.ts";
import { readComment } from "../../../lib/domain/comment/view.ts";
import { seeOther } from "../../../lib/http/redirect.ts";
import { define } from "../../../lib/http/state.ts";
import {
  formValues,
  idParam,
  refusal,
  submitOnce,
} from "../../(_shared)/forms.ts";
import { editorTexts } from "../../(_shared)/post_page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    requireViewer(ctx.state.ctx);
    const view = await readComment(ctx.state.ctx, idParam(ctx));
    return page({
      view,
      content: "",
      error: null as FormError | null,
      preview: false,
    });
  },
  async POST(ctx) {
    requireViewer(ctx.state.ctx);
    const parent_id = idParam(ctx);
    const values = await formValues(ctx);
    const content = values.content ?? "";
    const view = await readComment(ctx.state.ctx, parent_id);
    if (values.preview) {
      return page({ view, content, error: null, preview: true });
    }
    try {
      const id = await submitOnce(ctx, values, async (domain) => {
        ctx.state.limits.take("comment");
        const { comment } = await createComment(domain, {
          content,
          post_id: view.post.id,
          parent_id,
        });
        return comment.id;
      });
      return seeOther(
        ctx,
        `/post/${view.post.id}/${parent_id}#comment-${id}`,
        { kind: "success", key: "flash.comment_created" },
      );
    } catch (thrown) {
      const { error, status } = refusal(thrown);
      return page({ view, content, error, preview: false }, { status });
    }
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { comment, creator, post } = data.view;
  const name = creator.display_name ?? creator.name;
  return (
    <Layout ui={ui} title={ui.t("title.reply")} noindex>
      <h1>{ui.t("comment.reply_to", { person: name })}</h1>
      <div class="card">
        <p class="meta">
          {ui.t.parts("comment.in_post", {
            person: <PersonLink ui={ui} person={creator} avatar />,
            post: <a href={`/post/${post.id}/${comment.id}`}>{post.name}</a>,
          })}
        </p>
        <Markdown ui={ui} text={comment.content} id={`c${comment.id}`} />
      </div>
      <CommentForm
        ui={ui}
        action={`/comment/${comment.id}/reply`}
        label={ui.t("comment.write")}
        submit={ui.t("action.reply")}
        value={data.content}
        error={data.error}
        preview={data.preview ? data.content : undefined}
        cancel={`/post/${post.id}/${comment.id}`}
        focus
      />
      <MarkdownEditor texts={editorTexts(ui)} />
    </Layout>
  );
});
