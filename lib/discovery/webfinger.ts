import { type Ctx, query } from "../domain/context.ts";
import { LemmyError } from "../domain/errors.ts";

/** Names as accounts-and-site §8.2 allows them. */
const RESOURCE = /^acct:([\p{L}0-9_.-]+)@(.+)$/u;
const TYPE = "https://www.w3.org/ns/activitystreams#type";

interface Link {
  rel: string;
  type?: string;
  href?: string;
  template?: string;
  properties?: Record<string, string>;
}

/** A JSON resource descriptor (RFC 7033). */
export interface Descriptor {
  subject: string;
  links: Link[];
}

/**
 * `/.well-known/webfinger`: who is behind a name of this site. A community comes last, for readers
 * take the last one.
 * @returns null when nobody has the name
 * @throws LemmyError `unknown` for anything that is no account of this host
 */
export async function webfinger(
  ctx: Ctx,
  resource: string | null,
): Promise<Descriptor | null> {
  const parts = RESOURCE.exec(resource ?? "");
  const { hostname, origin } = ctx.config;
  if (!parts || parts[2].toLowerCase() !== hostname.toLowerCase()) {
    throw new LemmyError("unknown", {
      detail: "resource is no account of this host",
    });
  }
  const [, name] = parts;
  if (name.toLowerCase() === hostname.toLowerCase()) {
    return { subject: resource!, links: actorLinks(`${origin}/`, "none") };
  }
  const rows = await query<{ ap_id: string; type: "Person" | "Group" }>(
    ctx,
    `select ap_id, 'Person' as type, 1 as place from person
     where lower(name) = lower($1) and instance_id = $2::int4 and not deleted
     union all
     select ap_id, 'Group', 2 from community
     where lower(name) = lower($1) and instance_id = $2 and not deleted and not removed
       and visibility not in ('local_only_public', 'local_only_private')
     order by place`,
    [name, ctx.site.instance.id],
  );
  if (rows.length === 0) return null;
  return {
    subject: resource!,
    links: rows.flatMap(({ ap_id, type }) => [
      ...actorLinks(ap_id, type),
      ...(type === "Person" ? [subscribeLink(origin)] : []),
    ]),
  };
}

function actorLinks(
  href: string,
  type: "Person" | "Group" | "none",
): Link[] {
  return [
    {
      rel: "http://webfinger.net/rel/profile-page",
      type: "text/html",
      href,
    },
    {
      rel: "self",
      type: "application/activity+json",
      href,
      properties: { [TYPE]: type },
    },
  ];
}

/** Where people of other servers follow somebody from; `{uri}` is for the reader to fill in. */
function subscribeLink(origin: string): Link {
  return {
    rel: "http://ostatus.org/schema/1.0/subscribe",
    template: `${origin}/activitypub/externalInteraction?uri={uri}`,
  };
}
