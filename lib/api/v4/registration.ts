import { z } from "zod";
import {
  approveApplication,
  getApplication,
  listApplications,
} from "../../domain/account/application.ts";
import {
  createInvite,
  listInvites,
  revokeInvite,
} from "../../domain/account/invite.ts";
import { endpoint, SUCCESS } from "./endpoint.ts";
import { flag, id, int, page, text } from "./schema.ts";

/** Invitations and applications for accounts (accounts-and-site §2.5, §5.3) */
export const registration = {
  createRegistrationInvitation: endpoint({
    method: "POST",
    path: "/account/invite",
    auth: "user",
    request: z.object({ max_uses: int, expires_at: text }).partial(),
    handle: async ({ ctx }, input) => ({
      invite: await createInvite(ctx, input),
    }),
  }),
  revokeRegistrationInvitation: endpoint({
    method: "DELETE",
    path: "/account/invite",
    auth: "user",
    request: z.object({ token: text }),
    handle: async ({ ctx }, input) => {
      await revokeInvite(ctx, input);
      return SUCCESS;
    },
  }),
  listRegistrationInvitations: endpoint({
    method: "GET",
    path: "/account/invite/list",
    also: [{ method: "GET", path: "/account/invite" }],
    auth: "user",
    request: z.object(page),
    handle: ({ ctx }, input) => listInvites(ctx, input),
  }),
  listRegistrationApplications: endpoint({
    method: "GET",
    path: "/admin/registration_application/list",
    auth: "user",
    request: z.object({ unread_only: flag.optional(), ...page }),
    handle: ({ ctx }, input) => listApplications(ctx, input),
  }),
  getRegistrationApplication: endpoint({
    method: "GET",
    path: "/admin/registration_application",
    auth: "user",
    request: z.object({ person_id: id }),
    handle: async ({ ctx }, input) => ({
      registration_application: await getApplication(ctx, input),
    }),
  }),
  approveRegistrationApplication: endpoint({
    method: "PUT",
    path: "/admin/registration_application/approve",
    auth: "user",
    request: z.object({ id, approve: flag, deny_reason: text.optional() }),
    handle: async ({ ctx }, input) => ({
      registration_application: await approveApplication(ctx, input),
    }),
  }),
};
