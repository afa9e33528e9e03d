export { Head, type HeadProps } from "./runtime/head.ts";
export { asset, assetSrcSet } from "./runtime/asset.ts";

/** Whether the code runs in a browser. */
export const IS_BROWSER: boolean = typeof document !== "undefined";
