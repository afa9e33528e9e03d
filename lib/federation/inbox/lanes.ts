import type { Config } from "../../config/mod.ts";
import { hostOf, isLocalId, PUBLIC } from "../ids.ts";
import type { Touching } from "../order.ts";
import { isObject, refOf, typeOf, urls } from "../protocol/mod.ts";

/**
 * Where an activity stands among those that wait (§4.2 step 10): whatever changes something comes
 * after all that arrived before and concern the same.
 */
export interface Place extends Touching {
  changes: string[];
  needs: string[];
  /** What it is about: community, actors and objects. */
  related: string[];
}

/** More objects are not told apart: no activity of the protocol has that many. */
const MAX_OBJECTS = 10;

type Json = Record<string, unknown>;

const VOTES = new Set(["Like", "Dislike"]);
const PUBLICATIONS = new Set(["Create", "Update"]);
/** Updates of these change what others go by. */
const ACTORS = new Set(["Group", "Feed", "Person", "Service", "Organization"]);

/**
 * Finds the place of an activity by what it says itself, without asking the database. What one host
 * delivers of one community is in order, outside of communities what it delivers of one actor, and
 * whatever concerns one object; votes, and posts and comments as such, need not wait for each other
 * for that, only for what changes the standing of somebody in the community.
 * @param activity an activity with an `actor`
 */
export function placeOf(
  config: Pick<Config, "hostname">,
  activity: Json,
): Place {
  const sender = refOf(activity.actor)!;
  const chain = chainOf(activity);
  const community = communityOf(config, chain);
  const scope = community === null
    ? `actor ${sender}`
    : `${hostOf(sender) ?? ""} ${community}`;
  const act = actOf(chain);
  const objects = objectsOf(act);
  const actor = refOf(act.actor) ?? sender;
  const parent = isObject(act.object) ? refOf(act.object.inReplyTo) : undefined;
  return {
    ...keysOf(act, scope, actor, objects, parent),
    related: [
      ...new Set([
        ...community === null ? [] : [community],
        ...chain.flatMap((part) => refOf(part.actor) ?? []),
        ...objects,
        ...parent === undefined ? [] : [parent],
      ]),
    ],
  };
}

function keysOf(
  act: Json,
  scope: string,
  actor: string,
  objects: readonly string[],
  parent: string | undefined,
): Touching & { changes: string[]; needs: string[] } {
  const type = typeOf(act);
  const standing = [scope, `actor ${actor}`];
  const touched = objects.map((id) => `object ${id}`);
  if (VOTES.has(type)) {
    return {
      changes: touched.map((key) => `vote ${actor} ${key}`),
      needs: [...standing, ...touched],
    };
  }
  const isContent = PUBLICATIONS.has(type) && isObject(act.object) &&
    !ACTORS.has(typeOf(act.object));
  // An owner's Delete; a moderator's may take everything below with it.
  const isOwn = type === "Delete" && (act.summary ?? null) === null &&
    refOf(act.object) !== actor;
  if (isContent || isOwn) {
    return {
      changes: touched,
      needs: parent === undefined
        ? standing
        : [...standing, `object ${parent}`],
    };
  }
  return {
    changes: [
      scope,
      ...touched,
      // Whoever is banned does nothing more meanwhile.
      ...type === "Block" ? objects.map((id) => `actor ${id}`) : [],
    ],
    needs: [`actor ${actor}`],
  };
}

/** The activity, what is in it, and what is in that. */
function chainOf(activity: Json): Json[] {
  const chain: Json[] = [];
  for (
    let part: unknown = activity;
    isObject(part) && chain.length < 4;
    part = part.object
  ) chain.push(part);
  return chain;
}

const WRAPPERS = new Set(["Announce", "Undo"]);

/** What is announced or undone. */
function actOf(chain: readonly Json[]): Json {
  const found = chain.find((part) => !WRAPPERS.has(typeOf(part)));
  return found ?? chain.at(-1)!;
}

/** Kinds whose object is an actor that many act on at the same time. */
const OF_ACTORS = new Set(["Follow", "Accept", "Reject"]);

function objectsOf(act: Json): string[] {
  if (OF_ACTORS.has(typeOf(act))) return [];
  return [act.object].flat().slice(0, MAX_OBJECTS).flatMap((id) =>
    refOf(id) ?? []
  );
}

/** The community that it says it is of. */
function communityOf(
  config: Pick<Config, "hostname">,
  chain: readonly Json[],
): string | null {
  if (chain[0].type === "Announce") return refOf(chain[0].actor) ?? null;
  for (const { audience } of chain) {
    const id = refOf(audience);
    if (id !== undefined) return id;
  }
  for (const { to, cc } of chain) {
    for (const id of [...recipients(to), ...recipients(cc)]) {
      if (isLocalId(config, id) && /\/c\/[^/]+$/.test(id)) return id;
    }
  }
  return null;
}

function recipients(value: unknown): string[] {
  const read = urls.safeParse(value);
  return read.success ? read.data.filter((id) => id !== PUBLIC) : [];
}
