import { CONTEXT } from "../ids.ts";
import { type Json } from "../objects/send.ts";
import { tombstone } from "../objects/tombstone.ts";

/** Answers to other servers (§1.5, §1.6). */

const TYPE = "application/activity+json";

/**
 * A document.
 * @param options.secret is not for everybody, and not to be kept by anybody
 */
export function documentAnswer(
  object: Json,
  options: { secret?: boolean } = {},
): Response {
  return Response.json({ "@context": CONTEXT, ...object }, {
    headers: {
      "content-type": TYPE,
      vary: "Accept",
      "cache-control": options.secret ? "no-store" : "public, max-age=0",
    },
  });
}

/** What is left of a thing of ours that is gone. */
export function gone(id: string): Response {
  return Response.json({ "@context": CONTEXT, ...tombstone(id) }, {
    status: 410,
    headers: {
      "content-type": TYPE,
      vary: "Accept",
      "cache-control": "no-store",
    },
  });
}

/** Things of other servers are to be had there. */
export function elsewhere(id: string): Response {
  return new Response(null, { status: 308, headers: { location: id } });
}

/** An error in the shape of the API. */
export function errorAnswer(
  status: number,
  error: string,
  message?: string,
): Response {
  return Response.json({ error, message }, {
    status,
    headers: { "cache-control": "no-store" },
  });
}

export function notFound(): Response {
  return errorAnswer(404, "not_found");
}
