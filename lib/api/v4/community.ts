import { z } from "zod";
import { createCommunity } from "../../domain/community/create.ts";
import { deleteCommunity, editCommunity } from "../../domain/community/edit.ts";
import {
  blockCommunity,
  followCommunity,
} from "../../domain/community/follow.ts";
import { listCommunities } from "../../domain/community/list.ts";
import {
  hideCommunity,
  removeCommunity,
} from "../../domain/community/moderate.ts";
import {
  addModToCommunity,
  transferCommunity,
} from "../../domain/community/moderators.ts";
import { setCommunityNotifications } from "../../domain/community/notifications.ts";
import { randomCommunity } from "../../domain/community/random.ts";
import { getCommunity } from "../../domain/community/view.ts";
import type { Ctx } from "../../domain/context.ts";
import {
  COMMUNITY_SORTS,
  COMMUNITY_VISIBILITIES,
  LISTING_TYPES,
} from "../../domain/enums.ts";
import { banFromCommunity } from "../../domain/moderation/ban.ts";
import { communityLanguages } from "../../domain/language.ts";
import type { CommunityView } from "../../domain/views.ts";
import { endpoint, SUCCESS } from "./endpoint.ts";
import { ban, flag, id, int, page, text } from "./schema.ts";

interface CommunityResponse {
  community_view: CommunityView;
  discussion_languages: number[];
}

async function answer(
  ctx: Ctx,
  view: Promise<CommunityView>,
): Promise<CommunityResponse> {
  const community_view = await view;
  return {
    community_view,
    discussion_languages: await communityLanguages(
      ctx,
      community_view.community.id,
    ),
  };
}

const fields = {
  title: text.optional(),
  sidebar: text.optional(),
  summary: text.optional(),
  nsfw: flag.optional(),
  posting_restricted_to_mods: flag.optional(),
  discussion_languages: z.array(id).optional(),
  visibility: z.enum(COMMUNITY_VISIBILITIES).optional(),
};

/** `/community` and the block of one (content §3, §6.5) */
export const community = {
  createCommunity: endpoint({
    method: "POST",
    path: "/community",
    auth: "user",
    bucket: "register",
    request: z.object({ name: text, ...fields }),
    handle: ({ ctx }, input) => answer(ctx, createCommunity(ctx, input)),
  }),
  getCommunity: endpoint({
    method: "GET",
    path: "/community",
    auth: "optional",
    request: z.object({ id, name: text }).partial(),
    handle: ({ ctx }, input) => getCommunity(ctx, input),
  }),
  editCommunity: endpoint({
    method: "PUT",
    path: "/community",
    auth: "user",
    request: z.object({ community_id: id, ...fields }),
    handle: ({ ctx }, input) => answer(ctx, editCommunity(ctx, input)),
  }),
  deleteCommunity: endpoint({
    method: "DELETE",
    path: "/community",
    auth: "user",
    request: z.object({ community_id: id, deleted: flag }),
    handle: ({ ctx }, input) => answer(ctx, deleteCommunity(ctx, input)),
  }),
  listCommunities: endpoint({
    method: "GET",
    path: "/community/list",
    auth: "optional",
    request: z.object({
      type_: z.enum(LISTING_TYPES),
      sort: z.enum(COMMUNITY_SORTS),
      time_range_seconds: int,
      show_nsfw: flag,
      multi_community_id: id,
      search_term: text,
      search_title_only: flag,
    }).partial().extend(page),
    handle: ({ ctx }, input) => listCommunities(ctx, input),
  }),
  getRandomCommunity: endpoint({
    method: "GET",
    path: "/community/random",
    auth: "optional",
    request: z.object({ type_: z.enum(LISTING_TYPES), show_nsfw: flag })
      .partial(),
    handle: ({ ctx }, input) => answer(ctx, randomCommunity(ctx, input)),
  }),
  followCommunity: endpoint({
    method: "POST",
    path: "/community/follow",
    auth: "user",
    request: z.object({ community_id: id, follow: flag }),
    handle: ({ ctx }, input) => answer(ctx, followCommunity(ctx, input)),
  }),
  editCommunityNotifications: endpoint({
    method: "PUT",
    path: "/community/notifications",
    auth: "user",
    request: z.object({
      community_id: id,
      mode: z.enum([
        "all_posts_and_comments",
        "all_posts",
        "replies_and_mentions",
        "mute",
      ]),
    }),
    handle: async ({ ctx }, input) => {
      await setCommunityNotifications(ctx, input);
      return SUCCESS;
    },
  }),
  blockCommunity: endpoint({
    method: "POST",
    path: "/account/block/community",
    auth: "user",
    request: z.object({ community_id: id, block: flag }),
    handle: ({ ctx }, input) => answer(ctx, blockCommunity(ctx, input)),
  }),
  removeCommunity: endpoint({
    method: "POST",
    path: "/community/remove",
    auth: "user",
    request: z.object({ community_id: id, removed: flag, reason: text }),
    handle: ({ ctx }, input) => answer(ctx, removeCommunity(ctx, input)),
  }),
  hideCommunity: endpoint({
    method: "PUT",
    path: "/community/hide",
    auth: "user",
    request: z.object({ community_id: id, hidden: flag, reason: text }),
    handle: async ({ ctx }, input) => {
      await hideCommunity(ctx, input);
      return SUCCESS;
    },
  }),
  transferCommunity: endpoint({
    method: "POST",
    path: "/community/transfer",
    auth: "user",
    request: z.object({ community_id: id, person_id: id }),
    handle: ({ ctx }, input) => transferCommunity(ctx, input),
  }),
  addModToCommunity: endpoint({
    method: "POST",
    path: "/community/mod",
    auth: "user",
    request: z.object({ community_id: id, person_id: id, added: flag }),
    handle: async ({ ctx }, input) => ({
      moderators: await addModToCommunity(ctx, input),
    }),
  }),
  banFromCommunity: endpoint({
    method: "POST",
    path: "/community/ban_user",
    auth: "user",
    request: z.object({ community_id: id, ...ban }),
    handle: async ({ ctx }, input) => ({
      person_view: await banFromCommunity(ctx, input),
    }),
  }),
};
