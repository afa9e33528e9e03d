import { code, link, prefixLines, spoiler, wrap } from "./text_edits.ts";

/** Names of the toolbar's buttons and what is said about drafts. */
export interface EditorTexts {
  toolbar: string;
  bold: string;
  italic: string;
  link: string;
  header: string;
  strikethrough: string;
  quote: string;
  list: string;
  code: string;
  spoiler: string;
  draftFound: string;
  draftRestore: string;
  draftDiscard: string;
}

interface Command {
  name: keyof EditorTexts;
  /** What the button shows; its name is read out. */
  sign: string;
  /** With Ctrl or ⌘; a capital needs Shift as well. */
  key?: string;
  run: (area: HTMLTextAreaElement, texts: EditorTexts) => void;
}

const COMMANDS: readonly Command[] = [
  { name: "bold", sign: "B", key: "b", run: (area) => wrap(area, "**") },
  { name: "italic", sign: "I", key: "i", run: (area) => wrap(area, "*") },
  { name: "link", sign: "↗", key: "k", run: (area) => link(area) },
  { name: "header", sign: "H", run: (area) => prefixLines(area, "# ") },
  { name: "strikethrough", sign: "S", run: (area) => wrap(area, "~~") },
  {
    name: "quote",
    sign: "❝",
    key: ".",
    run: (area) => prefixLines(area, "> "),
  },
  { name: "list", sign: "•", key: "8", run: (area) => prefixLines(area, "- ") },
  { name: "code", sign: "‹›", key: "e", run: code },
  {
    name: "spoiler",
    sign: "▸",
    key: "S",
    run: (area, texts) => spoiler(area, texts.spoiler),
  },
];

/** The toolbar of a text area. It is one stop of the Tab key; arrows move within (ARIA pattern). */
export function makeToolbar(
  area: HTMLTextAreaElement,
  texts: EditorTexts,
): HTMLElement {
  const bar = document.createElement("div");
  bar.className = "toolbar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", texts.toolbar);
  bar.setAttribute("aria-controls", area.id);
  const buttons = COMMANDS.map(({ name, sign, key, run }, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = name;
    button.textContent = sign;
    button.tabIndex = index === 0 ? 0 : -1;
    button.setAttribute("aria-label", texts[name]);
    button.title = key ? `${texts[name]} (Ctrl+${keyName(key)})` : texts[name];
    button.onclick = () => run(area, texts);
    return button;
  });
  bar.addEventListener("keydown", (event) => {
    const step = event.key === "ArrowRight"
      ? 1
      : event.key === "ArrowLeft"
      ? -1
      : 0;
    const from = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (step === 0 || from === -1) return;
    event.preventDefault();
    const rtl = getComputedStyle(bar).direction === "rtl";
    const count = buttons.length;
    const to = (from + (rtl ? -step : step) + count) % count;
    buttons[from].tabIndex = -1;
    buttons[to].tabIndex = 0;
    buttons[to].focus();
  });
  bar.append(...buttons);
  return bar;
}

function keyName(key: string): string {
  const upper = key.toUpperCase();
  return /[A-Z]/.test(key) ? `Shift+${upper}` : upper;
}

/** Performs what a key stands for. False if it stands for nothing. */
export function runShortcut(
  event: KeyboardEvent,
  area: HTMLTextAreaElement,
  texts: EditorTexts,
): boolean {
  if ((!event.ctrlKey && !event.metaKey) || event.altKey) return false;
  if (event.isComposing) return false;
  if (event.key === "Enter") {
    area.form?.querySelector<HTMLButtonElement>("button[type=submit]")?.click();
    return true;
  }
  const command = COMMANDS.find(({ key }) =>
    key !== undefined && key.toLowerCase() === event.key.toLowerCase() &&
    /[A-Z]/.test(key) === event.shiftKey
  );
  command?.run(area, texts);
  return command !== undefined;
}
