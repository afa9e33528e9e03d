import { page } from "fresh";
import { CommentForm } from "../../../components/comment/comment_form.tsx";
import type { FormError } from "../../../components/form/field.tsx";
import { Layout } from "../../../components/shell/layout.tsx";
import { uiOf } from "../../../components/ui.ts";
import { MarkdownEditor } from "../../../islands/MarkdownEditor.tsx";
import { requireViewer } from "../../../lib/domain/account/session.ts";
import { editComment } from "../../../lib/domain/comment/edit.ts";
import { readComment } from "../../../lib/domain/comment/view.ts";
import type { Ctx } from "../../../lib/domain/context.ts";
import { LemmyError } from "../../../lib/domain/errors.ts";
import { seeOther } from "../../../lib/http/redirect.ts";
import { define } from "../../../lib/http/state.ts";
import { formValues, idParam, refusal } from "../../(_shared)/forms.ts";
import { editorTexts } from "../../(_shared)/post_page.tsx";

async function ownComment(ctx: Ctx, id: number) {
  const viewer = requireViewer(ctx);
  const { comment } = await readComment(ctx, id);
  if (comment.creator_id !== viewer.person.id) {
    throw new LemmyError("no_comment_edit_allowed");
  }
  return comment;
}

export const handler = define.handlers({
  async GET(ctx) {
    const comment = await ownComment(ctx.state.ctx, idParam(ctx));
    return page({
      comment,
      content: comment.content,
      error: null as FormError | null,
      preview: false,
    });
  },
  async POST(ctx) {
    const comment = await ownComment(ctx.state.ctx, idParam(ctx));
    const values = await formValues(ctx);
    const content = values.content ?? "";
    if (values.preview) {
      return page({ comment, content, error: null, preview: true });
    }
    try {
      await editComment(ctx.state.ctx, { comment_id: comment.id, content });
      return seeOther(
        ctx,
        `/post/${comment.post_id}/${comment.id}#comment-${comment.id}`,
        { kind: "success", key: "flash.comment_updated" },
      );
    } catch (thrown) {
      const { error, status } = refusal(thrown);
      return page({ comment, content, error, preview: false }, { status });
    }
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { comment } = data;
  return (
    <Layout ui={ui} title={ui.t("title.edit_comment")} noindex>
      <h1>{ui.t("title.edit_comment")}</h1>
      <CommentForm
        ui={ui}
        action={`/comment/${comment.id}/edit`}
        label={ui.t("form.content")}
        submit={ui.t("action.save")}
        value={data.content}
        error={data.error}
        preview={data.preview ? data.content : undefined}
        cancel={`/post/${comment.post_id}/${comment.id}`}
        focus
      />
      <MarkdownEditor texts={editorTexts(ui)} />
    </Layout>
  );
});
