import { z } from "zod";
import { listLocalUsers } from "../../domain/account/list.ts";
import {
  LISTING_TYPES,
  LOCAL_USER_SORTS,
  MODLOG_KINDS,
} from "../../domain/enums.ts";
import { banPerson } from "../../domain/moderation/ban.ts";
import {
  purgeComment,
  purgeCommunity,
  purgePerson,
  purgePost,
} from "../../domain/moderation/purge.ts";
import { getModlog } from "../../domain/modlog/list.ts";
import { addAdmin, leaveAdmin } from "../../domain/site/admins.ts";
import { endpoint, SUCCESS } from "./endpoint.ts";
import { ban, flag, id, nothing, page, text } from "./schema.ts";

/** `/admin` and `/modlog` (accounts-and-site §5, moderation-and-operations §2, §4) */
export const admin = {
  getModlog: endpoint({
    method: "GET",
    path: "/modlog",
    auth: "optional",
    request: z.object({
      mod_person_id: id,
      community_id: id,
      type_: z.enum(["all", ...MODLOG_KINDS]),
      listing_type: z.enum(LISTING_TYPES),
      other_person_id: id,
      post_id: id,
      comment_id: id,
      show_bulk: flag,
      bulk_action_parent_id: id,
    }).partial().extend(page),
    handle: ({ ctx }, input) => getModlog(ctx, input),
  }),
  addAdmin: endpoint({
    method: "POST",
    path: "/admin/add",
    auth: "user",
    request: z.object({ person_id: id, added: flag }),
    handle: async ({ ctx }, input) => ({ admins: await addAdmin(ctx, input) }),
  }),
  leaveAdmin: endpoint({
    method: "POST",
    path: "/admin/leave",
    auth: "user",
    request: nothing,
    handle: ({ ctx }) => leaveAdmin(ctx),
  }),
  banPerson: endpoint({
    method: "POST",
    path: "/admin/ban",
    auth: "user",
    request: z.object(ban),
    handle: async ({ ctx }, input) => ({
      person_view: await banPerson(ctx, input),
    }),
  }),
  adminListUsers: endpoint({
    method: "GET",
    path: "/admin/users",
    auth: "user",
    request: z.object({
      banned_only: flag,
      sort: z.enum(LOCAL_USER_SORTS),
    }).partial().extend(page),
    handle: ({ ctx }, input) => listLocalUsers(ctx, input),
  }),
  purgePerson: endpoint({
    method: "POST",
    path: "/admin/purge/person",
    auth: "user",
    request: z.object({ person_id: id, reason: text }),
    handle: async ({ ctx }, input) => {
      await purgePerson(ctx, input);
      return SUCCESS;
    },
  }),
  purgeCommunity: endpoint({
    method: "POST",
    path: "/admin/purge/community",
    auth: "user",
    request: z.object({ community_id: id, reason: text }),
    handle: async ({ ctx }, input) => {
      await purgeCommunity(ctx, input);
      return SUCCESS;
    },
  }),
  purgePost: endpoint({
    method: "POST",
    path: "/admin/purge/post",
    auth: "user",
    request: z.object({ post_id: id, reason: text }),
    handle: async ({ ctx }, input) => {
      await purgePost(ctx, input);
      return SUCCESS;
    },
  }),
  purgeComment: endpoint({
    method: "POST",
    path: "/admin/purge/comment",
    auth: "user",
    request: z.object({ comment_id: id, reason: text }),
    handle: async ({ ctx }, input) => {
      await purgeComment(ctx, input);
      return SUCCESS;
    },
  }),
};
