/** What texts and links must look like, and what is done to them before they are stored. */
export {
  type BlocklistMatcher,
  blocklistMatcher,
  normalizeBlockedUrl,
  normalizeBlockedUrls,
} from "./blocklist.ts";
export {
  type ImageProxy,
  proxiedImageUrl,
  proxyImages,
} from "./image_links.ts";
export { extractMentions, type Mention } from "./mentions.ts";
export {
  cleanLinks,
  mapLinks,
  type PipelineOptions,
  type ProcessedMarkdown,
  processMarkdown,
} from "./pipeline.ts";
export * from "./rules.ts";
export {
  checkSlurRegex,
  compileSlurFilter,
  NO_SLURS,
  type SlurFilter,
} from "./slurs.ts";
export { checkPostUrl, cleanUrl, parsePostUrl } from "./urls.ts";
