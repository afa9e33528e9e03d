import { z } from "zod";
import {
  MULTI_COMMUNITY_LISTING_TYPES,
  MULTI_COMMUNITY_SORTS,
} from "../../domain/enums.ts";
import { communityLanguages } from "../../domain/language.ts";
import {
  createMultiCommunityEntry,
  deleteMultiCommunityEntry,
} from "../../domain/multi_community/entries.ts";
import { followMultiCommunity } from "../../domain/multi_community/follow.ts";
import { listMultiCommunities } from "../../domain/multi_community/list.ts";
import { getMultiCommunity } from "../../domain/multi_community/view.ts";
import {
  createMultiCommunity,
  editMultiCommunity,
} from "../../domain/multi_community/write.ts";
import { endpoint, SUCCESS } from "./endpoint.ts";
import { flag, id, int, page, text } from "./schema.ts";

const texts = {
  title: text.optional(),
  summary: text.optional(),
  sidebar: text.optional(),
};
const entry = z.object({ id, community_id: id });

/** `/multi_community` (content §4, §6.6) */
export const multiCommunity = {
  createMultiCommunity: endpoint({
    method: "POST",
    path: "/multi_community",
    auth: "user",
    request: z.object({ name: text, ...texts }),
    handle: async ({ ctx }, input) => ({
      multi_community_view: await createMultiCommunity(ctx, input),
    }),
  }),
  editMultiCommunity: endpoint({
    method: "PUT",
    path: "/multi_community",
    auth: "user",
    request: z.object({ id, ...texts, deleted: flag.optional() }),
    handle: async ({ ctx }, input) => ({
      multi_community_view: await editMultiCommunity(ctx, input),
    }),
  }),
  getMultiCommunity: endpoint({
    method: "GET",
    path: "/multi_community",
    auth: "optional",
    request: z.object({ id, name: text }).partial(),
    handle: ({ ctx }, input) => getMultiCommunity(ctx, input),
  }),
  createMultiCommunityEntry: endpoint({
    method: "POST",
    path: "/multi_community/entry",
    auth: "user",
    request: entry,
    handle: async ({ ctx }, input) => ({
      community_view: await createMultiCommunityEntry(ctx, input),
      discussion_languages: await communityLanguages(ctx, input.community_id),
    }),
  }),
  deleteMultiCommunityEntry: endpoint({
    method: "DELETE",
    path: "/multi_community/entry",
    auth: "user",
    request: entry,
    handle: async ({ ctx }, input) => {
      await deleteMultiCommunityEntry(ctx, input);
      return SUCCESS;
    },
  }),
  listMultiCommunities: endpoint({
    method: "GET",
    path: "/multi_community/list",
    auth: "optional",
    request: z.object({
      type_: z.enum(MULTI_COMMUNITY_LISTING_TYPES),
      sort: z.enum(MULTI_COMMUNITY_SORTS),
      creator_id: id,
      time_range_seconds: int,
      search_term: text,
      search_title_only: flag,
    }).partial().extend(page),
    handle: ({ ctx }, input) => listMultiCommunities(ctx, input),
  }),
  followMultiCommunity: endpoint({
    method: "POST",
    path: "/multi_community/follow",
    auth: "user",
    request: z.object({ multi_community_id: id, follow: flag }),
    handle: async ({ ctx }, input) => ({
      multi_community_view: await followMultiCommunity(ctx, input),
    }),
  }),
};
