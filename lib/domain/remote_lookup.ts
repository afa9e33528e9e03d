import type { Ctx } from "./context.ts";
import { LemmyError } from "./errors.ts";
import type { ResolveObjectView } from "./views.ts";

export type ObjectKind = ResolveObjectView["type_"];
export type ActorKind = "person" | "community" | "multi_community";

/** An object of ours, by kind and id. */
export interface FoundObject {
  kind: ObjectKind;
  id: number;
}

/**
 * The way from names and addresses to what other servers have (federation §7.1). What is found is
 * stored here.
 */
export interface RemoteLookup {
  /**
   * The object at an address.
   * @throws LemmyError `resolve_object_failed` with the cause as its detail
   */
  object(ctx: Ctx, address: string): Promise<FoundObject>;
  /**
   * The actor whom a host knows by a name, by WebFinger.
   * @param name.host with its port in the test mode of federation
   * @param options.kind of several of that name the one that is wanted
   * @param options.only whether no other kind will do
   * @throws LemmyError `resolve_object_failed` with the cause as its detail
   */
  actor(
    ctx: Ctx,
    name: { name: string; host: string },
    options: { kind?: ActorKind; only?: boolean },
  ): Promise<FoundObject>;
  /** Has an actor fetched anew in the background if it is a day old (federation §7.3). */
  refresh(
    ctx: Ctx,
    actor: { ap_id: string; local: boolean; last_refreshed_at: string },
  ): void;
}

/**
 * Whether the caller may cause requests to other servers: members do, and in the test mode of
 * federation everybody. Never in a transaction.
 */
export function mayLookElsewhere(
  ctx: Ctx,
): ctx is Ctx & { remote: RemoteLookup } {
  const { viewer, config, remote, db } = ctx;
  const member = viewer !== null && !viewer.banned;
  return remote !== undefined && !db.isTransaction &&
    (member || config.fastFederation);
}

/** An actor of another server who could not be had by a name: to pages somebody who is not there. */
export class NotFoundElsewhere extends LemmyError {
  /** @param reason why the look-up failed */
  constructor(readonly reason: LemmyError) {
    super("not_found", { cause: reason });
  }
}

/**
 * Id of the actor called `name@host` who is not known here yet, if the caller may have him looked
 * up.
 * @throws LemmyError `not_found`; NotFoundElsewhere when looking there has come to nothing
 */
export async function actorElsewhere(
  ctx: Ctx,
  kind: ActorKind,
  { name, domain }: { name: string; domain: string | null },
): Promise<number> {
  if (domain === null || !mayLookElsewhere(ctx)) {
    throw new LemmyError("not_found");
  }
  try {
    const found = await ctx.remote.actor(
      ctx,
      { name: name.toLowerCase(), host: domain },
      { kind, only: true },
    );
    return found.id;
  } catch (error) {
    if (!(error instanceof LemmyError)) throw error;
    throw new NotFoundElsewhere(error);
  }
}

/** Has a remote actor that is shown fetched anew if it is a day old and the caller is a member. */
export function refreshShown(
  ctx: Ctx,
  actor: { ap_id: string; local: boolean; last_refreshed_at: string },
): void {
  const federates = ctx.site.local_site.federation_enabled;
  if (!actor.local && federates && mayLookElsewhere(ctx)) {
    ctx.remote.refresh(ctx, actor);
  }
}

/**
 * The host of a name as instances are stored: without the port, which there is in the test mode of
 * federation only.
 */
export function instanceHost(
  { config }: Pick<Ctx, "config">,
  domain: string,
): string {
  return config.fastFederation ? domain.replace(/:\d+$/, "") : domain;
}
