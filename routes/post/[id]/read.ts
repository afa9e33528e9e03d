import { markPostAsRead } from "../../../lib/domain/post/state.ts";
import { define } from "../../../lib/http/state.ts";
import { idParam, perform, wanted } from "../../(_shared)/forms.ts";

export const handler = define.handlers({
  POST(ctx) {
    const post_id = idParam(ctx);
    return perform(ctx, `/post/${post_id}`, async (values) => {
      const on = wanted(values);
      await markPostAsRead(ctx.state.ctx, { post_id, read: on });
      return on ? { kind: "success", key: "flash.marked_read" } : null;
    }, `#post-${post_id}`);
  },
});
