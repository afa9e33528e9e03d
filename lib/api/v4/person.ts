import { z } from "zod";
import {
  PERSON_CONTENT_TYPES,
  PERSON_LISTING_TYPES,
  PERSON_SORTS,
} from "../../domain/enums.ts";
import { blockPerson } from "../../domain/person/block.ts";
import { listPersonContent } from "../../domain/person/content.ts";
import { listPersons } from "../../domain/person/list.ts";
import { notePerson } from "../../domain/person/note.ts";
import { getPerson } from "../../domain/person/view.ts";
import { endpoint } from "./endpoint.ts";
import { flag, id, page, text } from "./schema.ts";

/** `/person` and the block of one (content §8) */
export const person = {
  getPersonDetails: endpoint({
    method: "GET",
    path: "/person",
    auth: "optional",
    request: z.object({ person_id: id, username: text }).partial(),
    handle: ({ ctx }, input) => getPerson(ctx, input),
  }),
  listPersonContent: endpoint({
    method: "GET",
    path: "/person/content",
    auth: "optional",
    request: z.object({
      type_: z.enum(PERSON_CONTENT_TYPES),
      person_id: id,
      username: text,
      community_id: id,
      community_name: text,
    }).partial().extend(page),
    handle: ({ ctx }, input) => listPersonContent(ctx, input),
  }),
  notePerson: endpoint({
    method: "POST",
    path: "/person/note",
    auth: "user",
    request: z.object({ person_id: id, note: text }),
    handle: async ({ ctx }, input) => ({
      person_view: await notePerson(ctx, input),
    }),
  }),
  blockPerson: endpoint({
    method: "POST",
    path: "/account/block/person",
    auth: "user",
    request: z.object({ person_id: id, block: flag }),
    handle: async ({ ctx }, input) => ({
      person_view: await blockPerson(ctx, input),
    }),
  }),
  listPersons: endpoint({
    method: "GET",
    path: "/person/list",
    auth: "optional",
    request: z.object({
      type_: z.enum(PERSON_LISTING_TYPES),
      sort: z.enum(PERSON_SORTS),
      search_term: text,
      search_title_only: flag,
      community_id: id,
    }).partial().extend(page),
    handle: ({ ctx }, input) => listPersons(ctx, input),
  }),
};
