import type { Token, Tokenizer, TokenizerAndRendererExtension } from "marked";

/** A footnote's definition, or one written in place. */
export interface FootnoteToken {
  type: "footnote";
  raw: string;
  label: string;
  tokens: Token[];
}

/** A reference to a footnote. */
export interface FootnoteReferenceToken {
  type: "footnote_reference";
  raw: string;
  label: string;
}

/** A footnote written in place. */
export interface InlineFootnoteToken {
  type: "inline_footnote";
  raw: string;
  tokens: Token[];
}

/** Base texts with their annotations. */
export interface RubyToken {
  type: "ruby";
  raw: string;
  pairs: { base: string; annotation: string }[];
}

/** Whether a token is a footnote's definition. */
export function isFootnote(token: Token): boolean {
  return token.type === "footnote";
}

type Nested = <T>(action: () => T) => T | undefined;
type Context = { lexer: Tokenizer["lexer"] };

const SUBSCRIPT = /^~(?!~)((?:\\[\s\S]|[^\s\\~]){1,200})~(?!~)/;
const SUPERSCRIPT = /^\^(?!\[)((?:\\[\s\S]|[^\s\\^]){1,200})\^/;
const FOOTNOTE_REFERENCE = /^\[\^([^\]\s[]{1,100})\](?!:)/;
const INLINE_FOOTNOTE =
  /^\^\[((?:\\[\s\S]|[^\\[\]]|\[(?:\\[\s\S]|[^\\[\]]){0,500}\]){1,1000})\]/;
const RUBY = /^\{([^{}|\n]{1,200})\|([^{}\n]{1,200})\}/;

/**
 * Inline syntax beyond CommonMark: `~sub~`, `^sup^`, footnotes, `{base|ruby}`. All expressions
 * are bounded in length, so that a text full of openings costs little.
 *
 * @param nested runs an inner parse unless the nesting has become too deep
 */
export function inlineExtensions(
  nested: Nested,
): TokenizerAndRendererExtension[] {
  const simple = (type: string, pattern: RegExp, start: string) => ({
    name: type,
    level: "inline" as const,
    tokenizer(this: Context, source: string) {
      if (source[0] !== start) return undefined;
      const found = pattern.exec(source);
      if (!found) return undefined;
      const tokens = nested(() => this.lexer.inlineTokens(found[1]));
      return tokens && { type, raw: found[0], tokens };
    },
  });
  return [
    simple("subscript", SUBSCRIPT, "~"),
    simple("superscript", SUPERSCRIPT, "^"),
    simple("inline_footnote", INLINE_FOOTNOTE, "^"),
    {
      name: "footnote_reference",
      level: "inline",
      tokenizer(source: string) {
        if (!source.startsWith("[^")) return undefined;
        const found = FOOTNOTE_REFERENCE.exec(source);
        return found
          ? { type: "footnote_reference", raw: found[0], label: found[1] }
          : undefined;
      },
    },
    {
      name: "ruby",
      level: "inline",
      tokenizer(source: string) {
        if (source[0] !== "{") return undefined;
        const found = RUBY.exec(source);
        return found
          ? { type: "ruby", raw: found[0], pairs: pairs(found[1], found[2]) }
          : undefined;
      },
    },
  ];
}

/** `{漢字|かん|じ}` annotates character by character when the numbers agree. */
function pairs(
  base: string,
  annotations: string,
): RubyToken["pairs"] {
  const characters = [...base];
  const parts = annotations.split("|");
  if (parts.length > 1 && parts.length === characters.length) {
    return characters.map((character, index) => ({
      base: character,
      annotation: parts[index],
    }));
  }
  return [{ base, annotation: annotations }];
}
