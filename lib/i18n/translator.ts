import { en } from "./en.ts";
import { formatNumber, formatNumberCompact } from "./format.ts";
import { catalogueChain, direction } from "./languages.ts";
import type { MessageKey, Params, PluralForms } from "./types.ts";

/**
 * Texts of one language. Call it with a key of `en.ts`; `{name}` placeholders are filled from
 * `params`. The result is plain text: whoever puts it into HTML escapes it.
 */
export interface Translator {
  (key: MessageKey, params?: Params): string;
  /** BCP 47 code of the language, for `html lang`. */
  readonly language: string;
  readonly direction: "ltr" | "rtl";
  /**
   * As a call, but a placeholder may stand for any value, such as a link element: the answer is
   * the sequence of texts and values in the language's own word order.
   */
  parts<T>(key: MessageKey, params: Record<string, T>): (string | T)[];
  /**
   * Sentence for an error code. Unknown codes are answered as they are, because a raw code helps
   * the reader more than "unknown error" (web-ui §2.5).
   */
  error(code: string, message?: string): string;
}

const translators = new Map<string, Translator>();

/**
 * The translator of a language code. Unknown codes give English; a text the language lacks comes
 * from its fallbacks (`pt-BR` → `pt` → `en`). Translators are kept, so calling this per request
 * is cheap.
 */
export function translator(language: string): Translator {
  const chain = catalogueChain(language);
  const code = chain[0].language;
  let found = translators.get(code);
  if (!found) {
    found = build(code, chain.map((entry) => entry.catalogue));
    translators.set(code, found);
  }
  return found;
}

type Message = string | PluralForms;

function build(
  language: string,
  catalogues: Partial<Record<MessageKey, Message>>[],
): Translator {
  const pluralRules = new Intl.PluralRules(language);

  const find = (key: string): Message | undefined => {
    for (const catalogue of catalogues) {
      const message = catalogue[key as MessageKey];
      if (message !== undefined) return message;
    }
  };
  const template = (key: string, count: unknown): string | undefined => {
    const message = find(key);
    if (message === undefined || typeof message === "string") return message;
    const category = typeof count === "number"
      ? pluralRules.select(count)
      : "other";
    return message[category] ?? message.other;
  };
  const show = (name: string, value: string | number): string => {
    if (typeof value === "string") return value;
    return name === "count"
      ? formatNumberCompact(language, value)
      : formatNumber(language, value);
  };
  // With one capturing group, split() alternates text and placeholder name.
  const split = new Map<string, string[]>();
  const piecesOf = (text: string): string[] => {
    let pieces = split.get(text);
    if (!pieces) split.set(text, pieces = text.split(PLACEHOLDER));
    return pieces;
  };
  const fill = (text: string, params: Params): string => {
    const pieces = piecesOf(text);
    let filled = pieces[0];
    for (let i = 1; i < pieces.length; i += 2) {
      const name = pieces[i];
      filled += name in params ? show(name, params[name]) : `{${name}}`;
      filled += pieces[i + 1];
    }
    return filled;
  };

  const translate = (key: MessageKey, params?: Params): string => {
    if (params === undefined) return template(key, undefined) ?? key;
    return fill(template(key, params.count) ?? key, params);
  };

  return Object.assign(translate, {
    language,
    direction: direction(language),
    parts<T>(key: MessageKey, params: Record<string, T>): (string | T)[] {
      const parts: (string | T)[] = [];
      const pieces = piecesOf(template(key, params.count) ?? key);
      for (const [index, piece] of pieces.entries()) {
        if (index % 2 === 0) {
          if (piece !== "") parts.push(piece);
          continue;
        }
        const value = piece in params ? params[piece] : `{${piece}}`;
        parts.push(typeof value === "number" ? show(piece, value) : value);
      }
      return parts;
    },
    error(code: string, message = ""): string {
      const text = template(`error.${code}`, undefined);
      if (text === undefined) return code;
      return fill(text, { message }).replace(/[:\s]+$/, "");
    },
  });
}

const PLACEHOLDER = /\{(\w+)\}/g;

/** Whether a text is a key of the catalogue, for keys built at run time. */
export function isMessageKey(key: string): key is MessageKey {
  return Object.hasOwn(en, key);
}
