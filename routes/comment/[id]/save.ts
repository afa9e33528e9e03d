import { saveComment } from "../../../lib/domain/comment/state.ts";
import { define } from "../../../lib/http/state.ts";
import { idParam, perform, wanted } from "../../(_shared)/forms.ts";

export const handler = define.handlers({
  POST(ctx) {
    const comment_id = idParam(ctx);
    return perform(ctx, `/comment/${comment_id}`, async (values) => {
      const save = wanted(values);
      await saveComment(ctx.state.ctx, { comment_id, save });
      return {
        kind: "success",
        key: save ? "flash.comment_saved" : "flash.comment_unsaved",
      };
    }, `#comment-${comment_id}`);
  },
});
