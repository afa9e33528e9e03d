import { createComment } from "../../../lib/domain/comment/create.ts";
import { returnPath, seeOther } from "../../../lib/http/redirect.ts";
import { define } from "../../../lib/http/state.ts";
import {
  formValues,
  idParam,
  refusal,
  submitOnce,
} from "../../(_shared)/forms.ts";
import { PostPage, postPage } from "../../(_shared)/post_page.tsx";

export const handler = define.handlers({
  GET(ctx) {
    return postPage(ctx);
  },

  /** Writes a comment on the post; a refused one comes back with its text. */
  async POST(ctx) {
    const post_id = idParam(ctx);
    const values = await formValues(ctx);
    const content = values.content ?? "";
    if (values.preview) {
      return await postPage(ctx, { content, error: null, preview: true });
    }
    try {
      const id = await submitOnce(ctx, values, async (domain) => {
        ctx.state.limits.take("comment");
        const { comment } = await createComment(domain, { content, post_id });
        return comment.id;
      });
      const back = returnPath(values.return, `/post/${post_id}`);
      return seeOther(ctx, `${back}#comment-${id}`, {
        kind: "success",
        key: "flash.comment_created",
      });
    } catch (thrown) {
      const { error, status } = refusal(thrown);
      return await postPage(ctx, { content, error, preview: false }, status);
    }
  },
});

export default define.page<typeof handler>(({ data, state, url }) => (
  <PostPage data={data} state={state} url={url} />
));
