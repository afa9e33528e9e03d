import { z } from "zod";
import { FEDERATED_INSTANCES_KINDS } from "../../domain/enums.ts";
import {
  allowFederatedInstance,
  blockFederatedInstance,
} from "../../domain/instance/lists.ts";
import {
  discardReceivedActivity,
  listReceivedActivities,
  retryReceivedActivity,
} from "../../domain/instance/inbox.ts";
import {
  discardUnsentEvent,
  listUnsentEvents,
  retryUnsentEvent,
} from "../../domain/instance/outbox.ts";
import {
  listFederationQueues,
  pauseFederationQueue,
} from "../../domain/instance/queue.ts";
import { listInstances } from "../../domain/instance/view.ts";
import { endpoint, SUCCESS } from "./endpoint.ts";
import { flag, id, page, text, unixTime } from "./schema.ts";

/** Other servers and how this one stands to them (accounts-and-site §4.12, §5.6) */
export const instance = {
  getFederatedInstances: endpoint({
    method: "GET",
    path: "/federated_instances",
    auth: "optional",
    request: z.object({
      kind: z.enum(FEDERATED_INSTANCES_KINDS),
      domain_filter: text.optional(),
      ...page,
    }),
    handle: ({ ctx }, input) => listInstances(ctx, input),
  }),
  adminBlockInstance: endpoint({
    method: "POST",
    path: "/admin/instance/block",
    auth: "user",
    request: z.object({
      instance: text,
      block: flag,
      reason: text,
      expires_at: unixTime.optional(),
    }),
    handle: ({ ctx }, input) => blockFederatedInstance(ctx, input),
  }),
  adminAllowInstance: endpoint({
    method: "POST",
    path: "/admin/instance/allow",
    auth: "user",
    request: z.object({ instance: text, allow: flag, reason: text }),
    handle: ({ ctx }, input) => allowFederatedInstance(ctx, input),
  }),
  /** Ours: what is to be delivered to other servers (federation §5.8). */
  listFederationQueues: endpoint({
    method: "GET",
    path: "/admin/federation/queue",
    auth: "user",
    request: z.object({ failing_only: flag.optional(), ...page }),
    handle: ({ ctx }, input) => listFederationQueues(ctx, input),
  }),
  pauseFederationQueue: endpoint({
    method: "POST",
    path: "/admin/federation/queue/pause",
    auth: "user",
    request: z.object({ instance_id: id, pause: flag }),
    handle: ({ ctx }, input) => pauseFederationQueue(ctx, input),
  }),
  /** Ours: what arrived from other servers and is not carried out (federation §5.8). */
  listReceivedActivities: endpoint({
    method: "GET",
    path: "/admin/federation/inbox",
    auth: "user",
    request: z.object({ state: z.enum(["waiting", "failed"]), ...page }),
    handle: ({ ctx }, input) => listReceivedActivities(ctx, input),
  }),
  retryReceivedActivity: endpoint({
    method: "POST",
    path: "/admin/federation/inbox/retry",
    auth: "user",
    request: z.object({ id }),
    handle: async ({ ctx }, input) => {
      await retryReceivedActivity(ctx, input);
      return SUCCESS;
    },
  }),
  discardReceivedActivity: endpoint({
    method: "POST",
    path: "/admin/federation/inbox/discard",
    auth: "user",
    request: z.object({ id }),
    handle: async ({ ctx }, input) => {
      await discardReceivedActivity(ctx, input);
      return SUCCESS;
    },
  }),
  /** Ours: what happened here and could not be sent yet (federation §5.1). */
  listUnsentEvents: endpoint({
    method: "GET",
    path: "/admin/federation/outbox",
    auth: "user",
    request: z.object({ ...page }),
    handle: ({ ctx }, input) => listUnsentEvents(ctx, input),
  }),
  retryUnsentEvent: endpoint({
    method: "POST",
    path: "/admin/federation/outbox/retry",
    auth: "user",
    request: z.object({ id }),
    handle: async ({ ctx }, input) => {
      await retryUnsentEvent(ctx, input);
      return SUCCESS;
    },
  }),
  discardUnsentEvent: endpoint({
    method: "POST",
    path: "/admin/federation/outbox/discard",
    auth: "user",
    request: z.object({ id }),
    handle: async ({ ctx }, input) => {
      await discardUnsentEvent(ctx, input);
      return SUCCESS;
    },
  }),
};
