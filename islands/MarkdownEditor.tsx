import {
  draftKey,
  forgetSent,
  noteSent,
  readDraft,
  saveDraft,
} from "../components/client/drafts.ts";
import {
  EDITOR_ADDED,
  EDITOR_SENT,
} from "../components/client/editor_events.ts";
import {
  type EditorTexts,
  makeToolbar,
  runShortcut,
} from "../components/client/editor_commands.ts";
import { enhancer } from "../components/client/enhancer.ts";
import {
  link,
  pastedAddress,
  replaceText,
} from "../components/client/text_edits.ts";

/** Pause in typing after which a draft is saved, in milliseconds. */
const PAUSE_MS = 500;

/**
 * Toolbar, shortcuts, drafts and leave prompt for every `textarea[data-markdown]` of the page,
 * also those that are added later (web-ui §4.9).
 */
export const MarkdownEditor = enhancer<{ texts: EditorTexts }>(({ texts }) => {
  forgetSent();
  const areas = new Set<HTMLTextAreaElement>();
  const add = (area: HTMLTextAreaElement) => {
    if (areas.has(area) || !area.form) return;
    areas.add(area);
    enhance(area, texts);
  };
  const found = document.querySelectorAll<HTMLTextAreaElement>(
    "textarea[data-markdown]",
  );
  for (const area of found) add(area);
  document.addEventListener(EDITOR_ADDED, ({ target }) => {
    if (target instanceof HTMLTextAreaElement) add(target);
  });
  guardLeaving(areas);
});

function enhance(area: HTMLTextAreaElement, texts: EditorTexts): void {
  area.before(makeToolbar(area, texts));
  area.addEventListener("keydown", (event) => {
    if (runShortcut(event, area, texts)) event.preventDefault();
  });
  area.addEventListener("paste", (event) => {
    const pasted = event.clipboardData?.getData("text/plain") ?? "";
    const address = pastedAddress(area, pasted);
    if (address === null) return;
    event.preventDefault();
    link(area, address);
  });
  keepDraft(area, texts);
}

function keepDraft(area: HTMLTextAreaElement, texts: EditorTexts): void {
  const key = draftKey(area);
  const kept = readDraft(key);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = () => {
    clearTimeout(timer);
    timer = undefined;
    const { value, defaultValue } = area;
    saveDraft(key, value === "" || value === defaultValue ? undefined : value);
  };
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  });
  addEventListener("pagehide", () => {
    if (timer !== undefined) save();
  });
  area.addEventListener(EDITOR_SENT, () => {
    clearTimeout(timer);
    timer = undefined;
    saveDraft(key, undefined);
  });
  if (kept !== undefined && kept !== area.value) {
    offerDraft(area, kept, texts, () => saveDraft(key, undefined));
  }
}

function offerDraft(
  area: HTMLTextAreaElement,
  draft: string,
  texts: EditorTexts,
  discard: () => void,
): void {
  const notice = document.createElement("p");
  notice.className = "notice row";
  notice.setAttribute("role", "status");
  const button = (text: string, press: () => void) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn";
    made.textContent = text;
    made.onclick = () => {
      notice.remove();
      area.focus();
      press();
    };
    return made;
  };
  notice.append(
    texts.draftFound,
    button(
      texts.draftRestore,
      () => replaceText(area, [0, area.value.length], draft),
    ),
    button(texts.draftDiscard, discard),
  );
  area.previousElementSibling!.before(notice);
}

/** Forms on their way may leave; other unsent text is asked about (web-ui §4.9). */
function guardLeaving(areas: Set<HTMLTextAreaElement>): void {
  // On the window, after the islands that send forms themselves.
  addEventListener("submit", ({ target, defaultPrevented }) => {
    const form = target as HTMLFormElement;
    if (defaultPrevented) return;
    const sent = [...areas].filter((area) => area.form === form);
    if (sent.length === 0) return;
    form.dataset.leaving = "";
    // After the page has gone the last pause in typing would not come.
    for (const area of sent) saveDraft(draftKey(area), area.value || undefined);
    noteSent(sent.map(draftKey));
  });
  addEventListener("pageshow", (event) => {
    if (!(event as PageTransitionEvent).persisted) return;
    for (const area of areas) delete area.form?.dataset.leaving;
  });
  addEventListener("beforeunload", (event) => {
    const unsent = [...areas].some((area) =>
      area.isConnected && area.value !== area.defaultValue &&
      area.form?.dataset.leaving === undefined
    );
    if (unsent) event.preventDefault();
  });
}
