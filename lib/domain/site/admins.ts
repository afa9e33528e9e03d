import { requireViewer } from "../account/session.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireHigherAdmin } from "../moderation/hierarchy.ts";
import { recordModlog } from "../modlog/record.ts";
import { requireAdmin } from "../permissions.ts";
import { readAdmins } from "../person/view.ts";
import type { GetSiteResponse, PersonView } from "../views.ts";
import { getSite } from "./read.ts";

/**
 * Makes a local user an admin or takes the office away (accounts-and-site §5.1).
 * @returns all admins, the oldest account first, with the caller's relation to them
 * @throws LemmyError `not_an_admin`, `not_higher_admin`, `cannot_leave_admin` when there is only
 * one, `not_found` for whoever has no account here, or whose account is deleted when appointed
 */
export async function addAdmin(
  ctx: Ctx,
  input: { person_id: number; added: boolean },
): Promise<PersonView[]> {
  requireAdmin(ctx);
  const admins = await inTransaction(ctx, async (ctx) => {
    // Two admins who dismiss each other, or leave, at the same moment come one after the other.
    const locked = await query<{ deleted: boolean }>(
      ctx,
      `select p.deleted from local_user u join person p on p.id = u.person_id
       where u.admin order by u.id for no key update of u`,
    );
    if (!input.added) {
      await requireHigherAdmin(ctx, [input.person_id]);
      // Who has deleted their account is an admin by name only.
      if (locked.filter(({ deleted }) => !deleted).length <= 1) {
        throw new LemmyError("cannot_leave_admin");
      }
    }
    const changed = await query(
      ctx,
      `update local_user u set admin = $2::boolean from person p
       where p.id = u.person_id and p.id = $1::int4 and not ($2 and p.deleted) returning u.id`,
      [input.person_id, input.added],
    );
    if (changed.length === 0) throw new LemmyError("not_found");
    await recordModlog(ctx, {
      kind: "admin_add",
      is_revert: input.added,
      target_person_id: input.person_id,
      target_instance_id: ctx.site.instance.id,
    });
    return await readAdmins(ctx);
  });
  ctx.siteChanged();
  return admins;
}

/**
 * Gives up the caller's own office.
 * @throws LemmyError `not_an_admin`, `cannot_leave_admin`
 */
export async function leaveAdmin(ctx: Ctx): Promise<GetSiteResponse> {
  const viewer = requireViewer(ctx);
  const admins = await addAdmin(ctx, {
    person_id: viewer.person.id,
    added: false,
  });
  // The rest of the answer may come from the state that was read before.
  return { ...await getSite(ctx), admins: admins.map(withoutRelation) };
}

function withoutRelation({ person_actions: _, ...view }: PersonView) {
  return view;
}
