import { parseActorName } from "../actor_name.ts";

import { type Ctx, queryViews } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { actorElsewhere, instanceHost } from "../remote_lookup.ts";

/** What a feed tells of a multi-community. */
export interface MultiCommunityHead {
  id: number;
  name: string;
  summary?: string;
  ap_id: string;
  local: boolean;
  deleted: boolean;
  published_at: string;
}

/**
 * The multi-community called `name` or `name@host`; one of another server that is not known yet is
 * looked up there for members.
 * @throws LemmyError `not_found`
 */
export async function findMultiCommunity(
  ctx: Ctx,
  text: string,
): Promise<MultiCommunityHead> {
  const { name, domain } = parseActorName(text, ctx.config.hostname);
  const known = await readHead(
    ctx,
    `m.instance_id = i.id and lower(m.name) = lower($1) and ${
      domain === null ? "i.id = $2::int4" : "lower(i.domain) = $2"
    }`,
    [name, domain === null ? ctx.site.instance.id : instanceHost(ctx, domain)],
  );
  if (known) return known;
  const id = await actorElsewhere(ctx, "multi_community", { name, domain });
  const found = await readHead(
    ctx,
    "m.instance_id = i.id and m.id = $1::int4",
    [
      id,
    ],
  );
  if (!found) throw new LemmyError("not_found");
  return found;
}

async function readHead(
  ctx: Ctx,
  where: string,
  parameters: unknown[],
): Promise<MultiCommunityHead | undefined> {
  const [head] = await queryViews<MultiCommunityHead>(
    ctx,
    `select m.id, m.name, m.summary, m.ap_id, m.local, m.deleted, m.published_at
     from multi_community m, instance i where ${where} order by m.deleted, m.id limit 1`,
    parameters,
  );
  return head;
}
