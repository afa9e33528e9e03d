import { Conditions } from "../conditions.ts";
import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireReadable } from "../permissions.ts";
import type { CommunityView, ListingType } from "../views.ts";
import { readCommunity } from "./view.ts";

/** Ids drawn at once; with few gaps among the ids one draw is nearly always enough. */
const DRAW = 64;

/**
 * A community at random, every candidate as likely as any other (content §3.4). Only `local`
 * restricts; NSFW ones take part if asked for.
 * @throws LemmyError `not_found` when there is no candidate, `instance_is_private`
 */
export async function randomCommunity(
  ctx: Ctx,
  input: { type_?: ListingType; show_nsfw?: boolean },
): Promise<CommunityView> {
  requireReadable(ctx);
  const where = new Conditions();
  where.add("not c.deleted and not c.removed and not c.local_removed");
  where.add(
    ctx.viewer
      ? "c.visibility <> 'private'"
      : "c.visibility not in ('private', 'local_only_private')",
  );
  if (input.type_ === "local") where.add("c.local");
  if (!input.show_nsfw) where.add("not c.nsfw");
  const id = await draw(ctx, where) ?? await pick(ctx, where);
  if (id === undefined) throw new LemmyError("not_found");
  return await readCommunity(ctx, id, { asMod: false });
}

/** The first candidate among random ids, if one of them is. */
async function draw(ctx: Ctx, shared: Conditions): Promise<number | undefined> {
  const [{ last }] = await query<{ last: number | null }>(
    ctx,
    "select max(id) as last from community",
  );
  if (last === null) return undefined;
  const ids = Array.from(
    { length: DRAW },
    () => 1 + Math.floor(Math.random() * last),
  );
  const where = shared.fork();
  const rows = await query<{ id: number }>(
    ctx,
    `select c.id from unnest(${
      where.value(ids, "int4[]")
    }) with ordinality as drawn (id, position)
     join community c on c.id = drawn.id
     where ${where} order by drawn.position limit 1`,
    where.parameters,
  );
  return rows[0]?.id;
}

/** Reads all candidates: for sites where they are few among many ids. */
async function pick(ctx: Ctx, where: Conditions): Promise<number | undefined> {
  const rows = await query<{ id: number }>(
    ctx,
    `select c.id from community c where ${where} order by random() limit 1`,
    where.parameters,
  );
  return rows[0]?.id;
}
