import type { Config } from "../../config/mod.ts";
import { hostOf, isLocalId, PUBLIC } from "../ids.ts";
import { isObject, refOf, urls } from "../protocol/mod.ts";

/** Where an activity stands among those that wait (§4.2 step 10). */
export interface Place {
  /** Activities that share one of these are applied in the order of arrival. */
  lanes: string[];
  /** What it is about: community, actors and objects. */
  related: string[];
}

/** More objects are not told apart: no activity of the protocol has that many. */
const MAX_OBJECTS = 10;

type Json = Record<string, unknown>;

/** Kinds whose object is an actor that many act on at the same time. */
const OF_ACTORS = new Set(["Follow", "Accept", "Reject"]);

/**
 * Finds the place of an activity by what it says itself, without asking the database: what one host
 * delivers of one community is in order, outside of communities what it delivers of one actor, and
 * whatever concerns one object.
 * @param activity an activity with an `actor`
 */
export function placeOf(
  config: Pick<Config, "hostname">,
  activity: Json,
): Place {
  const actor = refOf(activity.actor)!;
  const chain = chainOf(activity);
  const community = communityOf(config, chain);
  const objects = objectsOf(chain);
  const host = hostOf(actor) ?? "";
  const actors = chain.flatMap((part) => refOf(part.actor) ?? []);
  return {
    lanes: [
      community === null ? `actor ${actor}` : `${host} ${community}`,
      ...objects.map((id) => `object ${id}`),
    ],
    related: [
      ...new Set([
        ...community === null ? [] : [community],
        ...actors,
        ...objects,
        ...chain.flatMap((part) => refOf(part.inReplyTo) ?? []),
      ]),
    ],
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

/** What all of it comes down to: a post, a comment, a person; none where that is an actor. */
function objectsOf(chain: readonly Json[]): string[] {
  const last = chain.at(-1)!;
  if (chain.some(({ type }) => OF_ACTORS.has(String(type)))) return [];
  const isObjectItself = last.object === undefined && chain.length > 1;
  const found = isObjectItself ? last.id : last.object;
  return [found].flat().slice(0, MAX_OBJECTS).flatMap((id) => refOf(id) ?? []);
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
