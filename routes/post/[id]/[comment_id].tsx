import { define } from "../../../lib/http/state.ts";
import { PostPage, postPage } from "../../(_shared)/post_page.tsx";

/** A comment's permalink: the post with the thread below that comment. */
export const handler = define.handlers({
  GET(ctx) {
    return postPage(ctx);
  },
});

export default define.page<typeof handler>(({ data, state, url }) => (
  <PostPage data={data} state={state} url={url} />
));
