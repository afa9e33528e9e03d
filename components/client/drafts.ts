import { recall, remember } from "./storage.ts";

const NAME = "tundra.drafts";
/** Drafts that are kept; older ones are forgotten. */
const KEPT = 20;
/** Characters of one, as many as the longest text may have (content of a post). */
const LONGEST = 50_000;
/** Session storage entry that survives the submit of a plain form. */
const SENT = "tundra.sent";

/** What a text area's draft is kept under: where its form goes, and the field. */
export function draftKey(area: HTMLTextAreaElement): string {
  const { pathname } = new URL(area.form!.action, location.href);
  return `${pathname}:${area.name}`;
}

/** The text that was typed for the same form and not sent. */
export function readDraft(key: string): string | undefined {
  return recall<string>(NAME, key);
}

/** Keeps a text, or forgets the one that was kept. */
export function saveDraft(key: string, text: string | undefined): void {
  remember(NAME, key, text?.slice(0, LONGEST), KEPT);
}

/**
 * Notes that a form of this page is being sent; whether it succeeds is seen by the page that
 * comes then.
 */
export function noteSent(keys: string[]): void {
  try {
    const from = location.pathname;
    sessionStorage.setItem(SENT, JSON.stringify({ keys, from }));
  } catch {
    // Then the draft stays and is offered once more.
  }
}

/** Forgets the drafts of the form that led to this page, if it succeeded. */
export function forgetSent(): void {
  let sent: { keys: string[]; from: string } | null = null;
  try {
    sent = JSON.parse(sessionStorage.getItem(SENT) ?? "null");
    sessionStorage.removeItem(SENT);
  } catch {
    // As for any page that no form led to.
  }
  if (!sent) return;
  const said = document.querySelector(".notice[role=status]") !== null;
  const cameFrom = document.referrer && new URL(document.referrer).pathname;
  const elsewhere = cameFrom === sent.from && location.pathname !== sent.from &&
    !document.querySelector("#problem, form[action^='/login']");
  if (said || elsewhere) {
    for (const key of sent.keys) saveDraft(key, undefined);
  }
}
