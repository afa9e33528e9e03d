import { approvedLetter, deniedLetter } from "../../mail/account_letters.ts";
import { queueMail } from "../../mail/queue.ts";
import { ID_LIST, LOCAL_USER, PERSON, select } from "../columns.ts";
import { Conditions } from "../conditions.ts";
import { type Ctx, inTransaction, query, queryViews } from "../context.ts";
import {
  checkLimit,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { LemmyError } from "../errors.ts";
import { pageIds } from "../keyset.ts";
import { requireAdmin } from "../permissions.ts";
import type { RegistrationApplicationView } from "../views.ts";

const DEFAULT_LIMIT = 20;
const LIST = "ra";
const APPLICATION =
  "id local_user_id answer admin_id deny_reason published_at updated_at".split(
    " ",
  );

/**
 * Applications for accounts, newest first; those that wait, longest first (accounts-and-site §5.3,
 * deviation 20). While addresses must be verified, only of applicants whose address is.
 * @throws LemmyError `not_an_admin`, and those of pages
 */
export async function listApplications(
  ctx: Ctx,
  input: { unread_only?: boolean; page_cursor?: string; limit?: number },
): Promise<PagedResponse<RegistrationApplicationView>> {
  requireAdmin(ctx);
  const limit = checkLimit(input.limit, DEFAULT_LIMIT);
  const cursor = input.page_cursor === undefined
    ? null
    : decodeCursor(LIST, input.page_cursor);
  const where = new Conditions();
  if (input.unread_only) where.add("a.admin_id is null");
  if (ctx.site.local_site.email_verification_required) {
    where.add("u.email_verified");
  }
  const ids = await pageIds(
    ctx,
    {
      from:
        "registration_application a join local_user u on u.id = a.local_user_id",
      alias: "a",
      table: "registration_application",
      segments: [{
        where: "true",
        keys: [
          { expression: "a.published_at", type: "timestamptz" },
          { expression: "a.id", type: "int4" },
        ],
        direction: input.unread_only ? "asc" : "desc",
      }],
    },
    where,
    cursor,
    limit,
  );
  const items = await readApplications(ctx, ids);
  return { items, ...pageCursors(LIST, cursor, ids, limit) };
}

/** The application of a person. @throws LemmyError `not_an_admin`, `not_found` */
export async function getApplication(
  ctx: Ctx,
  input: { person_id: number },
): Promise<RegistrationApplicationView> {
  requireAdmin(ctx);
  const [row] = await query<{ id: number }>(
    ctx,
    `select a.id from registration_application a join local_user u on u.id = a.local_user_id
     where u.person_id = $1::int4`,
    [input.person_id],
  );
  if (!row) throw new LemmyError("not_found");
  const [view] = await readApplications(ctx, [row.id]);
  return view;
}

/**
 * Accepts or denies an application, or decides it anew; the applicant is told by e-mail, once
 * where two admins come to the same decision.
 * @param input.deny_reason Markdown; "" erases, absent keeps
 * @throws LemmyError `not_an_admin`, `couldnt_update` when there is none
 */
export async function approveApplication(
  ctx: Ctx,
  input: { id: number; approve: boolean; deny_reason?: string },
): Promise<RegistrationApplicationView> {
  const admin = requireAdmin(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const [before] = await query<
      { local_user_id: number; decided: boolean | null; reason: string | null }
    >(
      ctx,
      `select a.local_user_id, a.deny_reason as reason,
         case when a.admin_id is not null then u.accepted_application end as decided
       from registration_application a join local_user u on u.id = a.local_user_id
       where a.id = $1::int4 for no key update`,
      [input.id],
    );
    if (!before) throw new LemmyError("couldnt_update");
    await query(
      ctx,
      `update registration_application set admin_id = $2::int4, updated_at = $3::timestamptz,
         deny_reason = case when $4::text is null then deny_reason else nullif($4, '') end
       where id = $1::int4`,
      [
        input.id,
        admin.person.id,
        ctx.now.toISOString(),
        input.deny_reason ?? null,
      ],
    );
    await ctx.db.updateTable("local_user")
      .set({ accepted_application: input.approve })
      .where("id", "=", before.local_user_id).execute();
    const [view] = await readApplications(ctx, [input.id]);
    const reason = view.registration_application.deny_reason ?? null;
    if (before.decided === input.approve && before.reason === reason) {
      return view;
    }
    const { name } = view.creator;
    await queueMail(
      ctx,
      { ...view.creator_local_user, name },
      input.approve
        ? approvedLetter(ctx.config, name)
        : deniedLetter(ctx.config, name, input.deny_reason),
    );
    return view;
  });
}

async function readApplications(
  ctx: Ctx,
  ids: readonly number[],
): Promise<RegistrationApplicationView[]> {
  if (ids.length === 0) return [];
  return await queryViews<RegistrationApplicationView>(
    ctx,
    `select ${select("a", "registration_application", APPLICATION)},
       ${select("u", "creator_local_user", LOCAL_USER)},
       ${select("p", "creator", PERSON)}, ${select("d", "admin", PERSON)},
       d.id is not null as "admin.exists"
     from ${ID_LIST} join registration_application a on a.id = list.id
     join local_user u on u.id = a.local_user_id join person p on p.id = u.person_id
     left join person d on d.id = a.admin_id
     order by list.position`,
    [ids],
    ["admin"],
  );
}
