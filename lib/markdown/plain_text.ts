import type { Token, Tokens } from "marked";
import { decodeEntities } from "./entities.ts";
import type { RubyToken } from "./inline_syntax.ts";

/** What stands for the hidden content of a spoiler. */
const SPOILER = "spoiler";

/** The words of a token list without any markup; blocks are separated by line ends. */
export function plainTextOf(tokens: readonly Token[]): string {
  return tokens.map(plain).join("");
}

function plain(token: Token): string {
  switch (token.type) {
    case "space":
    case "hr":
    case "def":
    case "footnote":
    case "footnote_reference":
    case "inline_footnote":
    case "checkbox":
      return "";
    case "spoiler":
      return `${SPOILER}\n`;
    case "code":
      return `${token.text}\n`;
    case "codespan":
    case "escape":
      return token.text;
    case "autolink":
      return token.text;
    case "br":
      return "\n";
    case "ruby":
      return (token as unknown as RubyToken).pairs.map(({ base }) => base)
        .join("");
    case "list":
      return (token as Tokens.List).items.map((item) =>
        `${plainTextOf(item.tokens).trimEnd()}\n`
      ).join("");
    case "table": {
      const { header, rows } = token as Tokens.Table;
      return [header, ...rows].map((cells) =>
        `${cells.map((cell) => plainTextOf(cell.tokens)).join(" ")}\n`
      ).join("");
    }
    case "image":
    case "link":
    case "strong":
    case "em":
    case "del":
    case "subscript":
    case "superscript":
      return token.tokens ? plainTextOf(token.tokens) : token.text;
    case "text":
      return token.tokens
        ? plainTextOf(token.tokens)
        : decodeEntities(token.raw);
    default:
      return "tokens" in token && token.tokens
        ? `${plainTextOf(token.tokens)}\n`
        : `${token.raw}\n`;
  }
}

/**
 * Text on one line of at most `max` characters; a cut is marked by an ellipsis, which counts.
 */
export function excerpt(content: string, max: number): string {
  const line = content.replace(/\s+/g, " ").trim();
  if (line.length <= max) return line;
  const characters = [...line];
  if (characters.length <= max) return line;
  const cut = characters.slice(0, Math.max(0, max - 1)).join("").trimEnd();
  return `${cut}…`;
}
