import { element, empty, type Feed, type FeedItem } from "./feed.ts";

/** A feed as RSS 2.0 (content §11). */
export function writeRss(feed: Feed): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
${
    lines(
      element("title", feed.title),
      element("link", feed.link),
      // Readers take a feed without one for broken.
      element("description", feed.html || feed.title),
      element("language", feed.language),
      element("lastBuildDate", rfc2822(feed.updated)),
      element("generator", "Tundra"),
      feed.self === undefined ? "" : empty("atom:link", {
        href: feed.self,
        rel: "self",
        type: "application/rss+xml",
      }),
      ...feed.items.map(writeItem),
    )
  }
</channel>
</rss>
`;
}

function writeItem(item: FeedItem): string {
  const { enclosure, image, category } = item;
  return lines(
    "<item>",
    element("title", item.title),
    element("link", item.link),
    element("guid", item.id, { isPermaLink: String(item.id === item.link) }),
    element("comments", item.comments),
    element("pubDate", rfc2822(item.published)),
    element("dc:creator", item.author?.url),
    category
      ? element("category", category.name, { domain: category.url })
      : "",
    element("description", item.html),
    enclosure ? empty("enclosure", { ...enclosure, length: "0" }) : "",
    image ? empty("media:content", { url: image, medium: "image" }) : "",
    "</item>",
  );
}

function lines(...parts: string[]): string {
  return parts.filter((part) => part !== "").join("\n");
}

/** A time in the notation of mail (RFC 2822). */
function rfc2822(time: string): string {
  return new Date(time).toUTCString().replace("GMT", "+0000");
}
