/** Live comments, collapse memory, inline replies. */
export function CommentThread(
  _props: {
    post: number;
    cursor: string;
    texts: { fresh: string[]; failed: string; cancel: string };
  },
) {
  return null;
}
