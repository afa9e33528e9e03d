/** What stands in the place of erased text. */
export const OVERWRITTEN = "*Permanently Deleted*";

/** SQL assignments that leave nothing of what a post said; `$2` is `OVERWRITTEN`. */
export const OVERWRITE_POST =
  `name = $2, body = $2, url = null, thumbnail_url = null, embed_title = null,
  embed_description = null, embed_video_url = null, alt_text = null`;
