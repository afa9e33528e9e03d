/** Offers a reload when posts were published after this page was made. */
export function LiveFeed(
  _props: {
    feed?: "all" | "local";
    community?: number;
    cursor: string;
    texts: string[];
  },
) {
  return null;
}
