import { page } from "fresh";
import { ConfirmPage } from "../../../components/confirm.tsx";
import { uiOf } from "../../../components/ui.ts";
import { requireViewer } from "../../../lib/domain/account/session.ts";
import { LemmyError } from "../../../lib/domain/errors.ts";
import { deletePost } from "../../../lib/domain/post/edit.ts";
import { readPost } from "../../../lib/domain/post/view.ts";
import { define } from "../../../lib/http/state.ts";
import { idParam, perform, wanted } from "../../(_shared)/forms.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const viewer = requireViewer(ctx.state.ctx);
    const { post } = await readPost(ctx.state.ctx, idParam(ctx));
    if (post.creator_id !== viewer.person.id) {
      throw new LemmyError("no_post_edit_allowed");
    }
    return page({ post });
  },
  POST(ctx) {
    const post_id = idParam(ctx);
    return perform(ctx, `/post/${post_id}`, async (values) => {
      const deleted = wanted(values);
      await deletePost(ctx.state.ctx, { post_id, deleted });
      return {
        kind: "success",
        key: deleted ? "flash.post_deleted" : "flash.post_restored",
      };
    });
  },
});

export default define.page<typeof handler>(({ data: { post }, state, url }) => {
  const ui = uiOf(state, url);
  return (
    <ConfirmPage
      ui={ui}
      question={post.deleted
        ? ui.t("dialog.restore", { name: post.name })
        : ui.t("dialog.delete_post")}
      detail={post.name}
      action={`/post/${post.id}/delete`}
      on={!post.deleted}
      submit={ui.t(post.deleted ? "action.restore" : "action.delete")}
      back={`/post/${post.id}`}
      danger={!post.deleted}
    />
  );
});
