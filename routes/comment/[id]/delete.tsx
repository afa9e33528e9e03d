import { page } from "fresh";
import { ConfirmPage } from "../../../components/confirm.tsx";
import { uiOf } from "../../../components/ui.ts";
import { requireViewer } from "../../../lib/domain/account/session.ts";
import { deleteComment } from "../../../lib/domain/comment/edit.ts";
import { readComment } from "../../../lib/domain/comment/view.ts";
import { LemmyError } from "../../../lib/domain/errors.ts";
import { define } from "../../../lib/http/state.ts";
import { renderPlainText } from "../../../lib/markdown/mod.ts";
import { idParam, perform, wanted } from "../../(_shared)/forms.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const viewer = requireViewer(ctx.state.ctx);
    const { comment } = await readComment(ctx.state.ctx, idParam(ctx));
    if (comment.creator_id !== viewer.person.id) {
      throw new LemmyError("no_comment_edit_allowed");
    }
    return page({ comment });
  },
  POST(ctx) {
    const comment_id = idParam(ctx);
    return perform(ctx, `/comment/${comment_id}`, async (values) => {
      const deleted = wanted(values);
      await deleteComment(ctx.state.ctx, { comment_id, deleted });
      return {
        kind: "success",
        key: deleted ? "flash.comment_deleted" : "flash.comment_restored",
      };
    }, `#comment-${comment_id}`);
  },
});

export default define.page<typeof handler>((
  { data: { comment }, state, url },
) => {
  const ui = uiOf(state, url);
  return (
    <ConfirmPage
      ui={ui}
      question={comment.deleted
        ? ui.t("action.restore")
        : ui.t("dialog.delete_comment")}
      detail={renderPlainText(comment.content, 300)}
      action={`/comment/${comment.id}/delete`}
      on={!comment.deleted}
      submit={ui.t(comment.deleted ? "action.restore" : "action.delete")}
      back={`/post/${comment.post_id}`}
      danger={!comment.deleted}
    />
  );
});
