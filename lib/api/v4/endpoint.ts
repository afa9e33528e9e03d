import type { z } from "zod";
import type { RateBucket, State } from "../../http/state.ts";
import type { Ctx } from "../../domain/context.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** What a handler is called with, beside its checked input. */
export interface Call {
  ctx: Ctx;
  state: State;
  request: Request;
  /** Headers of the answer. */
  headers: Headers;
}

/**
 * One endpoint of the API: a request schema, one domain operation, a typed answer. Rules live in
 * the operation; the endpoint only says how it is reached.
 */
export interface Endpoint<Request extends z.ZodObject, Answer> {
  method: Method;
  /** Path below the API's base. */
  path: `/${string}`;
  /** `user` refuses anonymous callers before anything else is looked at. */
  auth: "none" | "optional" | "user";
  /** Rate limit consumed in addition to `message`, which every request does. */
  bucket?: Bucket;
  /** Query of a GET or of an upload, JSON body of every other request. */
  request: Request;
  /** The body is a form with files, which the handler reads. */
  upload?: true;
  /** Further addresses of the endpoint, where client and server differ (accounts-and-site §1.6). */
  also?: readonly { method: Method; path: `/${string}` }[];
  handle(call: Call, input: z.output<Request>): Promise<Answer>;
}

export type Bucket = Exclude<RateBucket, "message">;

/** An endpoint whose types the table no longer needs. */
// deno-lint-ignore no-explicit-any
export type AnyEndpoint = Endpoint<any, unknown>;

/** Keeps the types of schema and answer, which the client's are compared with. */
export function endpoint<Request extends z.ZodObject, Answer>(
  definition: Endpoint<Request, Answer>,
): Endpoint<Request, Answer> {
  return definition;
}

export interface SuccessResponse {
  success: boolean;
}

export const SUCCESS: SuccessResponse = { success: true };
