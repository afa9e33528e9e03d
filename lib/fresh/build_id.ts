/** The query parameter that ties an asset's address to a build. */
export const ASSET_CACHE_BUST_KEY = "__frsh_c";

/** Names the running build; part of the addresses of its files. */
export let BUILD_ID = "development";

/** Set once, when the build's snapshot is loaded. */
export function setBuildId(id: string): void {
  BUILD_ID = id;
}
