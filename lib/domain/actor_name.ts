/**
 * Splits `name`, `name@host`, `!name@host` or `@name@host`; a host that is this server's own
 * counts as none. Names and hosts compare without case (accounts-and-site §10.7).
 */
export function parseActorName(
  text: string,
  hostname: string,
): { name: string; domain: string | null } {
  const bare = text.replace(/^[!@]/, "");
  const at = bare.indexOf("@");
  if (at < 0) return { name: bare, domain: null };
  const domain = bare.slice(at + 1).toLowerCase();
  return {
    name: bare.slice(0, at),
    domain: domain === hostname.toLowerCase() ? null : domain,
  };
}

const KIND_PATHS = { person: "u", community: "c", multi_community: "m" };

/** Id of an actor of this site; what is not ASCII is percent-encoded, as in any URL. */
export function localActorId(
  { origin }: { origin: string },
  kind: keyof typeof KIND_PATHS,
  name: string,
): string {
  return new URL(`${origin}/${KIND_PATHS[kind]}/${name}`).href;
}

/** Where an actor lives: the host of its ActivityPub id, with the port if there is one. */
export function actorHost(actor: { ap_id: string }): string {
  return new URL(actor.ap_id).host;
}

/** `name` of a local actor, `name@host` of a remote one: as used in page addresses. */
export function actorHandle(
  actor: { name: string; ap_id: string; local: boolean },
): string {
  return actor.local ? actor.name : `${actor.name}@${actorHost(actor)}`;
}
