import { LemmyError } from "../../domain/errors.ts";
import { NotFoundElsewhere } from "../../domain/remote_lookup.ts";
import { BodyError } from "../../http/body.ts";

/** Codes that carry text; for all others clients compare the pair and want no `message` (§7.4). */
const WITH_MESSAGE = new Set([
  "unknown",
  "registration_denied",
  "plugin_error",
  "resolve_object_failed",
  "pictrs_response_error",
  "pictrs_purge_response_error",
  "pictrs_invalid_image_upload",
  "invalid_email_address",
]);

/**
 * PostgreSQL's `unique_violation`, `foreign_key_violation`, and `program_limit_exceeded`: a text too
 * long for the index that keeps it unique.
 */
const CONSTRAINT_CODES = new Set(["23505", "23503", "54000"]);

/** JSON body of an API error (accounts-and-site §7.1). */
interface ErrorBody {
  error: string;
  message?: string;
  cause?: string;
}

/**
 * The answer to a request that failed with a code of the API, or on a constraint that caught what
 * the operation could not see: `couldnt_create`, `couldnt_update`. Null for what only the
 * server can answer: a database that is away (503) and faults of ours (500, logged).
 */
export function errorResponse(
  request: Request,
  error: unknown,
): Response | null {
  if (error instanceof LemmyError) return fromCode(error);
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string" && CONSTRAINT_CODES.has(code)) {
    const creates = request.method === "POST";
    return fromCode(
      new LemmyError(creates ? "couldnt_create" : "couldnt_update"),
    );
  }
  return null;
}

function fromCode(error: LemmyError): Response {
  // Clients tell a failed look-up from a name that nobody has (content §3.4, §6.1).
  if (error instanceof NotFoundElsewhere) {
    const { detail, message } = error.reason;
    return fromCode(new LemmyError("unknown", { detail: detail ?? message }));
  }
  const body: ErrorBody = { error: error.code };
  if (WITH_MESSAGE.has(error.code)) body.message = error.detail ?? "";
  // What the framework refuses has no cause (§7.1).
  const raised = !(error instanceof BodyError) &&
    error.code !== "too_many_requests";
  if (raised) body.cause = camelCase(error.code);
  return Response.json(body, { status: error.status });
}

function camelCase(code: string): string {
  return code.split("_").map((word) => word[0].toUpperCase() + word.slice(1))
    .join("");
}
