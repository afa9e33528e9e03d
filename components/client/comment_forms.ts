import {
  type Answer,
  fetchPage,
  focusComment,
  idOf,
  mergeComments,
  Unreachable,
} from "./thread.ts";
import { EDITOR_ADDED, EDITOR_SENT } from "./editor_events.ts";
import { toast } from "./toast.ts";

/** What the forms of a thread need to know of it. */
export interface CommentForms {
  /** Path of the post's own page. */
  path: string;
  /** Said when a form could not be sent; what was typed stays. */
  offline: string;
  /** Called while a comment is on its way, and when it is there. */
  sending: (busy: boolean) => void;
}

/** Opens answers in place, and sends the comment forms of a page without leaving it. */
export function enhanceCommentForms(options: CommentForms): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>(
      "a[data-reply], .reply a[data-cancel]",
    );
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey &&
      !event.shiftKey && !event.altKey && !event.defaultPrevented;
    if (!link || !plain) return;
    event.preventDefault();
    if (link.dataset.reply === undefined) closeReply(link);
    else openReply(link).catch(() => location.assign(link.href));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || !form.matches("[data-comment-form]")) return;
    event.preventDefault();
    void send(form, event.submitter, options);
  });
}

function formIn(page: ParentNode): HTMLFormElement | null {
  return page.querySelector<HTMLFormElement>("form[data-comment-form]");
}

async function openReply(link: HTMLAnchorElement): Promise<void> {
  const article = link.closest("article")!;
  const opened = article.nextElementSibling;
  if (opened?.matches(".reply")) {
    opened.querySelector("textarea")?.focus();
    return;
  }
  const quote = quoteFrom(article);
  const { page } = await fetchPage(link.href);
  const found = formIn(page);
  // Signed out meanwhile, locked, gone: its own page says what is the matter.
  if (!found) return location.assign(link.href);
  if (article.nextElementSibling?.matches(".reply")) return;
  const holder = document.createElement("div");
  holder.className = "reply";
  holder.append(adopt(found));
  article.after(holder);
  const area = holder.querySelector("textarea")!;
  if (quote && area.value === "") area.value = quote;
  area.dispatchEvent(new CustomEvent(EDITOR_ADDED, { bubbles: true }));
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}

/** What is selected in a comment, as the quotation that an answer starts with. */
function quoteFrom(article: Element): string {
  const selection = getSelection();
  const text = selection?.toString().trim();
  if (!text || !article.contains(selection!.anchorNode)) return "";
  return `${text.replace(/^/gm, "> ")}\n\n`;
}

function closeReply(inside: Element): void {
  const holder = inside.closest(".reply");
  const link = holder?.previousElementSibling?.querySelector<HTMLElement>(
    "a[data-reply]",
  );
  // What was typed stays as a draft, in case it was not meant.
  holder?.remove();
  link?.focus();
}

/** A form of another page for this one, with ids that are not taken here. */
function adopt(form: HTMLFormElement): HTMLFormElement {
  const ours = document.importNode(form, true);
  const suffix = `-${new URL(ours.action).pathname.replace(/\D+/g, "")}`;
  for (const element of ours.querySelectorAll("[id]")) element.id += suffix;
  for (const label of ours.querySelectorAll("label")) label.htmlFor += suffix;
  for (const element of ours.querySelectorAll("[aria-describedby]")) {
    const ids = element.getAttribute("aria-describedby")!;
    element.setAttribute(
      "aria-describedby",
      ids.replace(/\S+/g, `$&${suffix}`),
    );
  }
  return ours;
}

async function send(
  form: HTMLFormElement,
  submitter: HTMLElement | null,
  options: CommentForms,
): Promise<void> {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") body.append(name, value);
  }
  if (submitter instanceof HTMLButtonElement && submitter.name) {
    body.append(submitter.name, submitter.value);
  }
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  options.sending(true);
  try {
    const answer = await fetchPage(form.action, { method: "POST", body });
    if (answer.redirected && answer.path.startsWith(options.path)) {
      await showOwn(form, answer, options);
    } else showAgain(form, answer, options);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    toast(options.offline);
  } finally {
    for (const button of buttons) button.disabled = false;
    options.sending(false);
  }
}

/** Inserts the comment that was just written and goes there. */
async function showOwn(
  form: HTMLFormElement,
  answer: Answer,
  { path }: CommentForms,
): Promise<void> {
  const area = form.querySelector("textarea")!;
  area.dispatchEvent(new CustomEvent(EDITOR_SENT, { bubbles: true }));
  const reply = form.closest(".reply");
  const roots = location.pathname === path;
  let comment = insertNewestOwn(answer.page, roots);
  if (!comment && !reply) {
    // Page and sort of the post's page may not have it; among the newest it is first.
    const { page } = await fetchPage(`${path}?sort=new`);
    comment = insertNewestOwn(page, roots);
  }
  if (!comment) return location.assign(answer.path);
  reply?.remove();
  area.value = area.defaultValue = "";
  // The next comment is not this one sent again.
  const id = form.querySelector<HTMLInputElement>("[name=form_id]");
  const renewed = formIn(answer.page)?.querySelector<HTMLInputElement>(
    "[name=form_id]",
  );
  if (id) id.value = renewed?.value ?? "";
  form.querySelector("#problem, #preview")?.remove();
  focusComment(comment);
}

function insertNewestOwn(page: Document, roots: boolean) {
  let newest = 0;
  for (const comment of page.querySelectorAll("#comments li.c")) {
    const id = idOf(comment);
    const own = comment.querySelector(`a[href="/comment/${id}/edit"]`);
    if (own && !document.getElementById(comment.id)) {
      newest = Math.max(newest, id);
    }
  }
  const [comment] = mergeComments(page, {
    wanted: (id) => id === newest,
    roots,
  });
  return comment;
}

/** Shows the form as the server gave it back: with what is wrong, or with a preview. */
function showAgain(
  form: HTMLFormElement,
  { page, redirected }: Answer,
  { offline }: CommentForms,
): void {
  const theirs = formIn(page);
  if (theirs && theirs.action === form.action) {
    const ours = form.closest(".reply")
      ? adopt(theirs)
      : document.importNode(theirs, true);
    form.replaceWith(ours);
    const area = ours.querySelector("textarea")!;
    area.dispatchEvent(new CustomEvent(EDITOR_ADDED, { bubbles: true }));
    area.focus();
  } else if (redirected) {
    // The session has ended: the plain form leads to the sign-in page. The draft is kept.
    form.dataset.leaving = "";
    form.submit();
  } else toast(offline);
}
