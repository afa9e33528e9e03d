import { decodeEntities } from "./entities.ts";
import type { SafeUrl } from "./html.ts";

const LINK_SCHEMES = new Set([
  "http:",
  "https:",
  "mailto:",
  "magnet:",
  "matrix:",
]);
const MEDIA_SCHEMES = new Set(["http:", "https:"]);
const HIERARCHICAL = new Set(["http:", "https:"]);

/**
 * The target of a link if it may be one: http, https, mailto, magnet, matrix, or a path or
 * fragment of this site (web-ui §6).
 *
 * @returns undefined for everything else, which is then shown as text
 */
export function safeLink(raw: string): SafeUrl | undefined {
  return check(raw, LINK_SCHEMES);
}

/** The address of a picture, video or sound: http, https or a path of this site. */
export function safeMedia(raw: string): SafeUrl | undefined {
  const url = check(raw, MEDIA_SCHEMES);
  return url?.startsWith("#") ? undefined : url;
}

function check(
  raw: string,
  schemes: ReadonlySet<string>,
): SafeUrl | undefined {
  // Browsers drop tabs and line ends inside URLs and blanks and controls around them, so
  // "java\nscript:" is a scheme to them.
  const url = decodeEntities(raw).replace(/[\t\n\r]/g, "")
    .replace(CONTROLS_AROUND, "");
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0].toLowerCase();
  if (scheme === undefined) {
    // To browsers a backslash is a slash here, and two slashes lead to another host.
    return /^(?:\/(?![\/\\])|#)/.test(url) ? encode(url) : undefined;
  }
  if (!schemes.has(scheme)) return undefined;
  if (!HIERARCHICAL.has(scheme)) return encode(url);
  return URL.canParse(url) ? new URL(url).href as SafeUrl : undefined;
}

const CONTROLS_AROUND = /^[\0-\x20]+|[\0-\x20]+$/g;
const UNSAFE = /[\0-\x20"<>\\^`{|}\x7f]/g;

/** Percent-encodes what does not belong into a URL, leaving existing encoding alone. */
function encode(url: string): SafeUrl {
  return url.toWellFormed().replace(UNSAFE, encodeURIComponent) as SafeUrl;
}

/** Whether a safe link stays on this site. */
export function isInternal(url: SafeUrl, localHost: string): boolean {
  if (url.startsWith("/") || url.startsWith("#")) return true;
  if (!/^https?:/.test(url)) return false;
  return new URL(url).host === localHost;
}

/** An actor named in a text. */
export interface ActorMention {
  kind: "community" | "person" | "multi_community";
  name: string;
  host: string;
  /** With its question mark, or empty. */
  query: string;
}

/** Page of a mentioned actor; the host is left out for local ones. */
export function mentionUrl(mention: ActorMention, localHost: string): SafeUrl {
  const path = { community: "c", person: "u", multi_community: "m" };
  const name = encodeURIComponent(mention.name);
  const host = mention.host.toLowerCase();
  return encode(
    `/${path[mention.kind]}/${name}${host === localHost ? "" : `@${host}`}` +
      mention.query,
  );
}

const MEDIA_ENDINGS = {
  video: /\.(?:mp4|webm|ogv)$/i,
  audio: /\.(?:mp3|wav|opus|ogg|m4a|flac|spx)$/i,
};

/** What a media address shows, judged by the ending of its path (web-ui §4.2). */
export function mediaKind(url: SafeUrl): "image" | "video" | "audio" {
  const path = pathOf(url);
  if (MEDIA_ENDINGS.video.test(path)) return "video";
  if (MEDIA_ENDINGS.audio.test(path)) return "audio";
  return "image";
}

function pathOf(url: SafeUrl): string {
  // A proxied picture carries the original address in its query, whose ending counts.
  const proxied = /\/image\/proxy\?(?:.*&)?url=([^&#]+)/.exec(url)?.[1];
  const shown = proxied === undefined ? url : decodeOrKeep(proxied);
  return shown.replace(/[?#][\s\S]*$/, "");
}

function decodeOrKeep(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    // Broken percent-encoding: the ending can be read as it stands.
    return encoded;
  }
}

const OWN_IMAGE = /\/(?:api\/v[34]|pictrs)\/image/;

/** Address of a smaller version, for pictures this site can scale; others stay. */
export function scaledImage(
  url: SafeUrl,
  maxSize: number | undefined,
  localHost: string,
): SafeUrl {
  if (
    maxSize === undefined || !isInternal(url, localHost) || !OWN_IMAGE.test(url)
  ) return url;
  const mark = url.includes("?") ? "&" : "?";
  return `${url}${mark}max_size=${maxSize}` as SafeUrl;
}
