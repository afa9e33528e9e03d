import { type Relations, relations } from "../account/relations.ts";
import { requireViewer } from "../account/session.ts";
import { addVisibility } from "../community/visibility.ts";
import { Conditions } from "../conditions.ts";
import { type Ctx, queryListing } from "../context.ts";
import {
  addBots,
  addCommunityBlocks,
  addPersonBlocks,
} from "../listing_filters.ts";

/**
 * Which notifications `n` the viewer is shown, in lists and in counts (content §10.3): nothing its
 * author deleted, nothing hidden by a block, nothing from a community closed to the viewer (Q41),
 * nothing removed. A moderator's action stays in spite of removals and blocks, or it would never
 * be told (moderation-and-operations Q28).
 *
 * What is hidden is looked for in indexes of nothing else, so that thousands of notifications are
 * counted without reading what they are about.
 * @param all where `n` are all rows of a table of the statement, its name: what is hidden is then
 * looked up for all of them at once
 */
export async function addShownNotifications(
  where: Conditions,
  ctx: Ctx,
  all?: string,
): Promise<void> {
  const viewer = requireViewer(ctx);
  const related = await relations(ctx);
  const me = where.value(viewer.person.id, "int4");
  const hide = (item: string, condition: (told: string) => string) =>
    where.add(all ? notAmong(all, item, condition) : isNone(item, condition));
  for (const item of ["comment", "post"]) {
    hide(item, (told) => `(i.deleted or i.removed) and (i.deleted or ${told})`);
  }
  hide(
    "private_message",
    (told) =>
      `(i.deleted or i.removed or i.deleted_by_recipient) and (i.deleted
       or i.deleted_by_recipient and i.recipient_id = ${me} or i.removed and ${told})`,
  );
  const closed = await closedCommunities(ctx, related);
  if (closed.length > 0) {
    const ids = where.value(closed, "int4[]");
    hide("post", (told) => `i.community_id = any(${ids}) and ${told}`);
  }
  const open = where.nested((inner) => addPersonBlocks(inner, related, "n"));
  if (open !== "true") where.add(`n.kind = 'mod_action' or ${open}`);
  addBots(where, ctx, "n", me);
}

/** Whether a notification is not a moderator's action. */
const TOLD = "n.kind <> 'mod_action'";

/** Whether an item `i` that meets the condition is not what a notification is about. */
function isNone(item: string, condition: (told: string) => string): string {
  return `not exists (select from ${item} i
    where i.id = n.${item}_id and ${condition(TOLD)} offset 0)`;
}

/** The same, with a look at all such items that any of the notifications is about. */
function notAmong(
  all: string,
  item: string,
  condition: (told: string) => string,
): string {
  const key = `${item}_id`;
  return `n.${key} is null or (n.${key}, ${TOLD}) not in (
    select i.id, k.told from ${item} i, (values (true), (false)) k (told)
    where i.id = any(array(select ${key} from ${all})) and ${
    condition("k.told")
  })`;
}

/** Ids of the communities that the viewer may not read, or hides. */
async function closedCommunities(
  ctx: Ctx,
  related: Relations,
): Promise<number[]> {
  const where = new Conditions();
  const open = where.nested((inner) => {
    addVisibility(inner, ctx, { hideUnlisted: false });
    addCommunityBlocks(inner, ctx, related);
  });
  if (open === "true") return [];
  const rows = await queryListing<{ id: number }>(
    ctx,
    `select c.id from community c where not (${open})`,
    where.parameters,
  );
  return rows.map(({ id }) => id);
}
