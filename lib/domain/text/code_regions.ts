/** A stretch of Markdown that is either code (left alone by the pipeline) or prose. */
export interface Region {
  code: boolean;
  text: string;
}

const FENCE =
  /^(?:[ \t]*(?:>|[*+-](?=[ \t])|\d{1,9}[.)](?=[ \t])))*[ \t]*(`{3,}(?!`)(?!.*`)|~{3,})/;
const INDENTED = /^(?: {4}| {0,3}\t)/;
const LIST_ITEM = /^ {0,3}(?:[*+-]|\d{1,9}[.)])(?:[ \t]|$)/;

/**
 * Divides a Markdown text into code and prose; the regions' texts joined are the text again.
 *
 * Fenced blocks (also within quotes and lists), indented blocks and inline code count as code.
 * This is a scan by line, not a parse: within lists indented lines are taken for prose, because
 * they usually are. An error costs a link in such code its tracking parameters, nothing more.
 */
export function splitCode(text: string): Region[] {
  const regions: Region[] = [];
  let prose = "";
  const flushProse = () => {
    if (prose !== "") regions.push(...splitInlineCode(prose));
    prose = "";
  };
  const pushCode = (line: string) => {
    flushProse();
    const last = regions.at(-1);
    if (last?.code) last.text += line;
    else regions.push({ code: true, text: line });
  };

  let fence: string | undefined;
  let previousBlank = true;
  let inIndented = false;
  let inList = false;
  for (const line of linesOf(text)) {
    const blank = line.trim() === "";
    if (fence !== undefined) {
      pushCode(line);
      if (closesFence(line, fence)) fence = undefined;
      previousBlank = false;
      continue;
    }
    const opening = FENCE.exec(line);
    if (opening) {
      fence = opening[1];
      pushCode(line);
      inIndented = false;
      continue;
    }
    if (!blank && !INDENTED.test(line)) inList = LIST_ITEM.test(line);
    inIndented = !inList && INDENTED.test(line) && !blank &&
      (previousBlank || inIndented);
    if (inIndented) pushCode(line);
    else if (blank) {
      // Inline code cannot span paragraphs.
      prose += line;
      flushProse();
    } else prose += line;
    previousBlank = blank;
  }
  flushProse();
  return regions;
}

/** Lines with their line ends. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function closesFence(line: string, fence: string): boolean {
  const run = /^[ \t>]*(`{3,}|~{3,})[ \t]*\r?\n?$/.exec(line)?.[1];
  return run !== undefined && run[0] === fence[0] && run.length >= fence.length;
}

/** Inline code of one paragraph: a run of backticks to the next run of the same length. */
function splitInlineCode(paragraph: string): Region[] {
  const regions: Region[] = [];
  const runs = [...paragraph.matchAll(/\\`|`+/g)].filter((run) =>
    run[0] !== "\\`"
  );
  // Position in `runs` of the next run of each length, filled from the end: no second scan.
  const closing = new Array<number | undefined>(runs.length);
  const nextOfLength = new Map<number, number>();
  for (let index = runs.length - 1; index >= 0; index--) {
    const length = runs[index][0].length;
    closing[index] = nextOfLength.get(length);
    nextOfLength.set(length, index);
  }
  let start = 0;
  for (let index = 0; index < runs.length; index++) {
    const close = closing[index];
    if (close === undefined) continue;
    const from = runs[index].index;
    const to = runs[close].index + runs[close][0].length;
    if (from > start) {
      regions.push({ code: false, text: paragraph.slice(start, from) });
    }
    regions.push({ code: true, text: paragraph.slice(from, to) });
    start = to;
    index = close;
  }
  if (start < paragraph.length) {
    regions.push({ code: false, text: paragraph.slice(start) });
  }
  return regions;
}
