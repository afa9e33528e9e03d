import { readComment } from "../../../lib/domain/comment/view.ts";
import { define } from "../../../lib/http/state.ts";
import { idParam } from "../../(_shared)/forms.ts";

/** A comment's own address leads to its place in the thread. */
export const handler = define.handlers({
  async GET(ctx) {
    const { comment } = await readComment(ctx.state.ctx, idParam(ctx));
    return ctx.redirect(
      `/post/${comment.post_id}/${comment.id}${ctx.url.search}`,
      302,
    );
  },
});
