import type { Element, ElementContent, Root } from "hast";
import { Parser } from "htmlparser2";

/**
 * Other servers' HTML as a tree, bounded however it is written: what is nested deeper loses its
 * markup but not its words, and what is longer, or nested beyond all reason, is cut.
 */

const MAX_CHARACTERS = 300_000;
const MAX_ELEMENTS = 5_000;
const MAX_DEPTH = 40;
/** Tags open at once; nobody writes that, and the parser's time grows with their square. */
const MAX_OPEN = 1000;

/** Elements that go with all that is in them. */
const DROPPED = new Set([
  "script",
  "style",
  "head",
  "title",
  "template",
  "noscript",
  "iframe",
  "object",
  "embed",
  "svg",
  "math",
  "form",
  "select",
  "textarea",
  "button",
  "audio",
  "video",
]);
/** Attributes that say something in Markdown; addresses are checked. */
const KEPT = new Set(["alt", "title", "start", "colspan"]);
const LINKS = /^(?:https?|mailto|magnet|matrix):/i;
const PICTURES = /^https?:/i;

/** Reads HTML of whatever quality. */
export function parseHtml(html: string): Root {
  const root: Root = { type: "root", children: [] };
  /** Every open tag; null for those that are passed over. */
  const tags: (Element | null)[] = [];
  /** The open elements of the tree. */
  const open: Element[] = [];
  let elements = 0;
  let dropping = 0;
  const children = () =>
    (open.at(-1)?.children ?? root.children) as ElementContent[];
  const parser = new Parser({
    onopentag(name, attributes) {
      if (tags.length === MAX_OPEN) {
        parser.pause();
        return;
      }
      if (dropping > 0 || DROPPED.has(name)) {
        dropping++;
        tags.push(null);
        return;
      }
      if (elements === MAX_ELEMENTS || open.length === MAX_DEPTH) {
        tags.push(null);
        return;
      }
      elements++;
      const element: Element = {
        type: "element",
        tagName: name,
        properties: propertiesOf(name, attributes),
        children: [],
      };
      children().push(element);
      tags.push(element);
      open.push(element);
    },
    ontext(value) {
      if (dropping > 0) return;
      // The parser gives a text in pieces; joined, they take no time to be put together later.
      const siblings = children();
      const last = siblings.at(-1);
      if (last?.type === "text") last.value += value;
      else siblings.push({ type: "text", value });
    },
    onclosetag() {
      if (tags.pop() === open.at(-1)) open.pop();
      if (dropping > 0) dropping--;
    },
  }, { decodeEntities: true });
  parser.end(html.slice(0, MAX_CHARACTERS));
  return root;
}

function propertiesOf(
  name: string,
  attributes: Record<string, string>,
): Element["properties"] {
  const properties: Element["properties"] = {};
  for (const [key, value] of Object.entries(attributes)) {
    if (KEPT.has(key)) properties[key] = value;
  }
  const { href, src } = attributes;
  if (name === "a" && href && LINKS.test(href) && URL.canParse(href)) {
    properties.href = href;
  }
  if (name === "img" && src && PICTURES.test(src) && URL.canParse(src)) {
    properties.src = src;
  }
  const language = /(?:^|\s)language-([\w+#-]{1,30})(?:\s|$)/.exec(
    attributes.class ?? "",
  )?.[1];
  if (language) properties.className = [`language-${language}`];
  return properties;
}
