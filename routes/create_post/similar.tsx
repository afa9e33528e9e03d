import { page, type RouteConfig } from "fresh";
import { SimilarPosts } from "../../components/post/similar_posts.tsx";
import { uiOf } from "../../components/ui.ts";
import { requireViewer } from "../../lib/domain/account/session.ts";
import { findCommunityId } from "../../lib/domain/community/find.ts";
import type { Ctx } from "../../lib/domain/context.ts";
import { LemmyError } from "../../lib/domain/errors.ts";
import { similarPosts } from "../../lib/domain/post/similar.ts";
import { define } from "../../lib/http/state.ts";

/** The list alone, for the page that asks for it while a title is typed. */
export const config: RouteConfig = { skipAppWrapper: true };

export const handler = define.handlers({
  async GET({ state, url }) {
    const { ctx, limits } = state;
    requireViewer(ctx);
    limits.take("search");
    const title = url.searchParams.get("name") ?? "";
    const community_id = await knownCommunity(
      ctx,
      url.searchParams.get("community") ?? "",
    );
    return page({ posts: await similarPosts(ctx, { title, community_id }) });
  },
});

/** A community that has posts here; nobody is asked elsewhere for what is half typed. */
async function knownCommunity(
  ctx: Ctx,
  name: string,
): Promise<number | undefined> {
  if (name === "") return undefined;
  try {
    return await findCommunityId({ ...ctx, remote: undefined }, name);
  } catch (error) {
    if (error instanceof LemmyError && error.code === "not_found") {
      return undefined;
    }
    throw error;
  }
}

export default define.page<typeof handler>(({ data, state, url }) => (
  <SimilarPosts ui={uiOf(state, url)} posts={data.posts} />
));
