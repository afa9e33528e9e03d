import { likePost } from "../../../lib/domain/vote/post.ts";
import { define } from "../../../lib/http/state.ts";
import { idParam, perform } from "../../(_shared)/forms.ts";
import { parseScore } from "../../(_shared)/score.ts";

export const handler = define.handlers({
  POST(ctx) {
    const post_id = idParam(ctx);
    return perform(ctx, `/post/${post_id}`, async (values) => {
      const is_upvote = parseScore(values.score);
      await likePost(ctx.state.ctx, { post_id, is_upvote });
      return null;
    }, `#post-${post_id}`);
  },
});
