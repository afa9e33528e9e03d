import { query } from "../../domain/context.ts";
import {
  OutgoingError,
  type OutgoingResponse,
} from "../../http/guarded_client.ts";
import type { JobContext } from "../../jobs/job.ts";
import { keyId } from "../ids.ts";
import { Recent } from "../recent.ts";
import { sendSigned } from "../signed_request.ts";
import { bodyOf, type SentActivity } from "./log.ts";

/** Milliseconds that a server has for its answer (§5.3). */
const TIMEOUT_MS = 125_000;
/** Of the answer's body as much is read as makes the connection usable again. */
const MAX_ANSWER = 16 * 1024;
/** Milliseconds that the body may take once the status is known: one that drips holds up a slot. */
const ANSWER_MS = 1000;
const KEYS = 2000;

/** What came of a delivery to one inbox (§5.3). */
export type Outcome =
  /** Taken, or refused for good: the next one. */
  | { kind: "done"; refused?: string }
  /** To be tried again; `retryAfter` as the answer says it. */
  | { kind: "failed"; reason: string; retryAfter: string | null };

const TABLES = {
  site: "site",
  community: "community",
  person: "person",
  multi_community: null,
} as const;

/** An answer's body; the status counts even when the rest never comes. */
async function textOf(response: OutgoingResponse): Promise<string> {
  const timer = setTimeout(() => response.discard(), ANSWER_MS);
  try {
    return await response.text();
  } catch (error) {
    if (error instanceof OutgoingError) return "";
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Posts activities in the names of their actors. */
export class Poster {
  #keys = new Recent<string, Promise<string | null>>(KEYS);

  constructor(private readonly context: Omit<JobContext, "now">) {}

  /**
   * Posts an activity to an inbox.
   * @throws what is our own fault, so that another attempt would not help
   */
  async post(
    activity: SentActivity,
    inbox: string,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const signer = {
      keyId: keyId(activity.actor_apub_id),
      privateKeyPem: await this.#keyOf(activity),
    };
    try {
      const response = await sendSigned(this.context, inbox, signer, {
        method: "POST",
        headers: { "content-type": "application/activity+json" },
        body: bodyOf(activity),
        timeout: TIMEOUT_MS,
        maxBytes: MAX_ANSWER,
        truncate: true,
        signal,
      });
      const { status, headers } = response;
      const answer = await textOf(response);
      if (status >= 200 && status < 300) return { kind: "done" };
      const reason = `status ${status}: ${answer.slice(0, 200)}`;
      return status >= 400 && status < 500 && status !== 408 && status !== 429
        ? { kind: "done", refused: reason }
        : {
          kind: "failed",
          reason,
          retryAfter: headers.get("retry-after"),
        };
    } catch (error) {
      if (!(error instanceof OutgoingError)) throw error;
      return { kind: "failed", reason: error.message, retryAfter: null };
    }
  }

  async #keyOf({ actor_apub_id, actor_type }: SentActivity): Promise<string> {
    const pem = await this.#keys.get(actor_apub_id, async () => {
      const table = TABLES[actor_type];
      const [row] = await query<{ private_key: string | null }>(
        this.context,
        table
          ? `select private_key from ${table} where lower(ap_id) = lower($1)`
          // Feeds sign with the site's key (§6.1).
          : `select s.private_key from multi_community m, local_site l
             join site s on s.id = l.site_id where lower(m.ap_id) = lower($1)`,
        [actor_apub_id],
      );
      return row?.private_key ?? null;
    });
    if (pem === null) {
      this.#keys.delete(actor_apub_id);
      throw new Error(`${actor_apub_id} has no private key`);
    }
    return pem;
  }
}
