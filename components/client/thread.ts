/** Comments that another page of the same thread has, put into this one. */

/** What the server says to a page's request. */
export interface Answer {
  page: Document;
  /** Path of the page after redirects. */
  path: string;
  status: number;
  redirected: boolean;
}

/** The server could not be reached. */
export class Unreachable extends Error {}

/** Fetches a page, following redirects. @throws Unreachable */
export async function fetchPage(
  url: string,
  init: RequestInit = {},
): Promise<Answer> {
  const headers = { accept: "text/html" };
  const [answer, html] = await fetch(url, { ...init, headers })
    .then(async (answer) => [answer, await answer.text()] as const)
    .catch((cause) => {
      throw new Unreachable(url, { cause });
    });
  return {
    page: new DOMParser().parseFromString(html, "text/html"),
    path: new URL(answer.url).pathname,
    status: answer.status,
    redirected: answer.redirected,
  };
}

/**
 * Inserts the comments of `page` that are not here yet at their places below their parents, and
 * brings counts up to date. Nothing that is here is moved or removed.
 *
 * @param wanted which of them, by id; answers come along with what they answer
 * @param roots whether top-level comments belong here: not into the view of a single thread
 * @returns the inserted elements, without those inside of others
 */
export function mergeComments(
  page: Document,
  { wanted = () => true, roots }: {
    wanted?: (id: number) => boolean;
    roots: boolean;
  },
): HTMLElement[] {
  const inserted: HTMLElement[] = [];
  for (const theirs of page.querySelectorAll<HTMLElement>("#comments li.c")) {
    const here = document.getElementById(theirs.id);
    if (here) {
      copyText(theirs, here, ":scope > details > summary .hid");
      continue;
    }
    if (!wanted(idOf(theirs))) continue;
    const parent = theirs.parentElement!.closest("li.c");
    const list = parent ? answersOf(parent.id) : roots ? rootList() : null;
    if (!list) continue;
    const ours = document.importNode(theirs, true);
    place(ours, theirs, list);
    inserted.push(ours);
  }
  copyText(page, document, "#comments h2");
  return inserted;
}

/** The id in an element's `comment-ID`. */
export function idOf(comment: Element): number {
  return Number(comment.id.replace("comment-", ""));
}

function copyText(from: ParentNode, to: ParentNode, selector: string): void {
  const [theirs, ours] = [from, to].map((root) => root.querySelector(selector));
  if (theirs && ours) ours.textContent = theirs.textContent;
}

/** The list of answers of a comment on this page; null if the comment is not here. */
function answersOf(id: string): Element | null {
  const details = document.getElementById(id)?.querySelector(
    ":scope > details",
  );
  if (!details) return null;
  const list = details.querySelector(":scope > ul");
  if (list) return list;
  const made = document.createElement("ul");
  details.insertBefore(made, details.querySelector(":scope > a[data-more]"));
  return made;
}

function rootList(): Element | null {
  const list = document.querySelector("ul.comments");
  if (list) return list;
  const empty = document.getElementById("no-comments");
  if (!empty) return null;
  const made = document.createElement("ul");
  made.className = "comments";
  empty.replaceWith(made);
  return made;
}

/** Puts a comment next to the neighbour that it has on the other page, if that is here. */
function place(ours: Element, theirs: Element, list: Element): void {
  const neighbour = (step: "previousElementSibling" | "nextElementSibling") => {
    for (let next = theirs[step]; next; next = next[step]) {
      const here = document.getElementById(next.id);
      if (here?.parentElement === list) return here;
    }
  };
  const previous = neighbour("previousElementSibling");
  if (previous) return previous.after(ours);
  const next = neighbour("nextElementSibling");
  if (next) next.before(ours);
  else list.append(ours);
}

/** Moves the focus to a comment, which makes it visible and has it read out. */
export function focusComment(comment: HTMLElement): void {
  comment.tabIndex = -1;
  comment.focus({ preventScroll: true });
  comment.scrollIntoView({ block: "nearest" });
}
