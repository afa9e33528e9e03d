import { dismiss } from "../../domain/community/moderators.ts";
import { type Ctx, inTransaction, query } from "../../domain/context.ts";
import type { FedCtx } from "../context.ts";
import type { ResolvedCommunity } from "../lookup.ts";
import { refOf } from "../protocol/mod.ts";
import { resolvePerson } from "../resolve.ts";
import { eachOf, firstItems } from "./walk.ts";

/** A community has no more moderators than this. */
const MAX_MODERATORS = 100;
const AT_ONCE = 4;

/**
 * Takes over who moderates a remote community (§7.4): who is not listed is dismissed, who is new is
 * appointed, and the order of the list is their seniority. No entry of the modlog says so.
 * @param named ids that the community itself names instead of a collection
 * @param onlyFirst whether only the first one is appointed
 * @throws FederationError when the collection cannot be had
 */
export async function takeModerators(
  ctx: FedCtx,
  community: ResolvedCommunity,
  named: readonly string[] | null,
  onlyFirst: boolean,
): Promise<void> {
  if (named === null && community.moderators_url === null) return;
  const items = named ??
    await firstItems(ctx, community.moderators_url!, MAX_MODERATORS);
  const ids = [...new Set(items.flatMap((item) => refOf(item) ?? []))]
    .slice(0, MAX_MODERATORS);
  const found = new Map<string, number>();
  await eachOf(
    ctx,
    ids.slice(0, onlyFirst ? 1 : undefined),
    AT_ONCE,
    async (id) => {
      const person = await resolvePerson(ctx, id);
      if (!person.deleted) found.set(id, person.id);
    },
  );
  const order = ids.flatMap((id) => found.get(id) ?? []);
  await inTransaction(ctx, (ctx) => store(ctx, community.id, ids, order));
}

interface Moderator {
  person_id: number;
  ap_id: string;
}

async function store(
  ctx: Ctx,
  communityId: number,
  listed: readonly string[],
  order: readonly number[],
): Promise<void> {
  const present = await query<Moderator>(
    ctx,
    `with locked as (
       select person_id, became_moderator_at from community_actions
       where community_id = $1::int4 and became_moderator_at is not null
       order by person_id for no key update
     )
     select person_id, p.ap_id from locked join person p on p.id = person_id
     order by became_moderator_at, person_id`,
    [communityId],
  );
  const named = new Set(
    listed.map((id) => (URL.parse(id)?.href ?? id).toLowerCase()),
  );
  const isListed = ({ person_id, ap_id }: Moderator) =>
    order.includes(person_id) || named.has(ap_id.toLowerCase());
  for (const moderator of present) {
    if (!isListed(moderator)) {
      await dismiss(ctx, communityId, moderator.person_id);
    }
  }
  const remaining = present.filter(isListed).map((row) => row.person_id);
  // Those who could not be fetched now keep their office behind those who could.
  const wanted = [
    ...order,
    ...remaining.filter((person) => !order.includes(person)),
  ];
  if (wanted.join() === remaining.join()) return;
  await query(
    ctx,
    `insert into community_actions (person_id, community_id, became_moderator_at)
     select list.id, $1::int4, $3::timestamptz + list.position * interval '1 microsecond'
     from unnest($2::int4[]) with ordinality as list (id, position) order by list.id
     on conflict (person_id, community_id) do update set
       became_moderator_at = excluded.became_moderator_at`,
    [communityId, wanted, ctx.now.toISOString()],
  );
}
