/**
 * Prepares a text for the block parser, which recurses into quotes and lists and would overflow
 * the stack on ten thousand `>`: markers beyond a depth are made literal, absurd indentation is
 * cut. Also separates the blocks the parser does not know (spoilers, footnotes) from the line
 * before them, as they may interrupt a paragraph.
 */
export function prepareBlocks(markdown: string): string {
  const normalized = markdown.replace(/\r\n?/g, "\n");
  if (!NEEDS_WORK.test(normalized)) return normalized;
  const lines: string[] = [];
  let inQuote = false;
  let changes = 0;
  let fence: { character: string; length: number } | undefined;
  for (const line of normalized.split("\n")) {
    const marker = FENCE.exec(line)?.[1];
    if (fence) {
      if (
        marker?.[0] === fence.character && marker.length >= fence.length &&
        /^[\s>]*[`~]+\s*$/.test(line)
      ) fence = undefined;
      lines.push(line);
      continue;
    }
    const limited = limitNesting(line);
    const quote = limited.trimStart().startsWith(">");
    if (limited.trim() === "") changes = 0;
    else if (quote !== inQuote && ++changes > MAX_QUOTE_CHANGES) {
      lines.push("");
      changes = 0;
    }
    inQuote = quote;
    if (marker) fence = { character: marker[0], length: marker.length };
    const own = OWN_BLOCK.exec(limited);
    if (own && lines.length > 0) lines.push(own[1].trimEnd());
    lines.push(limited);
  }
  return lines.join("\n");
}

/** Quotes and lists within one another. */
const MAX_DEPTH = 20;
/**
 * Changes between quoted and other lines without a blank one: the parser reads such a quote again
 * at each.
 */
const MAX_QUOTE_CHANGES = 50;
/** Columns; deeper lists than this are not seen in the wild. */
const MAX_INDENT = 80;

const NEEDS_WORK = /^[ \t]*(?:[>*+-]|\d{1,9}[.)])|^[ \t>]*(?::{3,}|\[\^)/m;
const FENCE =
  /^[ \t>]*(?:[*+-][ \t]+|\d{1,9}[.)][ \t]+)*(`{3,}(?!`)(?!.*`)|~{3,})/;
const OWN_BLOCK =
  /^([ \t>]*)(?::{3,}[ \t]*(?:spoiler[ \t]|$)|\[\^[^\]\s]{1,100}\]:)/;
const MARKER = /[ \t]*(?:>|[*+-](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))/y;

function limitNesting(line: string): string {
  let depth = 0;
  let end = 0;
  MARKER.lastIndex = 0;
  while (MARKER.test(line)) {
    if (++depth > MAX_DEPTH) {
      // Not a marker any more, as it does not start the content.
      return `${line.slice(0, end)} \\${line.slice(end).trimStart()}`;
    }
    end = MARKER.lastIndex;
  }
  const indent = /^[ \t]*/.exec(line)![0];
  return depth > 0 && indent.length > MAX_INDENT
    ? indent.slice(0, MAX_INDENT) + line.slice(indent.length)
    : line;
}
