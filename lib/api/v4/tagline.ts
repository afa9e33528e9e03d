import { z } from "zod";
import {
  createTagline,
  deleteTagline,
  editTagline,
} from "../../domain/tagline/edit.ts";
import { listTaglines } from "../../domain/tagline/list.ts";
import { endpoint, SUCCESS } from "./endpoint.ts";
import { id, page, text } from "./schema.ts";

/** `/admin/tagline` (accounts-and-site §4.13); the list is for everybody. */
export const tagline = {
  createTagline: endpoint({
    method: "POST",
    path: "/admin/tagline",
    auth: "user",
    request: z.object({ content: text }),
    handle: async ({ ctx }, input) => ({
      tagline: await createTagline(ctx, input),
    }),
  }),
  editTagline: endpoint({
    method: "PUT",
    path: "/admin/tagline",
    auth: "user",
    request: z.object({ id, content: text }),
    handle: async ({ ctx }, input) => ({
      tagline: await editTagline(ctx, input),
    }),
  }),
  deleteTagline: endpoint({
    method: "DELETE",
    path: "/admin/tagline",
    auth: "user",
    request: z.object({ id }),
    handle: async ({ ctx }, input) => {
      await deleteTagline(ctx, input);
      return SUCCESS;
    },
  }),
  listTaglines: endpoint({
    method: "GET",
    path: "/admin/tagline/list",
    auth: "none",
    request: z.object(page),
    handle: ({ ctx }, input) => listTaglines(ctx, input),
  }),
};
