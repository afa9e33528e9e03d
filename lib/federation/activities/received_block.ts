import {
  applyCommunityBan,
  applyInstanceBan,
} from "../../domain/moderation/ban.ts";
import { addBulkTask } from "../../domain/moderation/bulk_task.ts";
import { requireAudience, requireVisible } from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { PUBLIC, sameHost } from "../ids.ts";
import {
  lookUpCommunity,
  lookUpPerson,
  type ResolvedCommunity,
  type ResolvedPerson,
} from "../lookup.ts";
import { block, read } from "../protocol/mod.ts";
import { resolveObject, resolvePerson, resolveSite } from "../resolve.ts";
import {
  actingAs,
  type Effect,
  type Incoming,
  moderatorOf,
  type Opened,
  reasonOf,
  type Undoing,
} from "./received.ts";

/** Block and its Undo (§3.9): from a community, or from the whole site that says so. */

/** The Undo around a Block, whose own recipients count too. */
export interface BlockUndo extends Undoing {
  to: string[];
  cc: string[];
  restoreData: boolean;
}

type Block = ReturnType<typeof readBlock>;

function readBlock({ json }: Incoming) {
  return read(block, json);
}

export function openBlock(ctx: FedCtx, activity: Incoming): Promise<Opened> {
  return open(ctx, activity, null);
}

export function openBlockUndo(
  ctx: FedCtx,
  activity: Incoming,
  undoing: BlockUndo,
): Promise<Opened> {
  return open(ctx, activity, undoing);
}

async function open(
  ctx: FedCtx,
  activity: Incoming,
  undoing: BlockUndo | null,
): Promise<Opened> {
  const given = readBlock(activity);
  const community = await communityTarget(ctx, given.target);
  return community
    ? openInCommunity(ctx, given, community, undoing)
    : openOnSite(ctx, given, activity.announcer, undoing);
}

/** Null for a site. */
async function communityTarget(
  ctx: FedCtx,
  target: string,
): Promise<ResolvedCommunity | null> {
  const known = await lookUpCommunity(ctx, target);
  if (known) return known;
  if (new URL(target).pathname === "/") return null;
  const found = await resolveObject(ctx, target);
  if (found.kind === "community") return found;
  if (found.kind === "site") return null;
  throw new FederationError("wrong_type", target);
}

/** The banned person, whom nobody fetches. `not_found` */
async function bannedPerson(
  ctx: FedCtx,
  { object }: Block,
): Promise<ResolvedPerson> {
  const person = await lookUpPerson(ctx, object);
  if (!person) throw new FederationError("not_found", object);
  return person;
}

function termsOf(given: Block, undoing: BlockUndo | null, personId: number) {
  return {
    person_id: personId,
    ban: undoing === null,
    reason: reasonOf(given.summary),
    remove_or_restore_data: undoing === null
      ? given.removeData ?? false
      : undoing.restoreData,
  };
}

function endOf(given: Block): string | null {
  return given.endTime ?? given.expires ?? null;
}

function openInCommunity(
  ctx: FedCtx,
  given: Block,
  community: ResolvedCommunity,
  undoing: BlockUndo | null,
): Opened {
  return {
    community,
    async verify() {
      requireAudience(given.audience, community);
      requireVisible(community, given.to, given.cc);
      if (undoing) requireVisible(community, undoing.to, undoing.cc);
      const known = await lookUpPerson(ctx, given.object);
      const moderator = await moderatorOf(
        ctx,
        undoing?.actor ?? given.actor,
        community,
        { object: given.object, rule2: true, target: known?.id },
      );
      const person = await bannedPerson(ctx, given);
      const terms = {
        ...termsOf(given, undoing, person.id),
        community_id: community.id,
      };
      return async (ctx) =>
        await applyCommunityBan(
          await actingAs(ctx, moderator),
          terms,
          endOf(given),
        );
    },
  };
}

function openOnSite(
  ctx: FedCtx,
  given: Block,
  announcer: string | null,
  undoing: BlockUndo | null,
): Opened {
  return {
    community: null,
    async verify() {
      if (announcer !== null) {
        throw new FederationError("wrong_community", announcer);
      }
      for (const { to, cc } of undoing ? [given, undoing] : [given]) {
        if (!to.includes(PUBLIC) && !cc.includes(PUBLIC)) {
          throw new FederationError("object_is_not_public");
        }
      }
      const site = await resolveSite(ctx, given.target);
      const actor = undoing?.actor ?? given.actor;
      if (site.local || !sameHost(actor, site.ap_id)) {
        throw new FederationError("not_a_mod_or_admin", actor);
      }
      const admin = await resolvePerson(ctx, actor);
      const person = await bannedPerson(ctx, given);
      const terms = termsOf(given, undoing, person.id);
      return siteBan(admin, person, site.instance_id, terms, endOf(given));
    },
  };
}

/**
 * A ban by the person's own server reaches everything they wrote, one by another server what is in
 * that server's communities, where the modlog tells of the ban alone.
 */
function siteBan(
  admin: ResolvedPerson,
  person: ResolvedPerson,
  instance_id: number,
  terms: ReturnType<typeof termsOf>,
  expiresAt: string | null,
): Effect {
  return async (ctx) => {
    const acting = await actingAs(ctx, admin.id);
    const modlog_id = await applyInstanceBan(
      acting,
      { ...terms, instance_id },
      expiresAt,
    );
    if (!terms.remove_or_restore_data) return;
    const home = person.instance_id === instance_id;
    await addBulkTask(acting, {
      kind: terms.ban ? "remove_data" : "restore_data",
      person_id: person.id,
      instance_id,
      everywhere: home,
      modlog_id: home ? modlog_id : undefined,
    });
  };
}
