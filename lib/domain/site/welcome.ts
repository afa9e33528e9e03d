import { translator } from "../../i18n/mod.ts";
import { remoteViewer } from "../account/remote_viewer.ts";
import { findUser } from "../account/session.ts";
import { PERSON, select } from "../columns.ts";
import { createCommunity } from "../community/create.ts";
import { type Ctx, inTransaction, query, queryViews } from "../context.ts";
import { createPost } from "../post/create.ts";
import type { Person } from "../views.ts";

/** The community that a new site begins with. */
const NAME = "main";

/**
 * Gives a new site its first community, moderated by its first admin, and in it a pinned post of
 * the system account that says what to do next, in the admin's language
 * (moderation-and-operations §10).
 * @throws LemmyError those of `createCommunity` and `createPost`, such as `already_exists`
 */
export async function welcome(ctx: Ctx): Promise<void> {
  const [first] = await query<{ person_id: number }>(
    ctx,
    "select person_id from local_user where admin order by id limit 1",
  );
  const admin = first && await findUser(ctx.db, first.person_id);
  if (!admin || typeof admin === "string") return;
  const [{ person }] = await queryViews<{ person: Person }>(
    ctx,
    `select ${
      select("p", "person", PERSON)
    } from person p where p.id = $1::int4`,
    [ctx.site.systemAccountId],
  );
  const t = translator(admin.local_user.interface_language);
  await inTransaction(ctx, async (ctx) => {
    const { community } = await createCommunity(
      { ...ctx, viewer: admin },
      { name: NAME, title: "Main" },
    );
    const { post } = await createPost(
      { ...ctx, viewer: remoteViewer(person) },
      {
        name: t("setup.welcome_title"),
        body: t("setup.welcome_body"),
        community_id: community.id,
      },
    );
    await ctx.db.updateTable("post").set({ featured_local: true })
      .where("id", "=", post.id).execute();
  });
}
