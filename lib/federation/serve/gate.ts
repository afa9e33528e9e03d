import { query } from "../../domain/context.ts";
import type { CommunityVisibility } from "../../domain/views.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { fetchObject, siteSigner } from "../fetch.ts";
import { sameHost } from "../ids.ts";
import type { ResolvedActor } from "../lookup.ts";
import { checkUrl } from "../policy.ts";
import { refOf } from "../protocol/mod.ts";
import { resolveActor } from "../resolve.ts";
import { fetchError, sendSigned } from "../signed_request.ts";
import { pathOf, verifyByActor } from "../signatures/by_actor.ts";
import { keyIdOf } from "../signatures/verify.ts";

/** Who may fetch what a community holds (§1.2 gates A and B, §1.7). */

export interface GatedCommunity {
  id: number;
  local: boolean;
  visibility: CommunityVisibility;
  followers_url: string | null;
}

/** Gate A: whether other servers may know of the community at all. */
export function federates(
  { visibility }: Pick<GatedCommunity, "visibility">,
): boolean {
  return !visibility.startsWith("local_only");
}

/**
 * Gate B: whether the sender of the request may read what the community holds.
 * @throws FederationError when the request would have to be signed and is not, or badly
 */
export async function mayRead(
  ctx: FedCtx,
  req: Request,
  community: GatedCommunity,
): Promise<boolean> {
  if (!federates(community)) return false;
  if (community.visibility !== "private") return true;
  const signer = await signerOf(ctx, req);
  return community.local
    ? await hasFollower(ctx, community.id, signer.instance_id)
    : await askHome(ctx, community, signer);
}

/** Whether anybody of an instance follows a community and was let in. */
export async function hasFollower(
  ctx: Pick<FedCtx, "db">,
  communityId: number,
  instanceId: number,
): Promise<boolean> {
  const rows = await query(
    ctx,
    `select from community_actions a join person p on p.id = a.person_id
     where a.community_id = $1::int4 and a.follow_state = 'accepted'
       and p.instance_id = $2::int4 limit 1`,
    [communityId, instanceId],
  );
  return rows.length > 0;
}

/** A community's home knows who follows it; one that does not answer vouches for nobody. */
async function askHome(
  ctx: FedCtx,
  community: GatedCommunity,
  signer: ResolvedActor,
): Promise<boolean> {
  if (community.followers_url === null) return false;
  const url = await checkUrl(ctx, community.followers_url);
  url.searchParams.set("is_follower", signer.ap_id);
  const site = await siteSigner(ctx);
  if (site === null) return false;
  ctx.budget.spend();
  try {
    const response = await sendSigned(ctx, url.href, site, { maxBytes: 1000 });
    response.discard();
    return response.status >= 200 && response.status < 300;
  } catch (error) {
    ctx.log.debug("a community's home cannot be asked for a follower", {
      url: url.href,
      error: fetchError(error).message,
    });
    return false;
  }
}

/**
 * The actor who signed a request, verified.
 * @throws FederationError `signature_missing`, `signature_invalid` and others of `verifyRequest`,
 * those of `resolveActor`
 */
export async function signerOf(
  ctx: FedCtx,
  req: Request,
): Promise<ResolvedActor> {
  const keyId = keyIdOf(req.headers);
  const actor = await resolveActor(ctx, await keyOwner(ctx, keyId));
  const { method, headers } = req;
  return await verifyByActor(
    ctx,
    { method, path: pathOf(req), headers, body: "" },
    actor,
  );
}

/** Whose key it is: the actor before the fragment, else whom the key's own document names. */
async function keyOwner(ctx: FedCtx, keyId: string): Promise<string> {
  if (keyId.includes("#")) return keyId.slice(0, keyId.indexOf("#"));
  const { json } = await fetchObject(ctx, keyId);
  const owner = refOf(json.owner);
  if (owner === undefined || !sameHost(owner, keyId)) {
    throw new FederationError("signature_invalid", "the key has no owner");
  }
  return owner;
}
