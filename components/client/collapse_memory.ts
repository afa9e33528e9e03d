import { recall, remember } from "./storage.ts";

const NAME = "tundra.collapsed";
/** Posts whose collapsed comments are remembered. */
const POSTS = 50;
/** Comments of a post that are. */
const COMMENTS = 300;

/** Comments that the reader opened (1) or closed (0), by their element's id. */
type Choices = Record<string, 0 | 1>;

/**
 * Opens and closes the comments of a post as the reader left them, and remembers from now on. The
 * whole line above a comment becomes a handle.
 */
export function rememberCollapsed(post: number): void {
  const choices = recall<Choices>(NAME, String(post)) ?? {};
  for (const [id, open] of Object.entries(choices)) {
    const details = detailsOf(document.getElementById(id));
    if (details) details.open = open === 1;
  }
  openTarget();
  addEventListener("hashchange", openTarget);
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const comment = target.closest<HTMLElement>("li.c");
    const details = detailsOf(comment);
    if (!comment || !details || event.defaultPrevented) return;
    // The browser opens and closes by the mark itself, after this.
    const byMark = target.closest("summary")?.parentElement === details;
    const byLine = target.closest(".meta")?.parentElement === comment &&
      !target.closest("a,button") && getSelection()?.isCollapsed !== false;
    if (!byMark && !byLine) return;
    const open = !details.open;
    if (byLine) details.open = open;
    choices[comment.id] = open ? 1 : 0;
    const kept = Object.entries(choices).slice(-COMMENTS);
    remember(NAME, String(post), Object.fromEntries(kept), POSTS);
  });
}

function detailsOf(comment: Element | null): HTMLDetailsElement | null {
  return comment?.querySelector<HTMLDetailsElement>(":scope > details") ?? null;
}

/** A comment that the address points to is not to be hidden in a collapsed one. */
function openTarget(): void {
  const target = document.getElementById(location.hash.slice(1));
  if (!target?.matches("li.c")) return;
  let inside = target.parentElement?.closest("details");
  if (!inside || !target.parentElement?.closest("details:not([open])")) return;
  for (; inside; inside = inside.parentElement?.closest("details")) {
    inside.open = true;
  }
  target.scrollIntoView();
}
