import { hidePost } from "../../../lib/domain/post/state.ts";
import { define } from "../../../lib/http/state.ts";
import { idParam, perform, wanted } from "../../(_shared)/forms.ts";

export const handler = define.handlers({
  POST(ctx) {
    const post_id = idParam(ctx);
    return perform(ctx, `/post/${post_id}`, async (values) => {
      const on = wanted(values);
      await hidePost(ctx.state.ctx, { post_id, hide: on });
      return {
        kind: "success",
        key: on ? "flash.post_hidden" : "flash.post_unhidden",
      };
    }, `#post-${post_id}`);
  },
});
