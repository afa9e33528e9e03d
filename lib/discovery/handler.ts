import { LemmyError } from "../domain/errors.ts";
import type { State } from "../http/state.ts";
import { nodeinfo, nodeinfoLinks } from "./nodeinfo.ts";
import { sitemap } from "./sitemap.ts";
import { robotsText, securityText } from "./texts.ts";
import { webfinger } from "./webfinger.ts";

const HOUR = "public, max-age=3600";
const THREE_DAYS = "public, max-age=259200";

type Answer = (state: State, url: URL) => Response | Promise<Response>;

/** What machines find out about the site by, at the addresses they expect (accounts-and-site §8). */
export const DISCOVERY: Record<string, Answer> = {
  "/.well-known/nodeinfo": ({ ctx }) => json(nodeinfoLinks(ctx), THREE_DAYS),
  "/nodeinfo/2.0": ({ ctx }) => json(nodeinfo(ctx, "2.0"), HOUR),
  "/nodeinfo/2.1": ({ ctx }) => json(nodeinfo(ctx, "2.1"), HOUR),
  "/nodeinfo/2.0.json": toNodeinfo,
  "/nodeinfo/2.1.json": toNodeinfo,
  "/version": toNodeinfo,
  "/.well-known/webfinger": serveWebfinger,
  "/.well-known/security.txt": async ({ ctx }) =>
    plain(await securityText(ctx)),
  "/robots.txt": async ({ ctx }) => plain(await robotsText(ctx)),
  "/sitemap.xml": serveSitemap,
};

function json(body: unknown, cacheControl: string, type?: string): Response {
  const headers = new Headers({
    "cache-control": cacheControl,
    "access-control-allow-origin": "*",
  });
  if (type) headers.set("content-type", type);
  return Response.json(body, { headers });
}

function plain(text: string): Response {
  return new Response(text, {
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": HOUR,
    },
  });
}

function toNodeinfo(): Response {
  return new Response(null, {
    status: 307,
    headers: { location: "/nodeinfo/2.1" },
  });
}

/** Misses and errors are not kept: the name may be registered a minute later. */
async function serveWebfinger({ ctx }: State, url: URL): Promise<Response> {
  if (!ctx.site.local_site.federation_enabled) {
    return new Response(null, { status: 404 });
  }
  return await answered(async () => {
    const found = await webfinger(ctx, url.searchParams.get("resource"));
    return found
      ? json(found, THREE_DAYS, "application/jrd+json")
      : new Response(null, { status: 404 });
  });
}

function serveSitemap({ ctx, limits }: State): Promise<Response> {
  return answered(async () => {
    limits.take("message");
    return new Response(await sitemap(ctx), {
      headers: {
        "content-type": "application/xml",
        "cache-control": "public, max-age=3600",
      },
    });
  });
}

/** Refusals in the shape of the API. */
async function answered(make: () => Promise<Response>): Promise<Response> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof LemmyError)) throw error;
    const { code, detail, status } = error;
    return Response.json({ error: code, message: detail }, { status });
  }
}
