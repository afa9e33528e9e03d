/** Largest sides in pixels, by where a picture stands (web-ui §4.2). */
export const PICTURE_SIZES = {
  icon: 96,
  thumbnail: 256,
  post: 512,
  large: 2048,
} as const;

const OWN_IMAGE =
  /^\/(?:api\/v4\/image\/|pictrs\/image\/|api\/v3\/image_proxy$)/;

/**
 * Address of a smaller version of a picture, in a format that takes less, if this site can make
 * one; other addresses stay as they are.
 */
export function scaledPicture(
  { hostname }: { hostname: string },
  address: string,
  size: keyof typeof PICTURE_SIZES,
): string {
  const url = URL.parse(address);
  if (!url || url.host !== hostname || !OWN_IMAGE.test(url.pathname)) {
    return address;
  }
  url.searchParams.set("max_size", String(PICTURE_SIZES[size]));
  url.searchParams.set("file_type", "webp");
  return url.href;
}
