import type { Token, Tokenizer, TokenizerAndRendererExtension } from "marked";

/** A folded block. */
export interface SpoilerToken {
  type: "spoiler";
  raw: string;
  title: string;
  titleTokens: Token[];
  tokens: Token[];
}

type Context = { lexer: Tokenizer["lexer"] };

const SPOILER_START =
  /^ {0,3}(:{3,})[ \t]*spoiler[ \t]+([^\n]*\S)[ \t]*(?:\n|$)/;
const SPOILER_END = /^ {0,3}(:{3,})[ \t]*$/;
const FENCE = /^ {0,3}(`{3,}(?!.*`)|~{3,})/;
const FOOTNOTE_START = /^ {0,3}\[\^([^\]\s[]{1,100})\]:[ \t]*/;

/** Spoilers and footnotes within one another. */
const MAX_DEPTH = 12;
let depth = 0;

function nestedBlocks(context: Context, content: string): Token[] {
  depth++;
  try {
    return context.lexer.blockTokens(content, []);
  } finally {
    depth--;
  }
}

/** Block syntax beyond CommonMark: `::: spoiler Title` … `:::` and `[^1]: footnotes`. */
export const blockExtensions: TokenizerAndRendererExtension[] = [
  {
    name: "spoiler",
    level: "block",
    tokenizer(this: Context, source: string) {
      if (depth >= MAX_DEPTH) return undefined;
      const start = SPOILER_START.exec(source);
      if (!start) return undefined;
      const { content, length } = spoilerContent(
        source.slice(start[0].length),
        start[1].length,
      );
      const token: SpoilerToken = {
        type: "spoiler",
        raw: source.slice(0, start[0].length + length),
        title: start[2],
        titleTokens: [],
        tokens: [],
      };
      this.lexer.inline(start[2], token.titleTokens);
      token.tokens = nestedBlocks(this, content);
      return token;
    },
  },
  {
    name: "footnote",
    level: "block",
    tokenizer(this: Context, source: string) {
      if (depth >= MAX_DEPTH) return undefined;
      const start = FOOTNOTE_START.exec(source);
      if (!start) return undefined;
      const { content, length } = footnoteContent(
        source.slice(start[0].length),
      );
      return {
        type: "footnote",
        raw: source.slice(0, start[0].length + length),
        label: start[1],
        tokens: nestedBlocks(this, content),
      };
    },
  },
];

/**
 * What lies between the opening line and its end: a line of at least as many colons, not counting
 * those that close a spoiler or code block within. A missing end means the end of the text.
 */
function spoilerContent(
  source: string,
  colons: number,
): { content: string; length: number } {
  const open = [colons];
  let fence: string | undefined;
  for (const { line, position, next } of linesOf(source)) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence)) fence = undefined;
    } else if (mark) {
      fence = mark;
    } else if (SPOILER_START.test(line)) {
      open.push(SPOILER_START.exec(line)![1].length);
    } else {
      const end = SPOILER_END.exec(line)?.[1].length ?? 0;
      if (end >= open[open.length - 1]) open.pop();
      if (open.length === 0) {
        return {
          content: source.slice(0, position),
          length: next,
        };
      }
    }
  }
  return { content: source, length: source.length };
}

/** The rest of the first line, its paragraph, and indented lines after blank ones. */
function footnoteContent(source: string): { content: string; length: number } {
  const content: string[] = [];
  let length = 0;
  let afterBlank = false;
  for (const { line, position, next } of linesOf(source)) {
    const blank = line.trim() === "";
    const indented = /^(?: {2,}|\t)/.test(line);
    if (position > 0 && !blank) {
      if (FOOTNOTE_START.test(line) || (afterBlank && !indented)) break;
    }
    content.push(position > 0 ? line.replace(/^(?: {1,4}|\t)/, "") : line);
    afterBlank = blank;
    if (!blank) length = next;
  }
  return { content: content.join("\n").trimEnd(), length };
}

/** Lines one by one, so that a reader who stops early does not pay for the rest. */
function* linesOf(
  source: string,
): Generator<{ line: string; position: number; next: number }> {
  for (let position = 0; position < source.length;) {
    const end = source.indexOf("\n", position);
    const next = end < 0 ? source.length : end + 1;
    const line = source.slice(position, end < 0 ? next : end);
    yield { line, position, next };
    position = next;
  }
}
