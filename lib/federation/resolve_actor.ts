import type { Config } from "../config/mod.ts";
import { query } from "../domain/context.ts";
import type { FedCtx } from "./context.ts";
import { FederationError } from "./errors.ts";
import { fetchObject, webfinger } from "./fetch.ts";
import { hostOf, isLocalId } from "./ids.ts";
import { ensureInstance } from "./instances.ts";
import {
  lookUpActor,
  lookUpCommunity,
  lookUpFeed,
  lookUpPerson,
  lookUpPostOrComment,
  lookUpSite,
  type ResolvedActor,
  type ResolvedCommunity,
  type ResolvedFeed,
  type ResolvedPerson,
  type ResolvedSite,
} from "./lookup.ts";
import { storeFeed, verifyFeed } from "./objects/received_feed.ts";
import { storeGroup, verifyGroup } from "./objects/received_group.ts";
import { storePerson, verifyPerson } from "./objects/received_person.ts";
import { storeSite, verifySite } from "./objects/received_site.ts";
import { feed, group, person, read, site } from "./protocol/mod.ts";

/** Age of an actor that is fetched anew when it is needed (§7.3). */
const MAX_AGE_MS = 24 * 3600_000;
const MAX_AGE_TEST_MS = 20_000;
/** An actor is fetched anew no sooner than this after the last try, whatever the reason. */
const RETRY_MS = 10 * 60_000;
const REMEMBERED = 10_000;

/** When each actor or site was last asked for; of each process or worker. */
const attempts = new WeakMap<Config, Map<string, number>>();

/** Whether it is time for another attempt, which then counts as made. */
function mayTry(ctx: FedCtx, id: string): boolean {
  let made = attempts.get(ctx.config);
  if (!made) attempts.set(ctx.config, made = new Map());
  const pause = ctx.config.fastFederation ? MAX_AGE_TEST_MS : RETRY_MS;
  const now = ctx.now.getTime();
  if (now - (made.get(id) ?? -Infinity) < pause) return false;
  if (made.size >= REMEMBERED) made.clear();
  made.set(id, now);
  return true;
}

/**
 * The instance of a host, whose site is fetched when it is not known yet; one without a site, or
 * that does not answer now, is none the less an instance.
 * @param id of an actor on the host
 */
export async function instanceOf(ctx: FedCtx, id: string): Promise<number> {
  const instance = await ensureInstance(ctx, hostOf(id)!);
  const root = new URL("/", id).href;
  if (await lookUpSite(ctx, root) === null && mayTry(ctx, root)) {
    try {
      await fetchActor(ctx, root);
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
      ctx.log.debug("a site cannot be fetched", { root, error: error.message });
    }
  }
  return instance;
}

/**
 * Fetches an actor and stores it.
 * @throws FederationError those of `fetchObject`, `unreadable`, `wrong_type`
 */
async function fetchActor(ctx: FedCtx, id: string): Promise<ResolvedActor> {
  let json: Record<string, unknown>;
  try {
    ({ json } = await fetchObject(ctx, id));
  } catch (error) {
    // A redirect to one of ours: the database has it.
    if (error instanceof FederationError && error.code === "local_object") {
      const own = await lookUpActor(ctx, error.detail!);
      if (own) return own;
      throw new FederationError("not_found", error.detail);
    }
    throw error;
  }
  await receiveActor(ctx, json);
  const stored = json.type === "Application"
    ? await lookUpSite(ctx, String(json.id))
    : await lookUpActor(ctx, String(json.id));
  if (!stored) throw new FederationError("not_found", id);
  return stored;
}

/** Stores an actor that was found under its own id. */
async function receiveActor(
  ctx: FedCtx,
  json: Record<string, unknown>,
): Promise<void> {
  const expectedHost = hostOf(String(json.id));
  const from = { expectedHost };
  switch (json.type) {
    case "Person":
    case "Service":
    case "Organization":
      await storePerson(ctx, await verifyPerson(ctx, read(person, json), from));
      return;
    case "Group":
      await storeGroup(ctx, await verifyGroup(ctx, read(group, json), from));
      return;
    case "Feed":
      await storeFeed(ctx, await verifyFeed(ctx, read(feed, json), from));
      return;
    case "Application":
      await storeSite(ctx, await verifySite(ctx, read(site, json), from));
      return;
    default:
      throw new FederationError("wrong_type", `${json.id} is no actor`);
  }
}

/** Whether an actor has become too old to be used without asking. */
export function isStale(
  ctx: Pick<FedCtx, "config" | "now">,
  actor: { local: boolean; last_refreshed_at: string },
): boolean {
  const maxAge = ctx.config.fastFederation ? MAX_AGE_TEST_MS : MAX_AGE_MS;
  return !actor.local &&
    ctx.now.getTime() - Date.parse(actor.last_refreshed_at) > maxAge;
}

/**
 * Fetches a known actor anew if it is old. One that cannot be fetched is used as it is; one that is
 * gone is marked deleted.
 * @param options.force whatever its age, as when its key does not fit any more
 * @returns the actor, fetched anew or not: never more often than every ten minutes
 */
export async function refreshActor(
  ctx: FedCtx,
  id: string,
  options: { force?: boolean } = {},
): Promise<ResolvedActor> {
  const known = await lookUpActor(ctx, id);
  if (!known) throw new FederationError("not_found", id);
  return await refreshed(ctx, known, options);
}

async function refreshed<A extends ResolvedActor>(
  ctx: FedCtx,
  actor: A,
  options: { force?: boolean } = {},
): Promise<A> {
  if (actor.local || !(options.force || isStale(ctx, actor))) return actor;
  if (ctx.db.isTransaction || !mayTry(ctx, actor.ap_id)) return actor;
  try {
    const fresh = await fetchActor(ctx, actor.ap_id);
    return fresh.kind === actor.kind ? fresh as A : actor;
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    ctx.log.debug("an actor cannot be fetched anew", {
      id: actor.ap_id,
      error: error.message,
    });
    if (error.code !== "deleted") return actor;
    return await markDeleted(ctx, actor);
  }
}

async function markDeleted<A extends ResolvedActor>(
  ctx: FedCtx,
  actor: A,
): Promise<A> {
  if (actor.kind !== "person" && actor.kind !== "community") return actor;
  await query(
    ctx,
    `update ${actor.kind} set deleted = true, last_refreshed_at = $2::timestamptz
     where id = $1::int4 and not local`,
    [actor.id, ctx.now.toISOString()],
  );
  return { ...actor, deleted: true };
}

/** The actor of an id, whatever its kind: from the database, else from its server. */
async function resolve<A extends ResolvedActor>(
  ctx: FedCtx,
  id: string,
  lookUp: (ctx: FedCtx, id: string) => Promise<A | null>,
  kind: A["kind"] | null,
): Promise<A> {
  const known = await lookUp(ctx, id);
  if (known) return await refreshed(ctx, known);
  if (isLocalId(ctx.config, id)) throw new FederationError("not_found", id);
  // Known as something else it would be fetched in vain.
  const other = await lookUpActor(ctx, id) ??
    await lookUpPostOrComment(ctx, id);
  if (other) {
    // Stored meanwhile by whoever asked for it at the same time.
    if (kind === null || other.kind === kind) return other as A;
    throw new FederationError("wrong_type", `${id} is a ${other.kind}`);
  }
  const fetched = await fetchActor(ctx, id);
  if (kind !== null && fetched.kind !== kind) {
    throw new FederationError("wrong_type", `${id} is no ${kind}`);
  }
  return fetched as A;
}

/**
 * A person by id; fetched if unknown, and anew if a day old.
 * @throws FederationError `not_found`, `wrong_type`, those of fetching and checking
 */
export function resolvePerson(ctx: FedCtx, id: string) {
  return resolve<ResolvedPerson>(ctx, id, lookUpPerson, "person");
}

/** A community, as `resolvePerson`. */
export function resolveCommunity(ctx: FedCtx, id: string) {
  return resolve<ResolvedCommunity>(ctx, id, lookUpCommunity, "community");
}

/** A multi-community, as `resolvePerson`. */
export function resolveFeed(ctx: FedCtx, id: string) {
  return resolve<ResolvedFeed>(ctx, id, lookUpFeed, "multi_community");
}

/** The site that an address is on, as `resolvePerson`. */
export function resolveSite(ctx: FedCtx, address: string) {
  return resolve<ResolvedSite>(ctx, address, lookUpSite, "site");
}

/** An actor of any kind, as `resolvePerson`. */
export function resolveActor(ctx: FedCtx, id: string) {
  return resolve<ResolvedActor>(ctx, id, lookUpActor, null);
}

/**
 * The actor that a host knows by a name, by WebFinger (§7.6).
 * @param options.kind of several of that name the one that is wanted
 * @param options.only whether no other kind will do
 * @throws FederationError `not_found`, those of fetching
 */
export async function resolveName(
  ctx: FedCtx,
  { name, host }: { name: string; host: string },
  { kind, only }: {
    kind?: "person" | "community" | "multi_community";
    only?: boolean;
  } = {},
): Promise<ResolvedActor> {
  let failure: FederationError | undefined;
  let other: ResolvedActor | undefined;
  for (const id of await webfinger(ctx, name, host)) {
    try {
      const actor = await resolveActor(ctx, id);
      if (kind === undefined || actor.kind === kind) return actor;
      other ??= actor;
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
      failure ??= error;
    }
  }
  if (other && !only) return other;
  throw failure ?? new FederationError("not_found", `${name}@${host}`);
}
