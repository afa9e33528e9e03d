import { query } from "../../domain/context.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { isLocalId, PUBLIC } from "../ids.ts";
import type { ResolvedCommunity } from "../lookup.ts";
import type { Page } from "../protocol/mod.ts";
import { resolveCommunity } from "../resolve_actor.ts";

/** Recipients that are asked for whether they are the community. */
const MAX_ASKED = 5;

/**
 * The community that a post is in (§2.8): the Group among its makers, else the first of its
 * audience and recipients that is one, of those known here before any other.
 * @throws FederationError `not_found`, those of fetching where that may pass
 */
export async function communityOfPage(
  ctx: FedCtx,
  page: Pick<Page, "attributedTo" | "audience" | "to" | "cc">,
): Promise<ResolvedCommunity> {
  const group = page.attributedTo.find(({ type }) => type === "Group");
  if (group) return await resolveCommunity(ctx, group.id);
  const candidates = new Set([
    ...page.audience === undefined ? [] : [page.audience],
    ...page.to,
    ...page.cc,
  ]);
  candidates.delete(PUBLIC);
  const known = await firstCommunity(ctx, [...candidates]);
  // Refreshed if it is old, as whenever it is needed.
  if (known !== null) return await resolveCommunity(ctx, known);
  let passing: FederationError | undefined;
  for (const id of (await unknown(ctx, [...candidates])).slice(0, MAX_ASKED)) {
    try {
      return await resolveCommunity(ctx, id);
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
      if (error.transient) passing ??= error;
    }
  }
  throw passing ?? new FederationError("not_found", "no community");
}

/** The first of the ids that is of a community which is known here. */
async function firstCommunity(
  ctx: FedCtx,
  ids: readonly string[],
): Promise<string | null> {
  const [first] = await query<{ ap_id: string }>(
    ctx,
    `select c.ap_id from community c
     where lower(c.ap_id) = any($1::text[])
     order by array_position($1::text[], lower(c.ap_id)) limit 1`,
    [ids.map((id) => id.toLowerCase())],
  );
  return first?.ap_id ?? null;
}

/** Those that are neither ours nor known to be persons or the followers of somebody. */
async function unknown(ctx: FedCtx, ids: string[]): Promise<string[]> {
  const known = await query<{ ap_id: string }>(
    ctx,
    "select lower(ap_id) as ap_id from person where lower(ap_id) = any($1::text[])",
    [ids.map((id) => id.toLowerCase())],
  );
  const persons = new Set(known.map((row) => row.ap_id));
  return ids.filter((id) =>
    !isLocalId(ctx.config, id) && !persons.has(id.toLowerCase()) &&
    !/\/followers(?:\/[^/]*)?$/.test(id)
  );
}
