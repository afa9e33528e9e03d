import type { Context } from "fresh";
import { requireViewer } from "../../lib/domain/account/session.ts";
import type { Ctx } from "../../lib/domain/context.ts";
import type { State } from "../../lib/http/state.ts";

/** A file of the reader's own, named after site, user, content and day. */
export async function download(
  ctx: Context<State>,
  what: "settings" | "data",
  read: (ctx: Ctx) => Promise<unknown>,
): Promise<Response> {
  const { ctx: domain, limits } = ctx.state;
  const { person } = requireViewer(domain);
  limits.take("import_user_settings");
  const day = domain.now.toISOString().slice(0, 10);
  const site = domain.config.hostname.replaceAll(":", "_");
  return Response.json(await read(domain), {
    headers: {
      "content-disposition":
        `attachment; filename="${site}-${person.name}-${what}-${day}.json"`,
      "cache-control": "no-store",
    },
  });
}
