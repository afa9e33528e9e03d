import { z } from "zod";
import type { Ctx } from "../../domain/context.ts";
import { REPORT_SORTS, REPORT_TYPES } from "../../domain/enums.ts";
import {
  createCommentReport,
  createCommunityReport,
  createPostReport,
  createPrivateMessageReport,
} from "../../domain/report/create.ts";
import { listReports } from "../../domain/report/list.ts";
import { resolveReport } from "../../domain/report/resolve.ts";
import type { ReportKind } from "../../domain/report/types.ts";
import { endpoint } from "./endpoint.ts";
import { flag, id, page, text } from "./schema.ts";

const grounds = { reason: text, violates_instance_rules: flag.optional() };

const resolution = z.object({
  report_id: id,
  resolved: flag,
  conclusion: text.optional(),
  /** What some typings call it. */
  resolve_reason: text.optional(),
});

function resolve<Kind extends ReportKind>(
  ctx: Ctx,
  kind: Kind,
  { resolve_reason, conclusion = resolve_reason, ...input }: z.output<
    typeof resolution
  >,
) {
  return resolveReport(ctx, kind, { ...input, conclusion });
}

/** Reports of posts, comments, communities and private messages (moderation-and-operations §3) */
export const report = {
  createPostReport: endpoint({
    method: "POST",
    path: "/post/report",
    auth: "user",
    request: z.object({ post_id: id, ...grounds }),
    handle: async ({ ctx }, input) => ({
      post_report_view: await createPostReport(ctx, input),
    }),
  }),
  resolvePostReport: endpoint({
    method: "PUT",
    path: "/post/report/resolve",
    auth: "user",
    request: resolution,
    handle: async ({ ctx }, input) => ({
      post_report_view: await resolve(ctx, "post", input),
    }),
  }),
  createCommentReport: endpoint({
    method: "POST",
    path: "/comment/report",
    auth: "user",
    request: z.object({ comment_id: id, ...grounds }),
    handle: async ({ ctx }, input) => ({
      comment_report_view: await createCommentReport(ctx, input),
    }),
  }),
  resolveCommentReport: endpoint({
    method: "PUT",
    path: "/comment/report/resolve",
    auth: "user",
    request: resolution,
    handle: async ({ ctx }, input) => ({
      comment_report_view: await resolve(ctx, "comment", input),
    }),
  }),
  createCommunityReport: endpoint({
    method: "POST",
    path: "/community/report",
    auth: "user",
    request: z.object({ community_id: id, reason: text }),
    handle: async ({ ctx }, input) => ({
      community_report_view: await createCommunityReport(ctx, input),
    }),
  }),
  resolveCommunityReport: endpoint({
    method: "PUT",
    path: "/community/report/resolve",
    auth: "user",
    request: resolution,
    handle: async ({ ctx }, input) => ({
      community_report_view: await resolve(ctx, "community", input),
    }),
  }),
  createPrivateMessageReport: endpoint({
    method: "POST",
    path: "/private_message/report",
    auth: "user",
    request: z.object({ private_message_id: id, reason: text }),
    handle: async ({ ctx }, input) => ({
      private_message_report_view: await createPrivateMessageReport(ctx, input),
    }),
  }),
  resolvePrivateMessageReport: endpoint({
    method: "PUT",
    path: "/private_message/report/resolve",
    auth: "user",
    request: resolution,
    handle: async ({ ctx }, input) => ({
      private_message_report_view: await resolve(
        ctx,
        "private_message",
        input,
      ),
    }),
  }),
  listReports: endpoint({
    method: "GET",
    path: "/report/list",
    auth: "user",
    request: z.object({
      unresolved_only: flag,
      type_: z.enum(REPORT_TYPES),
      post_id: id,
      community_id: id,
      sort: z.enum(REPORT_SORTS),
      show_community_rule_violations: flag,
      my_reports_only: flag,
    }).partial().extend(page),
    handle: ({ ctx, state }, input) => {
      // It costs two of the requests that everybody has (accounts-and-site §4.6).
      state.limits.take("message");
      return listReports(ctx, input);
    },
  }),
};
