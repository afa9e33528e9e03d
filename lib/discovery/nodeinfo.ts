import { COMPATIBLE_VERSION, VERSION } from "../config/version.ts";
import type { Ctx } from "../domain/context.ts";

const SCHEMA = "http://nodeinfo.diaspora.software/ns/schema";

/** `/.well-known/nodeinfo`: where the description of this server is. */
export function nodeinfoLinks({ config }: Ctx): unknown {
  return {
    links: [{ rel: `${SCHEMA}/2.1`, href: `${config.origin}/nodeinfo/2.1` }],
  };
}

/**
 * What this server is and how many use it (accounts-and-site §8.1). The name is Lemmy's unless the
 * operator says otherwise: apps recognise by it what they can talk to.
 */
export function nodeinfo(ctx: Ctx, version: "2.0" | "2.1"): unknown {
  const { local_site } = ctx.site;
  const software = {
    name: ctx.config.nodeinfoName,
    version: COMPATIBLE_VERSION,
  };
  return {
    version,
    software: version === "2.1"
      ? { ...software, homepage: `${ctx.config.origin}/` }
      : software,
    protocols: ["activitypub"],
    usage: {
      users: {
        total: local_site.users,
        activeHalfyear: local_site.users_active_half_year,
        activeMonth: local_site.users_active_month,
      },
      localPosts: local_site.posts,
      localComments: local_site.comments,
    },
    openRegistrations: local_site.registration_mode !== "closed",
    services: { inbound: [], outbound: [] },
    metadata: { software: { name: "Tundra", version: VERSION } },
  };
}
