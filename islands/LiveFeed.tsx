import { compact, showLiveCounts } from "../components/client/counts.ts";
import { enhancer } from "../components/client/enhancer.ts";
import { countText, followLive, offer } from "../components/client/live.ts";

/** Which feed to hear of, and from where on. */
export interface LiveFeedProps {
  feed?: "all" | "local";
  community?: number;
  /** Place in the log of events that the page was made at. */
  cursor: string;
  /** Offers for 1, 2 … new posts; empty on pages that list only some of the feed. */
  texts: string[];
}

/**
 * Keeps the scores and comment counts of a feed current, and offers to load it again when there
 * are new posts. What is being read does not move (web-ui §12, wish 17).
 */
export const LiveFeed = enhancer<LiveFeedProps>(
  ({ feed, community, cursor, texts }, region) => {
    const posts = new Set<number>();
    const tell = (count: number | null) => {
      if (texts.length === 0) return;
      offer(region, countText(texts, count), () => {
        scrollTo(0, 0);
        location.reload();
      });
    };
    const scope = feed ? `feed=${feed}` : `community=${community}`;
    followLive(scope, cursor, {
      post({ kind, post_id }) {
        if (kind !== "post_created") return;
        if (document.getElementById(`post-${post_id}`)) return;
        posts.add(post_id);
        tell(posts.size);
      },
      comment({ post_id, comments }) {
        const count = document.querySelector(
          `#post-${post_id} [data-comments]`,
        );
        if (!count) return;
        count.textContent = compact(comments);
        // The link's text says the same, and its tooltip would be out of date.
        count.closest("a")?.removeAttribute("title");
      },
      vote({ post_id, comment_id, ...counts }) {
        if (comment_id !== undefined) return;
        showLiveCounts(`post-${post_id}`, counts);
      },
      reset: () => tell(null),
    });
  },
  () => <div class="live" role="status" />,
);
