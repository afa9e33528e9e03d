import { requireViewer } from "../account/session.ts";
import { type Ctx, query } from "../context.ts";
import type { CommunityVisibility, ModlogKind } from "../views.ts";

/** An entry of the modlog; the table refuses a kind with other targets than its own (§4.3). */
export interface ModlogEntry {
  kind: ModlogKind;
  /** Undone; for `admin_add` and `mod_add_to_community` alone it means "appointed". */
  is_revert?: boolean;
  reason?: string;
  expires_at?: string | null;
  target_person_id?: number | null;
  target_community_id?: number;
  target_post_id?: number;
  target_comment_id?: number;
  target_instance_id?: number;
  /** The ban whose data removal makes this entry. */
  bulk_action_parent_id?: number;
}

/** Kinds whose target person is told of them (moderation-and-operations §2.8). */
export const NOTIFYING_KINDS: readonly ModlogKind[] = [
  "admin_add",
  "admin_ban",
  "admin_remove_community",
  "mod_add_to_community",
  "mod_ban_from_community",
  "mod_lock_post",
  "mod_lock_comment",
  "mod_remove_post",
  "mod_remove_comment",
  "mod_transfer_community",
  "mod_warn_comment",
  "mod_warn_post",
];

/** What an event `mod_action` says beside the rows it names. */
export interface ModActionData {
  /** The entry, which says everything else. */
  modlog_id: number;
  /** The removal was applied to everything below the item too. */
  remove_children?: boolean;
  /** The entry belongs to such a removal, which federates as one activity. */
  part?: boolean;
  /** The ban also removes, or its end restores, what the person wrote. */
  remove_or_restore_data?: boolean;
  /** What is gone, of which the entry names nothing; of a person the row remains. */
  purged?: {
    ap_id: string;
    person_id?: number;
    /** Of a community of this site, whom other servers are told by: nothing of it is left. */
    community?: {
      ap_id: string;
      visibility: CommunityVisibility;
      inboxes: string[];
    };
  };
  /** Concerns this site alone, whoever else has what it is about. */
  here_only?: boolean;
}

/**
 * Writes entries, each with an event `mod_action` unless it is the child of a bulk action: children
 * are neither told to anybody nor federated.
 * @param data added to the events' data
 * @returns the ids of the entries, in their order
 */
export async function insertModlog(
  ctx: Ctx,
  moderatorId: number,
  entries: readonly ModlogEntry[],
  data: Omit<ModActionData, "modlog_id"> = {},
): Promise<number[]> {
  if (entries.length === 0) return [];
  const rows = await query<{ id: number }>(
    ctx,
    `with entries as (
       insert into modlog (kind, is_revert, moderator_id, reason, expires_at, published_at,
         target_person_id, target_community_id, target_post_id, target_comment_id,
         target_instance_id, bulk_action_parent_id)
       select e.kind, coalesce(e.is_revert, false), $1::int4, e.reason, e.expires_at, $2::timestamptz,
         e.target_person_id, e.target_community_id, e.target_post_id, e.target_comment_id,
         e.target_instance_id, e.bulk_action_parent_id
       from json_to_recordset($3::text::json) as e(kind text, is_revert boolean, reason text,
         expires_at timestamptz, target_person_id int4, target_community_id int4,
         target_post_id int4, target_comment_id int4, target_instance_id int4,
         bulk_action_parent_id int4)
       returning *
     ), events as (
       insert into event (kind, person_id, community_id, post_id, comment_id, data, published_at)
       select 'mod_action', moderator_id, target_community_id, target_post_id, target_comment_id,
         jsonb_build_object('modlog_id', id) || $4::text::jsonb, published_at
       from entries where bulk_action_parent_id is null order by id
     )
     select id from entries order by id`,
    [
      moderatorId,
      ctx.now.toISOString(),
      JSON.stringify(entries),
      JSON.stringify(data),
    ],
  );
  return rows.map((row) => row.id);
}

/** Writes an entry of the caller's action. @returns its id */
export async function recordModlog(
  ctx: Ctx,
  entry: ModlogEntry,
  data: Omit<ModActionData, "modlog_id"> = {},
): Promise<number> {
  const moderator = requireViewer(ctx).person.id;
  return (await insertModlog(ctx, moderator, [entry], data))[0];
}
