/** What the generated `_fresh/server.js` and `_fresh/snapshot.js` import. */
import * as path from "node:path";

export { setBuildCache } from "./app.ts";
export { IslandPreparer, ProdBuildCache } from "./build_cache.ts";
export { ASSET_CACHE_BUST_KEY } from "./build_id.ts";
export { path };
