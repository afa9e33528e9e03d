/** Changes to the text of a text area that the browser's own undo takes back. */

/** Replaces a range of the text and selects a part of what stands there then. */
export function replaceText(
  area: HTMLTextAreaElement,
  [start, end]: [start: number, end: number],
  text: string,
  selected: [start: number, end: number] = [text.length, text.length],
): void {
  area.focus();
  area.setSelectionRange(start, end);
  const done = text === ""
    ? document.execCommand("delete")
    : document.execCommand("insertText", false, text);
  if (!done) {
    area.setRangeText(text, start, end, "end");
    area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  area.setSelectionRange(start + selected[0], start + selected[1]);
}

function selectionOf(area: HTMLTextAreaElement) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  return { start, end, text: value.slice(start, end) };
}

/** Puts marks around the selection, or takes them away. */
export function wrap(
  area: HTMLTextAreaElement,
  before: string,
  after = before,
): void {
  const { start, end, text } = selectionOf(area);
  const from = start - before.length;
  const to = end + after.length;
  const marked = area.value.slice(Math.max(0, from), start) === before &&
    area.value.slice(end, to) === after &&
    // A star next to another one is half of a mark of two.
    area.value.slice(from - 1, from) !== before;
  if (marked) replaceText(area, [from, to], text, [0, text.length]);
  else {
    const inner = before.length + text.length;
    replaceText(area, [start, end], before + text + after, [
      before.length,
      inner,
    ]);
  }
}

/** Begins the selected lines with a mark, or takes it away from all of them. */
export function prefixLines(area: HTMLTextAreaElement, prefix: string): void {
  const { start, end } = selectionOf(area);
  const { value } = area;
  const from = value.lastIndexOf("\n", start - 1) + 1;
  const stop = value.indexOf("\n", end);
  const to = stop === -1 ? value.length : stop;
  const lines = value.slice(from, to).split("\n");
  const text = lines.every((line) => line.startsWith(prefix))
    ? lines.map((line) => line.slice(prefix.length)).join("\n")
    : lines.map((line) => prefix + line).join("\n");
  const first = lines.length > 1 ? 0 : text.length;
  replaceText(area, [from, to], text, [first, text.length]);
}

/** An address alone, as people copy it. */
const ADDRESS = /^https?:\/\/\S+$/i;

/** Makes a link of the selection; what is missing is selected to be typed. */
export function link(area: HTMLTextAreaElement, address = ""): void {
  const { start, end, text } = selectionOf(area);
  if (address === "" && ADDRESS.test(text)) {
    replaceText(area, [start, end], `[](${text})`, [1, 1]);
    return;
  }
  const target = address || "https://";
  const from = text.length + 3;
  const made = `[${text}](${target})`;
  replaceText(
    area,
    [start, end],
    made,
    address ? undefined : [from, from + target.length],
  );
}

/** Code within a line, or a block of it. */
export function code(area: HTMLTextAreaElement): void {
  if (selectionOf(area).text.includes("\n")) block(area, "```\n", "\n```");
  else wrap(area, "`");
}

/** A block that opens on a press, in Lemmy's notation. */
export function spoiler(area: HTMLTextAreaElement, title: string): void {
  block(area, `::: spoiler ${title}\n`, "\n:::");
}

/** Puts the selection between lines of their own. */
function block(
  area: HTMLTextAreaElement,
  before: string,
  after: string,
): void {
  const { start, end, text } = selectionOf(area);
  const { value } = area;
  const open = start === 0 || value[start - 1] === "\n"
    ? before
    : `\n${before}`;
  const close = end === value.length || value[end] === "\n"
    ? after
    : `${after}\n`;
  replaceText(area, [start, end], open + text + close, [
    open.length,
    open.length + text.length,
  ]);
}

/** The address in what is pasted over a selection of one line, which it then becomes a link of. */
export function pastedAddress(
  area: HTMLTextAreaElement,
  pasted: string,
): string | null {
  const { text } = selectionOf(area);
  const fits = text !== "" && !text.includes("\n") && !ADDRESS.test(text);
  return fits && ADDRESS.test(pasted.trim()) ? pasted.trim() : null;
}
