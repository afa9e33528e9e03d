import { savePost } from "../../../lib/domain/post/state.ts";
import { define } from "../../../lib/http/state.ts";
import { idParam, perform, wanted } from "../../(_shared)/forms.ts";

export const handler = define.handlers({
  POST(ctx) {
    const post_id = idParam(ctx);
    return perform(ctx, `/post/${post_id}`, async (values) => {
      const on = wanted(values);
      await savePost(ctx.state.ctx, { post_id, save: on });
      return {
        kind: "success",
        key: on ? "flash.post_saved" : "flash.post_unsaved",
      };
    }, `#post-${post_id}`);
  },
});
