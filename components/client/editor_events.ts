/**
 * Events by which islands tell the Markdown editor of text areas, which are the targets. Without
 * an editor on the page nobody hears them.
 */

/** A text area was added to the page. */
export const EDITOR_ADDED = "editor:added";

/** The text was sent; its draft is no longer needed. */
export const EDITOR_SENT = "editor:sent";
