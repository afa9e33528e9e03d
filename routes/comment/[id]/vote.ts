import { likeComment } from "../../../lib/domain/vote/comment.ts";
import { define } from "../../../lib/http/state.ts";
import { idParam, perform } from "../../(_shared)/forms.ts";
import { parseScore } from "../../(_shared)/score.ts";

export const handler = define.handlers({
  POST(ctx) {
    const comment_id = idParam(ctx);
    return perform(ctx, `/comment/${comment_id}`, async (values) => {
      const is_upvote = parseScore(values.score);
      await likeComment(ctx.state.ctx, { comment_id, is_upvote });
      return null;
    }, `#comment-${comment_id}`);
  },
});
