/**
 * The only maker of markup in this room.
 *
 * Markdown is turned into a token tree, and the tree into text by `element` and `text` alone.
 * Both know nothing of where their content came from: every character of text and attributes is
 * escaped here, and a tag or attribute that is not in the table below cannot be written at all.
 * So the output is checked against an allow-list where it is made, piece by piece, and no second
 * parse of the finished HTML is needed, which would cost more than the rendering itself and would
 * have to guess what browsers make of broken markup. URLs are the one thing the table cannot
 * judge; they enter only as `SafeUrl` (see `urls.ts`).
 */

declare const safe: unique symbol;

/** Markup made by this module. */
export type Html = string & { readonly [safe]: "html" };

/** A URL that passed the scheme check of `urls.ts`. */
export type SafeUrl = string & { readonly [safe]: "url" };

const GLOBAL_ATTRIBUTES = ["class", "dir", "title"] as const;

/** Every tag that can be written, with its attributes besides the global ones. */
const ALLOWED = {
  a: ["href", "rel", "target", "id", "role", "aria-label"],
  audio: ["src", "controls", "loop", "preload", "aria-label"],
  blockquote: [],
  br: [],
  code: [],
  del: [],
  details: [],
  div: [],
  em: [],
  h1: [],
  h2: [],
  h3: [],
  h4: [],
  h5: [],
  h6: [],
  hr: [],
  img: ["src", "alt", "loading", "decoding"],
  li: ["id"],
  ol: ["start"],
  p: [],
  pre: [],
  rp: [],
  rt: [],
  ruby: [],
  section: ["role", "aria-label"],
  span: [],
  strong: [],
  sub: [],
  summary: [],
  sup: [],
  table: [],
  tbody: [],
  td: [],
  th: [],
  thead: [],
  tr: [],
  ul: [],
  video: ["src", "controls", "loop", "preload", "aria-label"],
} as const satisfies Record<string, readonly string[]>;

type Tag = keyof typeof ALLOWED;
type Attribute<T extends Tag> =
  | typeof ALLOWED[T][number]
  | typeof GLOBAL_ATTRIBUTES[number];
type Value<A> = A extends "href" | "src" ? SafeUrl : string | number | true;

/** Attributes of a tag; those that are undefined, false or null are left out. */
export type Attributes<T extends Tag> = {
  [A in Attribute<T>]?: Value<A> | undefined | false | null;
};

const VOID_TAGS: ReadonlySet<string> = new Set(["br", "hr", "img"]);
const attributesOf: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(ALLOWED).map((
    [tag, names],
  ) => [tag, new Set<string>([...GLOBAL_ATTRIBUTES, ...names])]),
);

/**
 * One element. Types already forbid unknown tags and attributes; the check at run time holds for
 * names that were computed.
 */
export function element<T extends Tag>(
  tag: T,
  attributes: Attributes<T>,
  ...children: Html[]
): Html {
  const allowed = attributesOf.get(tag);
  if (!allowed) throw new TypeError(`tag not allowed: ${tag}`);
  let open = `<${tag}`;
  for (const name in attributes) {
    const value = attributes[name as Attribute<T>] as
      | string
      | number
      | boolean
      | null
      | undefined;
    if (value === undefined || value === null || value === false) continue;
    if (!allowed.has(name)) {
      throw new TypeError(`attribute not allowed: ${tag} ${name}`);
    }
    open += value === true
      ? ` ${name}`
      : ` ${name}="${escapeAll(String(value))}"`;
  }
  return (VOID_TAGS.has(tag)
    ? `${open}>`
    : `${open}>${children.join("")}</${tag}>`) as Html;
}

/** Literal text. */
export function text(content: string): Html {
  return escapeAll(content) as Html;
}

/** Pieces of markup one after the other. */
export function join(pieces: readonly Html[], separator = "" as Html): Html {
  return pieces.join(separator) as Html;
}

export const EMPTY = "" as Html;
/** The line end between blocks, for readers of the source. */
export const NEWLINE = "\n" as Html;

const SPECIAL = /[&<>"'\0]/;
const SPECIALS = /[&<>"'\0]/g;
const REPLACEMENTS: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "\0": "\ufffd",
};

function escapeAll(content: string): string {
  return SPECIAL.test(content)
    ? content.replace(SPECIALS, (character) => REPLACEMENTS[character])
    : content;
}

const HIGHLIGHT_PIECE = /<span class="([\w -]+)">|<\/span>|[^<>]+/y;

/**
 * Takes over highlighted code, the one piece of markup from elsewhere: nothing but `span` with
 * class names, properly nested, around text without angle brackets.
 *
 * @returns undefined when it is anything else
 */
export function highlighted(markup: string): Html | undefined {
  let depth = 0;
  HIGHLIGHT_PIECE.lastIndex = 0;
  while (HIGHLIGHT_PIECE.lastIndex < markup.length) {
    const piece = HIGHLIGHT_PIECE.exec(markup);
    if (!piece) return undefined;
    if (piece[1] !== undefined) depth++;
    else if (piece[0] === "</span>" && --depth < 0) return undefined;
  }
  return depth === 0 ? markup as Html : undefined;
}
