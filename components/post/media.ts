import type { Post } from "../../lib/domain/views.ts";

export type MediaKind = "image" | "video" | "audio" | "link" | "text";

const ENDINGS: [MediaKind, RegExp][] = [
  ["image", /\.(jpe?g|gif|png|svg|webp|avif)$/i],
  ["video", /\.(mp4|webm|ogv)$/i],
  ["audio", /\.(mp3|wav|opus|ogg|m4a|flac|spx)$/i],
];

/** What a post's link leads to, by its content type or the ending of its path (web-ui §4.2). */
export function mediaKind(post: Post): MediaKind {
  if (!post.url) return "text";
  const type = post.url_content_type?.split("/")[0];
  if (type === "image" || type === "video" || type === "audio") return type;
  const path = URL.parse(post.url)?.pathname ?? "";
  for (const [kind, ending] of ENDINGS) if (ending.test(path)) return kind;
  return "link";
}

/** Host of a link for display; the name that a magnet link carries. */
export function linkHost(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed) return url;
  if (parsed.protocol === "magnet:") {
    return parsed.searchParams.get("dn") ?? "magnet";
  }
  return parsed.host.replace(/^www\./, "");
}
