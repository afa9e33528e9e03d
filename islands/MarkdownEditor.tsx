/** Toolbar, shortcuts and drafts for the text areas of a page. */
export function MarkdownEditor(_props: { texts: Record<string, string> }) {
  return null;
}
