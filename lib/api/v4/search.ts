import { z } from "zod";
import { LISTING_TYPES, SEARCH_TYPES } from "../../domain/enums.ts";
import { resolveObject } from "../../domain/search/resolve.ts";
import { search as searchEverything } from "../../domain/search/search.ts";
import { endpoint } from "./endpoint.ts";
import { flag, id, int, page, text } from "./schema.ts";

/** `/search` and `/resolve_object` (content §9) */
export const search = {
  search: endpoint({
    method: "GET",
    path: "/search",
    auth: "optional",
    bucket: "search",
    request: z.object({
      type_: z.enum(SEARCH_TYPES),
      community_id: id,
      community_name: text,
      creator_id: id,
      creator_username: text,
      time_range_seconds: int,
      listing_type: z.enum(LISTING_TYPES),
      title_only: flag,
      post_url_only: flag,
      show_nsfw: flag,
    }).partial().extend({ search_term: text, ...page }),
    handle: ({ ctx }, input) => searchEverything(ctx, input),
  }),
  resolveObject: endpoint({
    method: "GET",
    path: "/resolve_object",
    auth: "optional",
    bucket: "search",
    request: z.object({ q: text }),
    handle: ({ ctx }, { q }) => resolveObject(ctx, q),
  }),
};
