import type { Token, Tokens } from "marked";
import type { AutolinkToken } from "./autolinks.ts";
import type { SpoilerToken } from "./block_syntax.ts";
import { decodeEntities } from "./entities.ts";
import { highlight, languageName } from "./highlight.ts";
import { element, EMPTY, type Html, join, NEWLINE, text } from "./html.ts";
import type {
  FootnoteReferenceToken,
  InlineFootnoteToken,
  RubyToken,
} from "./inline_syntax.ts";
import type { Document } from "./parser.ts";
import { plainTextOf } from "./plain_text.ts";
import { Typographer } from "./typography.ts";
import {
  isInternal,
  mediaKind,
  mentionUrl,
  safeLink,
  safeMedia,
  scaledImage,
} from "./urls.ts";

/** How a text is shown. */
export interface RenderOptions {
  /** Makes the ids of footnotes unique on the page, such as `comment-5`. */
  idPrefix: string;
  /** `no_images` turns pictures into links: private messages, reports, applications. */
  variant?: "full" | "no_images";
  /** Links to other sites open in a new tab. */
  openInNewTab?: boolean;
  /** This site's host name, with its port if it has one. */
  localHost: string;
  /** False turns pictures, videos and sounds into links (a reader's setting). */
  showMedia?: boolean;
  /** Greatest side in pixels of pictures this site can scale; absent for full size. */
  imageSize?: number;
}

const LINK_REL = "noopener nofollow ugc";

/** Renders one parsed text. */
export class Renderer {
  /** Whether a language was not loaded yet, so that the result should not be kept. */
  incomplete = false;

  readonly #options: RenderOptions;
  readonly #showMedia: boolean;
  readonly #idPrefix: string;
  readonly #definitions: Map<string, Token[]>;
  /** Footnotes in the order of their first reference. */
  readonly #footnotes: {
    label?: string;
    tokens: Token[];
    inline: boolean;
    references: number;
  }[] = [];
  #typographer = new Typographer();
  #inLink = false;

  constructor(document: Document, options: RenderOptions) {
    this.#options = options;
    this.#definitions = document.footnotes;
    this.#showMedia = options.showMedia !== false &&
      options.variant !== "no_images";
    this.#idPrefix = options.idPrefix.replace(/[^A-Za-z0-9_-]/g, "");
  }

  /** The whole text, with its footnotes below it. */
  document(tokens: readonly Token[]): Html {
    const body = this.#blocks(tokens);
    const footnotes = this.#footnoteSection();
    return footnotes === EMPTY ? body : join([body, footnotes], NEWLINE);
  }

  #blocks(tokens: readonly Token[]): Html {
    const blocks = tokens.map((token) => this.#block(token))
      .filter((html) => html !== EMPTY);
    return join(blocks, NEWLINE);
  }

  #block(token: Token): Html {
    switch (token.type) {
      case "space":
      case "def":
      case "footnote":
        return EMPTY;
      case "paragraph":
        return element("p", AUTO, this.#inlineBlock(token.tokens!));
      case "text":
        return token.tokens ? this.#inlineBlock(token.tokens) : text(token.raw);
      case "heading": {
        const tag = `h${(token as Tokens.Heading).depth}` as "h1";
        return element(tag, AUTO, this.#inlineBlock(token.tokens!));
      }
      case "hr":
        return element("hr", {});
      case "blockquote":
        return element("blockquote", AUTO, this.#blocks(token.tokens!));
      case "code":
        return this.#code(token as Tokens.Code);
      case "list":
        return this.#list(token as Tokens.List);
      case "table":
        return this.#table(token as Tokens.Table);
      case "spoiler": {
        const spoiler = token as unknown as SpoilerToken;
        return element(
          "details",
          { class: "spoiler", dir: "auto" },
          element("summary", {}, this.#inlineBlock(spoiler.titleTokens)),
          NEWLINE,
          this.#blocks(spoiler.tokens),
        );
      }
      case "checkbox":
        return this.#inline([token]);
      default:
        return text(token.raw);
    }
  }

  #code(token: Tokens.Code): Html {
    const language = languageName(token.lang);
    const coloured = language && highlight(token.text, language);
    if (coloured === "loading") this.incomplete = true;
    return element(
      "pre",
      AUTO,
      element(
        "code",
        { class: language && `hljs language-${language}` },
        coloured && coloured !== "loading" ? coloured : text(token.text),
      ),
    );
  }

  #list(token: Tokens.List): Html {
    const items = token.items.map((item) =>
      element("li", {}, this.#blocks(item.tokens))
    );
    const content = join(items, NEWLINE);
    if (!token.ordered) return element("ul", AUTO, content);
    const start = token.start === 1 ? undefined : Number(token.start);
    return element("ol", { start, dir: "auto" }, content);
  }

  #table(token: Tokens.Table): Html {
    const row = (tag: "th" | "td", cells: Tokens.TableCell[]) =>
      element(
        "tr",
        {},
        ...cells.map((cell) =>
          element(
            tag,
            { class: cell.align && `align-${cell.align}`, dir: "auto" },
            this.#inlineBlock(cell.tokens),
          )
        ),
      );
    const head = element("thead", {}, row("th", token.header));
    const body = token.rows.length === 0
      ? EMPTY
      : element("tbody", {}, ...token.rows.map((cells) => row("td", cells)));
    return element(
      "div",
      { class: "table-scroll" },
      element("table", AUTO, head, body),
    );
  }

  /** Inline content that starts a text of its own, as far as quotation marks are concerned. */
  #inlineBlock(tokens: readonly Token[]): Html {
    this.#typographer = new Typographer();
    return this.#inline(tokens);
  }

  #inline(tokens: readonly Token[]): Html {
    return join(tokens.map((token) => this.#inlineToken(token)));
  }

  #inlineToken(token: Token): Html {
    switch (token.type) {
      case "text":
        return token.tokens
          ? this.#inline(token.tokens)
          : text(this.#typographer.replace(decodeEntities(token.raw)));
      case "escape":
        this.#typographer.skip(token.text);
        return text(token.text);
      case "strong":
        return element("strong", {}, this.#inline(token.tokens!));
      case "em":
        return element("em", {}, this.#inline(token.tokens!));
      case "del":
        return element("del", {}, this.#inline(token.tokens!));
      case "subscript":
        return element("sub", {}, this.#inline(token.tokens!));
      case "superscript":
        return element("sup", {}, this.#inline(token.tokens!));
      case "codespan":
        this.#typographer.skip(token.text);
        return element("code", {}, text(token.text));
      case "br":
        this.#typographer.skip("\n");
        return join([element("br", {}), NEWLINE]);
      case "link":
        return this.#link(token as Tokens.Link);
      case "autolink":
        return this.#autolink(token as unknown as AutolinkToken);
      case "image":
        return this.#image(token as Tokens.Image);
      case "ruby":
        return this.#ruby(token as unknown as RubyToken);
      case "checkbox":
        return text((token as Tokens.Checkbox).checked ? "☑ " : "☐ ");
      case "footnote_reference":
        return this.#footnoteReference(
          token as unknown as FootnoteReferenceToken,
        );
      case "inline_footnote":
        return this.#footnoteMark({
          tokens: (token as unknown as InlineFootnoteToken).tokens,
          inline: true,
        });
      default:
        this.#typographer.skip(token.raw);
        return text(token.raw);
    }
  }

  #link(token: Tokens.Link): Html {
    const href = safeLink(token.href);
    if (href === undefined) return text(token.raw);
    const outer = this.#inLink;
    this.#inLink = true;
    // Addresses in angle brackets are shown as typed, without replacements.
    const content = token.raw.startsWith("<")
      ? text(token.text)
      : this.#inline(token.tokens);
    this.#inLink = outer;
    if (outer) return content;
    return element(
      "a",
      {
        href,
        rel: LINK_REL,
        target: this.#target(href),
        title: token.title ? decodeEntities(token.title) : undefined,
      },
      content,
    );
  }

  #target(href: NonNullable<ReturnType<typeof safeLink>>): "_blank" | false {
    return this.#options.openInNewTab === true &&
      !isInternal(href, this.#options.localHost) && "_blank";
  }

  #autolink(token: AutolinkToken): Html {
    this.#typographer.skip(token.text);
    const { mention } = token;
    const href = mention
      ? mentionUrl(mention, this.#options.localHost)
      : safeLink(token.href!);
    if (href === undefined || this.#inLink) return text(token.text);
    return element(
      "a",
      {
        href,
        rel: LINK_REL,
        class: mention && `${mention.kind.replace("_", "-")}-link`,
        target: this.#target(href),
      },
      text(token.text),
    );
  }

  #image(token: Tokens.Image): Html {
    const alt = plainTextOf(token.tokens ?? []) || decodeEntities(token.text);
    const title = token.title ? decodeEntities(token.title) : undefined;
    const src = safeMedia(token.href);
    this.#typographer.skip(alt);
    if (src === undefined) return text(alt || token.raw);
    const link = { href: src, rel: LINK_REL, target: this.#target(src) };
    if (!this.#showMedia) {
      const label = text(alt || src);
      return this.#inLink ? label : element("a", { ...link, title }, label);
    }
    const kind = mediaKind(src);
    if (kind !== "image") {
      return element(kind, {
        src,
        title,
        controls: true,
        loop: true,
        preload: "metadata",
        "aria-label": alt || undefined,
      });
    }
    const emoji = /^emoji\b/.test(title ?? "");
    const image = element("img", {
      src: emoji
        ? src
        : scaledImage(src, this.#options.imageSize, this.#options.localHost),
      alt,
      title,
      class: emoji && "custom-emoji",
      loading: "lazy",
      decoding: "async",
    });
    if (emoji || this.#inLink) return image;
    return element("a", { ...link, class: "image-link" }, image);
  }

  #ruby(token: RubyToken): Html {
    const pairs = token.pairs.flatMap(({ base, annotation }) => [
      text(decodeEntities(base)),
      element("rp", {}, text("(")),
      element("rt", {}, text(decodeEntities(annotation))),
      element("rp", {}, text(")")),
    ]);
    this.#typographer.skip(token.raw);
    return element("ruby", {}, ...pairs);
  }

  #footnoteReference(token: FootnoteReferenceToken): Html {
    const tokens = this.#definitions.get(token.label);
    if (!tokens) return text(token.raw);
    return this.#footnoteMark({ label: token.label, tokens, inline: false });
  }

  #footnoteMark(
    note: { label?: string; tokens: Token[]; inline: boolean },
  ): Html {
    this.#typographer.skip("]");
    let index = note.label === undefined
      ? -1
      : this.#footnotes.findIndex(({ label }) => label === note.label);
    if (index < 0) {
      index = this.#footnotes.push({ ...note, references: 0 }) - 1;
    }
    const number = index + 1;
    const nth = ++this.#footnotes[index].references;
    const label = text(`[${number}]`);
    return element(
      "sup",
      { class: "footnote-ref" },
      this.#inLink ? label : element("a", {
        href: this.#fragment(`fn${number}`),
        id: this.#id(referenceId(number, nth)),
      }, label),
    );
  }

  #footnoteSection(): Html {
    if (this.#footnotes.length === 0) return EMPTY;
    const items: Html[] = [];
    // Footnotes may refer to further ones, which then join the end of the list.
    for (let index = 0; index < this.#footnotes.length; index++) {
      const note = this.#footnotes[index];
      const content = note.inline
        ? element("p", AUTO, this.#inlineBlock(note.tokens))
        : this.#blocks(note.tokens);
      const back = Array.from(
        { length: note.references },
        (_, nth) =>
          element("a", {
            href: this.#fragment(referenceId(index + 1, nth + 1)),
            class: "footnote-backref",
          }, text("↩\uFE0E")),
      );
      items.push(element(
        "li",
        { id: this.#id(`fn${index + 1}`), class: "footnote-item" },
        join([content, ...back], text(" ")),
      ));
    }
    return join([
      element("hr", { class: "footnotes-sep" }),
      element(
        "section",
        { class: "footnotes" },
        element("ol", { class: "footnotes-list" }, join(items, NEWLINE)),
      ),
    ], NEWLINE);
  }

  #id(name: string): string {
    return `${this.#idPrefix}-${name}`;
  }

  #fragment(name: string): NonNullable<ReturnType<typeof safeLink>> {
    return safeLink(`#${this.#id(name)}`)!;
  }
}

const AUTO = { dir: "auto" } as const;

function referenceId(number: number, nth: number): string {
  return nth === 1 ? `fnref${number}` : `fnref${number}-${nth}`;
}

/** Emphasis, code and strike-through of a title; anything else is text. */
export function renderTitleTokens(tokens: readonly Token[]): Html {
  return join(tokens.map((token) => {
    switch (token.type) {
      case "strong":
      case "em":
      case "del":
        return element(token.type, {}, renderTitleTokens(token.tokens!));
      case "codespan":
        return element("code", {}, text(token.text));
      case "escape":
        return text(token.text);
      default:
        return text(decodeEntities(token.raw));
    }
  }));
}
