import { toMdast } from "hast-util-to-mdast";
import { toText } from "hast-util-to-text";
import type { Element } from "hast";
import { gfmStrikethroughToMarkdown } from "mdast-util-gfm-strikethrough";
import { gfmTableToMarkdown } from "mdast-util-gfm-table";
import { type Options, toMarkdown } from "mdast-util-to-markdown";
import { parseHtml } from "./html_tree.ts";

const OPTIONS: Options = {
  bullet: "-",
  emphasis: "*",
  rule: "-",
  fences: true,
  extensions: [gfmStrikethroughToMarkdown(), gfmTableToMarkdown()],
  // What is no markup in HTML must not become any of ours (`lib/markdown`).
  unsafe: [
    { character: "~", inConstruct: "phrasing" },
    { character: "^", inConstruct: "phrasing" },
    { character: "{", inConstruct: "phrasing" },
    { atBreak: true, character: ":", after: "::" },
  ],
};

/**
 * HTML of other servers as Markdown (§2.2): formatting is kept as far as Markdown has it; scripts,
 * styles and forms go, and links that lead nowhere on the web lose their targets. Mentions and
 * hashtags stay the links they are. Never fails, and takes bounded time.
 */
export function htmlToMarkdown(html: string): string {
  const tree = toMdast(parseHtml(html), {
    document: true,
    handlers: {
      // A picture without address is the words that stand for it.
      img(state, element: Element) {
        const { src, alt, title } = element.properties;
        if (!src) return { type: "text" as const, value: String(alt ?? "") };
        const picture = {
          type: "image" as const,
          url: String(src),
          alt: alt ? String(alt) : "",
          title: title ? String(title) : null,
        };
        state.patch(element, picture);
        return picture;
      },
      // Links lose nothing but their markup when they have no target.
      a(state, element: Element) {
        const children = state.all(element);
        const { href, title } = element.properties;
        if (!href) return children;
        const link = {
          type: "link" as const,
          url: String(href),
          title: title ? String(title) : null,
          children,
        };
        state.patch(element, link as never);
        return link as never;
      },
    },
  });
  return toMarkdown(tree, OPTIONS).trim();
}

/** The first line of HTML as a reader would see it, without markup. */
export function firstLineOf(html: string): string {
  const text = toText(parseHtml(html), { whitespace: "normal" });
  return text.trim().split("\n", 1)[0].trim();
}
