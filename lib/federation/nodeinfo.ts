import type { Ctx } from "../domain/context.ts";
import type { OutgoingResponse } from "../http/guarded_client.ts";
import { FederationError } from "./errors.ts";
import { parseJson } from "./json.ts";
import { checkUrl } from "./policy.ts";
import { fetchError } from "./signed_request.ts";

/** What a server says of itself. */
export interface NodeInfo {
  /** It answered, with anything but an error. */
  alive: boolean;
  software?: string;
  version?: string;
}

const SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/2.";
const TIMEOUT_MS = 10_000;
const MAX_TEXT = 100;

/**
 * Asks a server for its NodeInfo (§5.3 b).
 * @param origin scheme and host
 * @throws FederationError of `checkUrl`, `fetch_failed` when there is no answer
 */
export async function nodeInfo(
  ctx: Pick<Ctx, "db" | "config" | "site" | "outgoing">,
  origin: string,
): Promise<NodeInfo> {
  const get = async (address: string): Promise<OutgoingResponse> => {
    const url = await checkUrl(ctx, address);
    try {
      return await ctx.outgoing.request(url, {
        timeout: TIMEOUT_MS,
        redirects: 1,
        headers: { accept: "application/json" },
      });
    } catch (error) {
      throw fetchError(error);
    }
  };
  const links = await get(`${origin}/.well-known/nodeinfo`);
  if (links.status >= 400) {
    links.discard();
    return { alive: false };
  }
  const href = hrefOf(await read(links));
  if (href === null) return { alive: true };
  let answer: OutgoingResponse;
  try {
    answer = await get(href);
  } catch (error) {
    // It lives, whatever it points to.
    if (error instanceof FederationError) return { alive: true };
    throw error;
  }
  if (answer.status >= 300) {
    answer.discard();
    return { alive: true };
  }
  const { software } = await read(answer) as {
    software?: { name?: unknown; version?: unknown };
  };
  return {
    alive: true,
    software: textOf(software?.name),
    version: textOf(software?.version),
  };
}

/** The object that an answer carries; an empty one when it carries none. */
async function read(answer: OutgoingResponse): Promise<object> {
  try {
    const json = parseJson(await answer.text());
    return typeof json === "object" && json !== null ? json : {};
  } catch {
    // It is alive, but says nothing that can be read.
    return {};
  }
}

function hrefOf(json: { links?: unknown }): string | null {
  const { links } = json;
  const link = Array.isArray(links) &&
    links.find((link) =>
      typeof link?.rel === "string" && link.rel.startsWith(SCHEMA) &&
      typeof link.href === "string"
    );
  return link ? link.href : null;
}

function textOf(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  return value.replaceAll("\u0000", "").slice(0, MAX_TEXT);
}
