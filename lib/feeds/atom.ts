import { element, empty, type Feed, type FeedItem, xml } from "./feed.ts";

/** A feed as Atom (RFC 4287). */
export function writeAtom(feed: Feed): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${xml(feed.language)}">
${
    lines(
      element("id", feed.id),
      element("title", feed.title),
      element("subtitle", feed.html || undefined, { type: "html" }),
      element("updated", feed.updated),
      element("generator", "Tundra"),
      `<author>${element("name", feed.title)}</author>`,
      empty("link", { rel: "alternate", type: "text/html", href: feed.link }),
      feed.self === undefined ? "" : empty("link", {
        rel: "self",
        type: "application/atom+xml",
        href: feed.self,
      }),
      ...feed.items.map(writeEntry),
    )
  }
</feed>
`;
}

function writeEntry(item: FeedItem): string {
  const { author, category, enclosure } = item;
  return lines(
    "<entry>",
    element("id", item.id),
    element("title", item.title),
    element("published", item.published),
    element("updated", item.updated ?? item.published),
    empty("link", { rel: "alternate", type: "text/html", href: item.link }),
    author
      ? `<author>${element("name", author.name)}${
        element("uri", author.url)
      }</author>`
      : "",
    category
      ? empty("category", { term: category.url, label: category.name })
      : "",
    enclosure
      ? empty("link", {
        rel: "enclosure",
        type: enclosure.type,
        href: enclosure.url,
      })
      : "",
    element("content", item.html, { type: "html" }),
    "</entry>",
  );
}

function lines(...parts: string[]): string {
  return parts.filter((part) => part !== "").join("\n");
}
