import type { Ctx } from "../context.ts";
import { isShort } from "../text_match.ts";
import type { PostView } from "../views.ts";
import { listPosts } from "./list.ts";

/** Similar posts that are shown to an author. */
const MAX_SIMILAR = 5;

/**
 * Posts whose titles contain the words of a title in their order, the best rated first: for who is
 * about to say the same again (web-ui §3.5).
 * @param input.community_id only posts of this community
 */
export async function similarPosts(
  ctx: Ctx,
  input: { title: string; community_id?: number },
): Promise<PostView[]> {
  if (isShort(input.title)) return [];
  const { items } = await listPosts(ctx, {
    type_: "all",
    sort: "top",
    search_term: input.title.trim(),
    search_title_only: true,
    community_id: input.community_id,
    time_range_seconds: 0,
    show_read: true,
    mark_as_read: false,
    limit: MAX_SIMILAR,
  });
  return items;
}
