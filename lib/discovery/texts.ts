import { join } from "node:path";
import type { Ctx } from "../domain/context.ts";

/** What machines have no business with (web-ui §9.6). */
const CLOSED = [
  "/login",
  "/login_reset",
  "/signup",
  "/settings",
  "/create_community",
  "/create_post",
  "/create_private_message",
  "/notifications",
  "/setup",
  "/admin",
  "/password_change",
  "/search",
  "/modlog",
  "/api",
  "/*/vote",
  "/*/report",
  "/*?cursor=",
];

/** `robots.txt`; on a private site there is nothing for robots at all. */
export async function robotsText(ctx: Ctx): Promise<string> {
  const own = await operatorsFile(ctx, "robots.txt");
  if (own !== null) return own;
  const lines = ctx.site.local_site.private_instance
    ? ["Disallow: /"]
    : [...CLOSED.map((path) => `Disallow: ${path}`), "Crawl-delay: 60"];
  const sitemap = ctx.site.local_site.private_instance
    ? []
    : ["", `Sitemap: ${ctx.config.origin}/sitemap.xml`];
  return ["User-agent: *", ...lines, ...sitemap, ""].join("\n");
}

const YEAR_MS = 365 * 24 * 3600_000;

/** `security.txt` (RFC 9116): whom to tell of a hole. */
export async function securityText(ctx: Ctx): Promise<string> {
  const own = await operatorsFile(ctx, "security.txt");
  if (own !== null) return own;
  const { origin, email } = ctx.config;
  const contact = email ? `mailto:${email.fromAddress}` : `${origin}/legal`;
  // Whole days, so that the text is the same for a day.
  const expires = new Date(ctx.now.getTime() + YEAR_MS - 24 * 3600_000);
  expires.setUTCHours(0, 0, 0, 0);
  return [
    `Contact: ${contact}`,
    `Expires: ${expires.toISOString().replace(".000", "")}`,
    `Canonical: ${origin}/.well-known/security.txt`,
    "",
  ].join("\n");
}

/** A text that the operator has put into the data directory in the place of ours. */
async function operatorsFile(
  { config }: Ctx,
  name: string,
): Promise<string | null> {
  try {
    return await Deno.readTextFile(join(config.dataDir, name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
