import { z } from "zod";
import {
  approvePendingFollow,
  listPendingFollows,
} from "../../domain/community/pending_follows.ts";
import {
  createCommunityTag,
  deleteCommunityTag,
  editCommunityTag,
} from "../../domain/community/tags.ts";
import { TAG_COLORS } from "../../domain/enums.ts";
import { endpoint, SUCCESS } from "./endpoint.ts";
import { flag, id, page, text } from "./schema.ts";

const tagFields = {
  display_name: text.optional(),
  summary: text.optional(),
  color: z.enum(TAG_COLORS).optional(),
};

/** Tags of a community (content §3.9) and those who ask to join a private one (§3.6) */
export const communityMembers = {
  createCommunityTag: endpoint({
    method: "POST",
    path: "/community/tag",
    auth: "user",
    request: z.object({ community_id: id, name: text, ...tagFields }),
    handle: ({ ctx }, input) => createCommunityTag(ctx, input),
  }),
  editCommunityTag: endpoint({
    method: "PUT",
    path: "/community/tag",
    auth: "user",
    request: z.object({ tag_id: id, ...tagFields }),
    handle: ({ ctx }, input) => editCommunityTag(ctx, input),
  }),
  deleteCommunityTag: endpoint({
    method: "DELETE",
    path: "/community/tag",
    auth: "user",
    request: z.object({ tag_id: id, delete: flag }),
    handle: ({ ctx }, input) => deleteCommunityTag(ctx, input),
  }),
  listCommunityPendingFollows: endpoint({
    method: "GET",
    path: "/community/pending_follows/list",
    auth: "user",
    request: z.object({ unread_only: flag, all_communities: flag }).partial()
      .extend(page),
    handle: ({ ctx }, input) => listPendingFollows(ctx, input),
  }),
  approveCommunityPendingFollow: endpoint({
    method: "POST",
    path: "/community/pending_follows/approve",
    auth: "user",
    request: z.object({ community_id: id, follower_id: id, approve: flag }),
    handle: async ({ ctx }, input) => {
      await approvePendingFollow(ctx, input);
      return SUCCESS;
    },
  }),
};
