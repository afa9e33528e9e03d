import type { Config } from "../../config/mod.ts";
import { type Ctx, query } from "../../domain/context.ts";
import { LemmyError } from "../../domain/errors.ts";
import { isConnectionError } from "../../db/connection.ts";
import { BodyError, readBody } from "../../http/body.ts";
import { isKnownType } from "../activities/receive.ts";
import { requireAccepts } from "../checks.ts";
import { type FedCtx, federationContext } from "../context.ts";
import { FederationError } from "../errors.ts";
import { hostOf, isLocalId, sameHost } from "../ids.ts";
import { markAlive } from "../instances.ts";
import { parseJson, storableJson } from "../json.ts";
import { BAN_IN_FORCE, type ResolvedActor } from "../lookup.ts";
import { checkUrl } from "../policy.ts";
import {
  type Envelope,
  envelope,
  isObject,
  read,
  typeOf,
} from "../protocol/mod.ts";
import { resolveActor } from "../resolve.ts";
import { errorAnswer } from "../serve/answer.ts";
import { checkDigest } from "../signatures/digest.ts";
import { pathOf, verifyByActor } from "../signatures/by_actor.ts";
import { placeOf } from "./lanes.ts";
import { hasWaiting, storeActivity } from "./store.ts";

/** Longest activity (§4.1). */
const MAX_BYTES = 1024 * 1024;
/** Milliseconds for one request: senders wait eight seconds and more. */
const TIMEOUT_MS = 7000;
const RETRY_AFTER_SECONDS = "30";

/** Refusals that another look at the same request could turn around (§4.3). */
const UNSIGNED = /^signature_/;

/**
 * Takes an activity of another server: verified and stored, then answered; what it says is carried
 * out afterwards (§4.2 steps 1–9).
 * @param stored called when there is something new to carry out
 */
export async function receiveActivity(
  context: Ctx,
  req: Request,
  stored: () => void,
): Promise<Response> {
  const isOpen = context.site.local_site.federation_enabled &&
    req.headers.get("content-type")?.startsWith("application/");
  if (!isOpen) return errorAnswer(404, "not_found");
  const ctx = federationContext(context);
  const log = ctx.log.module("inbox");
  let about = "";
  const abort = timeLimit();
  try {
    const body = await readBody(req, { limit: MAX_BYTES, timeout: TIMEOUT_MS });
    const work = verify(ctx, req, body, (id) => about = id);
    const answer = await Promise.race([work, abort.promise]);
    if (answer === null) {
      // What is fetched for it may go on, for the next attempt.
      work.catch(() => {});
      return unavailable("the sender's server takes too long");
    }
    if (answer instanceof Response) return answer;
    if (await answer()) stored();
    return new Response(null, { status: 202 });
  } catch (error) {
    if (isConnectionError(error)) return unavailable("the database is away");
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    log.info("activity refused", {
      id: about,
      error: (error as Error).message,
    });
    return refusal;
  } finally {
    abort.clear();
  }
}

function timeLimit(): { promise: Promise<null>; clear(): void } {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), TIMEOUT_MS);
  return { promise, clear: () => clearTimeout(timer) };
}

function unavailable(message: string): Response {
  const answer = errorAnswer(503, "unavailable", message);
  answer.headers.set("retry-after", RETRY_AFTER_SECONDS);
  return answer;
}

/** The answer to what is refused for a reason; null for what is our own fault. */
function refusalOf(error: unknown): Response | null {
  if (error instanceof BodyError) {
    return errorAnswer(error.status, "unreadable", error.detail);
  }
  if (error instanceof LemmyError) {
    return errorAnswer(400, error.code, error.detail);
  }
  if (!(error instanceof FederationError)) return null;
  if (error.transient) return unavailable(error.message);
  return errorAnswer(
    UNSIGNED.test(error.code) ? 401 : 400,
    error.code,
    error.detail,
  );
}

/** @returns what stores the activity, or the answer that refuses it at once */
async function verify(
  ctx: FedCtx,
  req: Request,
  body: Uint8Array,
  named: (id: string) => void,
): Promise<Response | (() => Promise<boolean>)> {
  checkDigest(req.headers, body);
  const text = decode(body);
  const json = parseJson(text);
  if (!isObject(json)) throw new FederationError("unreadable");
  const activity = read(envelope, json);
  named(activity.id);
  if (!isKnownType(activity.type)) {
    throw new FederationError("unknown_activity", activity.type);
  }
  if (!sameHost(activity.id, activity.actor)) {
    throw new FederationError("wrong_host", activity.id);
  }
  await checkUrl(ctx, activity.id);
  if (isLocalId(ctx.config, activity.id)) {
    throw new FederationError("local_object", activity.id);
  }
  const sender = await senderOf(ctx, activity);
  const { method, headers } = req;
  const request = { method, path: pathOf(req), headers, body };
  const actor = await verifyByActor(ctx, request, sender);
  const place = placeOf(ctx.config, json);
  const early = await earlyRefusal(ctx, activity, actor, place.related);
  if (early) return early;
  return async () => {
    const isNew = await storeActivity(ctx, {
      ap_id: activity.id,
      kind: kindOf(json),
      actor_ap_id: actor.ap_id,
      host: hostOf(actor.ap_id)!,
      data: storableJson(text, json),
      ...place,
    });
    await noteAlive(ctx, actor.instance_id);
    return isNew;
  };
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    throw new FederationError("unreadable", "is not UTF-8", { cause });
  }
}

function kindOf(json: Record<string, unknown>): string {
  const inner = isObject(json.object) ? typeOf(json.object) : "";
  return [typeOf(json), inner].filter((part) => part !== "")
    .join("/").slice(0, 100);
}

/** Persons, communities and multi-communities send; a site does not (§4.2 step 7). */
async function senderOf(
  ctx: FedCtx,
  { actor }: Envelope,
): Promise<ResolvedActor> {
  const found = await resolveActor(ctx, actor);
  if (found.kind === "site" || found.local) {
    throw new FederationError("wrong_type", `${actor} is no sender`);
  }
  return found;
}

/** Kinds of which a person banned here is told at once. */
const BANNED_KINDS = new Set(["Follow", "Create", "Like", "Dislike", "Flag"]);

/**
 * Two refusals that senders learn from (§4.2 step 8): nobody here follows the community, and the
 * person is banned here. Neither is given while something earlier may change that.
 */
async function earlyRefusal(
  ctx: FedCtx,
  { type }: Envelope,
  actor: ResolvedActor,
  related: readonly string[],
): Promise<Response | null> {
  if (type === "Announce" && actor.kind === "community") {
    try {
      await requireAccepts(ctx, actor);
      return null;
    } catch (error) {
      const alone = error instanceof FederationError &&
        error.code === "community_has_no_followers";
      if (!alone) throw error;
      if (await hasWaiting(ctx, related)) return null;
      return errorAnswer(400, error.code, actor.ap_id);
    }
  }
  if (!BANNED_KINDS.has(type) || actor.kind !== "person") return null;
  const banned = await query(
    ctx,
    `select from instance_actions where person_id = $1::int4 and instance_id = $2::int4
       and ${BAN_IN_FORCE}`,
    [actor.id, ctx.site.instance.id],
  );
  if (banned.length === 0 || await hasWaiting(ctx, [actor.ap_id])) return null;
  return Response.json({
    error: "site_ban",
    message: actor.ap_id,
    cause: "person_is_banned_from_site",
  }, { status: 400 });
}

/** When each instance was last noted as alive; of each worker, so that not every activity writes. */
const noted = new WeakMap<Config, Map<number, number>>();
const NOTED_MS = 3600_000;
const MAX_NOTED = 10_000;

async function noteAlive(ctx: Ctx, instanceId: number): Promise<void> {
  let times = noted.get(ctx.config);
  if (!times) noted.set(ctx.config, times = new Map());
  const now = ctx.now.getTime();
  if (now - (times.get(instanceId) ?? -Infinity) < NOTED_MS) return;
  if (times.size >= MAX_NOTED) times.clear();
  times.set(instanceId, now);
  await markAlive(ctx, instanceId);
}
