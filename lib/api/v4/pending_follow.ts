import { z } from "zod";
import {
  approvePendingFollow,
  listPendingFollows,
} from "../../domain/community/pending_follows.ts";
import { endpoint, SUCCESS } from "./endpoint.ts";
import { flag, id, page } from "./schema.ts";

/** `/community/pending_follows`: who asks to join a private community (content §3.6) */
export const pendingFollow = {
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
