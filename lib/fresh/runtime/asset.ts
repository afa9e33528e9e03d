import { ASSET_CACHE_BUST_KEY, BUILD_ID } from "../build_id.ts";

/**
 * Address of a static file for the running build, which browsers may keep for
 * a year. Other hosts' addresses stay as they are.
 */
export function asset(path: string): string {
  if (!path.startsWith("/") || path.startsWith("//")) return path;
  if (path.includes(`${ASSET_CACHE_BUST_KEY}=`)) return path;
  const hash = path.indexOf("#");
  const address = hash === -1 ? path : path.slice(0, hash);
  const separator = address.includes("?") ? "&" : "?";
  return `${address}${separator}${ASSET_CACHE_BUST_KEY}=${BUILD_ID}${
    path.slice(address.length)
  }`;
}

/** Applies `asset` to the addresses of a `srcset` attribute. */
export function assetSrcSet(srcset: string): string {
  if (srcset.includes("(")) return srcset;
  return srcset.replace(
    /(^|,)(\s*)([^\s,]+)/g,
    (_, comma, blank, address) => comma + blank + asset(address),
  );
}
