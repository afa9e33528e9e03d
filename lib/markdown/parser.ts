import { Marked, type Token, Tokenizer, type Tokens } from "marked";
import { prepareBlocks } from "./limits.ts";
import { type Emphasis, findEmphasis } from "./emphasis.ts";
import { matchAutolink, plainTextLength } from "./autolinks.ts";
import {
  type FootnoteToken,
  inlineExtensions,
  isFootnote,
} from "./inline_syntax.ts";
import { blockExtensions } from "./block_syntax.ts";

/** A parsed text. */
export interface Document {
  tokens: Token[];
  /** Contents of the footnotes by label. */
  footnotes: Map<string, Token[]>;
}

/** Nesting of inline syntax; each level reads its content again. */
const MAX_INLINE_DEPTH = 20;
/** Cells of one table, counting those that rows leave out. */
const MAX_TABLE_CELLS = 10_000;

/** State of the one parse that runs; the parser works synchronously. */
let depth = 0;
const emphasisByText = new Map<string, Map<number, Emphasis>>();

function reset(): void {
  depth = 0;
  emphasisByText.clear();
}

function nested<T>(action: () => T): T | undefined {
  if (depth >= MAX_INLINE_DEPTH) return undefined;
  depth++;
  try {
    return action();
  } finally {
    depth--;
  }
}

const original = Tokenizer.prototype;

/** Replacements of the parser's own rules that both kinds of text share. */
const limits = {
  emStrong(this: Tokenizer, source: string, masked: string) {
    if (source[0] !== "*" && source[0] !== "_") return undefined;
    let emphasis = emphasisByText.get(masked);
    if (!emphasis) {
      emphasis = findEmphasis(masked);
      emphasisByText.set(masked, emphasis);
    }
    const start = masked.length - source.length;
    const found = emphasis.get(start);
    if (!found) return undefined;
    const { close, marks } = found;
    const text = source.slice(marks, close - start);
    const tokens = nested(() => this.lexer.inlineTokens(text));
    if (!tokens) return undefined;
    const type = marks === 2 ? "strong" as const : "em" as const;
    return { type, raw: source.slice(0, close + marks - start), text, tokens };
  },
  codespan(this: Tokenizer, source: string) {
    const marks = /^`+/.exec(source)?.[0];
    if (marks === undefined) return undefined;
    const end = closingBackticks(source, marks);
    // Unclosed marks are text, all of them: a part of the run must not begin a shorter one.
    if (end < 0) {
      return {
        type: "escape",
        raw: marks,
        text: marks,
      } as Tokens.Generic as Tokens.Codespan;
    }
    const content = source.slice(marks.length, end).replace(/\n/g, " ");
    const padded = /^ [\s\S]* $/.test(content) && /[^ ]/.test(content);
    return {
      type: "codespan" as const,
      raw: source.slice(0, end + marks.length),
      text: padded ? content.slice(1, -1) : content,
    };
  },
  link(this: Tokenizer, source: string) {
    return nested(() => original.link.call(this, source));
  },
  reflink(this: Tokenizer, source: string, links: Tokens.Generic["links"]) {
    return nested(() => original.reflink.call(this, source, links));
  },
  table(this: Tokenizer, source: string) {
    if (!TABLE_START.test(source)) return undefined;
    const end = source.search(/\n[ \t]*(?:\n|$)/);
    const raw = end < 0 ? source : source.slice(0, end);
    const columns = countOf(raw.slice(0, raw.indexOf("\n")), "|") + 1;
    const table = columns * countOf(raw, "\n") <= MAX_TABLE_CELLS
      ? original.table.call(this, source)
      : undefined;
    // What looks like a table and is none becomes one paragraph as a whole: taken line by line
    // it would be tried again at each of them.
    return table ?? {
      type: "paragraph",
      raw,
      text: raw,
      tokens: this.lexer.inline(raw),
    } as Tokens.Generic as Tokens.Table;
  },
  // Raw HTML is text (CommonMark's two kinds of HTML are not recognised).
  html: () => undefined,
  tag: () => undefined,
};

/** A line and a second one of dashes with a bar or colon among them. */
const TABLE_START =
  /^ *[^\n ][^\n]*\n {0,3}(?=[ \t-]*[|:])[|:-][ \t|:-]*(?:\n|$)/;

/** Position of the next run of exactly these backticks, or -1. */
function closingBackticks(source: string, marks: string): number {
  const length = marks.length;
  let index = source.indexOf(marks, length);
  while (index >= 0) {
    let end = index + length;
    while (source[end] === "`") end++;
    if (end - index === length) return index;
    index = source.indexOf(marks, end);
  }
  return -1;
}

function countOf(text: string, character: string): number {
  let count = 0;
  let index = text.indexOf(character);
  for (; index >= 0; index = text.indexOf(character, index + 1)) count++;
  return count;
}

const full = new Marked({ gfm: true }, {
  extensions: [...blockExtensions, ...inlineExtensions(nested)],
  tokenizer: {
    ...limits,
    // `~~` alone strikes through; a single tilde is a subscript.
    del(this: Tokenizer, source: string) {
      const found = STRIKE.exec(source);
      if (!found) return undefined;
      const tokens = nested(() => this.lexer.inlineTokens(found[1]));
      if (!tokens) return undefined;
      return { type: "del", raw: found[0], text: found[1], tokens };
    },
    url: (source: string) => matchAutolink(source) as Tokens.Link | undefined,
    inlineText(this: Tokenizer, source: string) {
      const raw = source.slice(0, plainTextLength(source));
      return { type: "text", raw, text: raw, escaped: false };
    },
  },
});

/** Bounded, so that many unclosed marks cost the window and not the text each. */
const STRIKE =
  /^~~(?![\s~])((?:\\[\s\S]|~(?!~)|[^\\~]){0,1999}?[^\s\\~])~~(?!~)/;

/** Parses a whole text. */
export function parseDocument(markdown: string): Document {
  reset();
  const tokens = full.lexer(prepareBlocks(markdown));
  const footnotes = new Map<string, Token[]>();
  collectFootnotes(tokens, footnotes);
  return { tokens, footnotes };
}

function collectFootnotes(
  tokens: Token[],
  footnotes: Map<string, Token[]>,
): void {
  for (const token of tokens) {
    if (isFootnote(token)) {
      const { label, tokens: content } = token as FootnoteToken;
      if (!footnotes.has(label)) footnotes.set(label, content);
    }
    if (token.type === "list") {
      for (const item of (token as Tokens.List).items) {
        collectFootnotes(item.tokens, footnotes);
      }
    } else if (CONTAINERS.has(token.type) && "tokens" in token) {
      collectFootnotes(token.tokens ?? [], footnotes);
    }
  }
}

const CONTAINERS = new Set(["blockquote", "spoiler", "footnote"]);

const title = new Marked({ gfm: true }, {
  tokenizer: {
    ...limits,
    link: () => undefined,
    reflink: () => undefined,
    autolink: () => undefined,
    url: () => undefined,
    br: () => undefined,
    del(this: Tokenizer, source: string) {
      const found = STRIKE.exec(source);
      if (!found) return undefined;
      const tokens = nested(() => this.lexer.inlineTokens(found[1]));
      if (!tokens) return undefined;
      return { type: "del", raw: found[0], text: found[1], tokens };
    },
  },
});

/** Parses one line in which only emphasis, code and strike-through are known. */
export function parseTitle(line: string): Token[] {
  reset();
  return title.Lexer.lexInline(line, title.defaults);
}
