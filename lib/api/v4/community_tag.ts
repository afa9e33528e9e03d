import { z } from "zod";
import {
  createCommunityTag,
  deleteCommunityTag,
  editCommunityTag,
} from "../../domain/community/tags.ts";
import { TAG_COLORS } from "../../domain/enums.ts";
import { endpoint } from "./endpoint.ts";
import { flag, id, text } from "./schema.ts";

const fields = {
  display_name: text.optional(),
  summary: text.optional(),
  color: z.enum(TAG_COLORS).optional(),
};

/** `/community/tag` (content §3.9) */
export const communityTag = {
  createCommunityTag: endpoint({
    method: "POST",
    path: "/community/tag",
    auth: "user",
    request: z.object({ community_id: id, name: text, ...fields }),
    handle: ({ ctx }, input) => createCommunityTag(ctx, input),
  }),
  editCommunityTag: endpoint({
    method: "PUT",
    path: "/community/tag",
    auth: "user",
    request: z.object({ tag_id: id, ...fields }),
    handle: ({ ctx }, input) => editCommunityTag(ctx, input),
  }),
  deleteCommunityTag: endpoint({
    method: "DELETE",
    path: "/community/tag",
    auth: "user",
    request: z.object({ tag_id: id, delete: flag }),
    handle: ({ ctx }, input) => deleteCommunityTag(ctx, input),
  }),
};
