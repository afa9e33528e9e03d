/**
 * What a copy in `image_cache` is of, by which it is found when that is deleted: bytes of ours by
 * their hash, pictures of other sites by their address.
 */
export function storedSource(hash: string): string {
  return `stored:${hash}`;
}

export function proxiedSource(url: string): string {
  return `proxied:${url}`;
}
