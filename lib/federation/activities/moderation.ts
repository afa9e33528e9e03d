import { query } from "../../domain/context.ts";
import type { ModActionData } from "../../domain/modlog/record.ts";
import type { ModlogKind } from "../../domain/views.ts";
import type { StoredEvent } from "../../jobs/event_consumer.ts";
import { sendSiteBlock } from "./block.ts";
import type { Building } from "./building.ts";
import { sendCommunityPurge, sendRemoval } from "./deletion.ts";
import {
  type Activity,
  activityIn,
  activityOf,
  direct,
  isLocalOnly,
  sendInCommunity,
  type Sending,
  type SentCommunity,
  undoOf,
} from "./sending.ts";
import type { Doer, Subject } from "./subject.ts";

/** What moderators and admins did, by the entry of the modlog that tells it. */

interface Entry {
  kind: ModlogKind;
  is_revert: boolean;
  reason: string;
  expires_at: string | null;
  target_instance_id: number | null;
  /** The person concerned. */
  target: string | null;
  /** Null for persons of this site. */
  target_inbox: string | null;
}

interface Act {
  entry: Entry;
  data: ModActionData;
  person: Doer;
  /** Of the person concerned, if that one is elsewhere. */
  inboxes: string[];
}

/** The activities of a moderator's or admin's action. */
export async function sendModAction(
  ctx: Building,
  event: StoredEvent,
  subject: Subject,
): Promise<Sending[]> {
  const { person, community } = subject;
  const data = event.data as ModActionData;
  // What is below a removed item goes with it; what hides only here concerns nobody else.
  if (!person?.local || data.part || data.here_only) return [];
  const entry = await readEntry(ctx, data.modlog_id);
  if (!entry) return [];
  const { target_inbox } = entry;
  const act: Act = {
    entry,
    data,
    person,
    inboxes: target_inbox === null ? [] : [target_inbox],
  };
  switch (entry.kind) {
    case "admin_ban":
    case "admin_purge_person":
      return await sendSiteBan(ctx, act);
    case "admin_purge_community": {
      const { community } = data.purged!;
      return community
        ? sendCommunityPurge(ctx, person, community, entry.reason)
        : [];
    }
  }
  return community ? sendFromCommunity(ctx, act, community, subject) : [];
}

/** The entry; none when it went with what it was about, whose purge is sent by itself. */
async function readEntry(ctx: Building, id: number): Promise<Entry | null> {
  const [row] = await query<Entry>(
    ctx,
    `select m.kind, m.is_revert, coalesce(m.reason, '') as reason, m.expires_at,
       m.target_instance_id, t.ap_id as target,
       case when not t.local then t.inbox_url end as target_inbox
     from modlog m left join person t on t.id = m.target_person_id where m.id = $1::int4`,
    [id],
  );
  return row ?? null;
}

async function sendSiteBan(
  ctx: Building,
  { entry, data, person, inboxes }: Act,
): Promise<Sending[]> {
  const target = data.purged?.ap_id ?? entry.target;
  const ours = data.purged !== undefined ||
    entry.target_instance_id === ctx.site.instance.id;
  if (!ours || target === null) return [];
  return await sendSiteBlock(ctx, person.ap_id, target, {
    undone: entry.is_revert,
    reason: entry.reason,
    endTime: entry.expires_at,
    data: data.purged !== undefined || data.remove_or_restore_data === true,
    inboxes,
  });
}

function sendFromCommunity(
  ctx: Building,
  act: Act,
  community: SentCommunity,
  { post, comment }: Subject,
): Sending[] {
  const { entry, data, person, inboxes } = act;
  const { is_revert, reason } = entry;
  const remove = (object: string | undefined, withReplies?: boolean) =>
    object === undefined ? [] : sendRemoval(ctx, person, community, object, {
      undone: is_revert,
      removal: { reason, withReplies },
    });
  switch (entry.kind) {
    case "mod_remove_post":
      return remove(post?.ap_id, data.remove_children ?? false);
    case "mod_remove_comment":
      return remove(comment?.ap_id, data.remove_children ?? false);
    case "admin_remove_community":
      // Of another server's community only the copy here is concerned.
      return community.local ? remove(community.ap_id) : [];
    case "admin_purge_post":
    case "admin_purge_comment":
      return remove(data.purged?.ap_id, false);
    case "mod_lock_post":
      return sendLock(ctx, act, community, post?.ap_id);
    case "mod_lock_comment":
      return sendLock(ctx, act, community, comment?.ap_id);
    case "mod_feature_post_community":
      return sendCollectionChange(ctx, act, community, {
        type: is_revert ? "Remove" : "Add",
        object: post?.ap_id,
        target: community.featured_url,
      });
    case "mod_add_to_community":
      // "Revert" stands for the appointment in entries of this kind.
      return sendCollectionChange(ctx, act, community, {
        type: is_revert ? "Add" : "Remove",
        object: entry.target ?? undefined,
        target: community.moderators_url,
        inboxes,
      });
    case "mod_ban_from_community":
      return sendCommunityBlock(ctx, act, community);
    case "mod_warn_post":
      return sendWarning(ctx, act, community, post?.ap_id);
    case "mod_warn_comment":
      return sendWarning(ctx, act, community, comment?.ap_id);
    default:
      return [];
  }
}

/** §3.11 */
function sendLock(
  ctx: Building,
  { entry, person }: Act,
  community: SentCommunity,
  object: string | undefined,
): Sending[] {
  if (object === undefined) return [];
  const { reason: summary } = entry;
  const lock = activityIn(ctx, community, "Lock", person.ap_id, {
    object,
    summary,
  });
  const activity = entry.is_revert ? undoOf(ctx, lock, { summary }) : lock;
  return sendInCommunity(ctx, activity, { community });
}

/** Add and Remove of a moderator or a pinned post (§3.10). */
function sendCollectionChange(
  ctx: Building,
  { person }: Act,
  community: SentCommunity,
  { type, object, target, inboxes }: {
    type: "Add" | "Remove";
    object: string | undefined;
    target: string | null;
    inboxes?: string[];
  },
): Sending[] {
  if (object === undefined || target === null) return [];
  const activity = activityIn(ctx, community, type, person.ap_id, {
    object,
    target,
  });
  return sendInCommunity(ctx, activity, { community, inboxes });
}

/** A ban from a community (§3.9). */
function sendCommunityBlock(
  ctx: Building,
  { entry, data, person, inboxes }: Act,
  community: SentCommunity,
): Sending[] {
  const changesData = data.remove_or_restore_data ?? false;
  const block = activityIn(ctx, community, "Block", person.ap_id, {
    object: entry.target,
    target: community.ap_id,
    removeData: entry.is_revert ? undefined : changesData,
    summary: entry.reason,
    endTime: entry.expires_at,
  });
  const activity: Activity = entry.is_revert
    ? undoOf(ctx, block, { restoreData: changesData })
    : block;
  return sendInCommunity(ctx, activity, { community, inboxes });
}

/** A warning goes to the author's server alone (§3.13). */
function sendWarning(
  ctx: Building,
  { entry, person, inboxes }: Act,
  community: SentCommunity,
  object: string | undefined,
): Sending[] {
  if (object === undefined || isLocalOnly(community.visibility)) {
    return [];
  }
  const activity = activityOf(ctx, "Warn", person.ap_id, {
    to: [entry.target],
    object,
    summary: entry.reason,
    audience: community.ap_id,
  });
  return direct(activity, inboxes);
}
