import type { Config } from "../config/mod.ts";
import { query } from "../domain/context.ts";
import { shared } from "../domain/site/load.ts";
import type { OutgoingResponse } from "../http/guarded_client.ts";
import type { FedCtx } from "./context.ts";
import { FederationError } from "./errors.ts";
import { isLocalId, keyId, sameHost, sameUrl } from "./ids.ts";
import { parseJson } from "./json.ts";
import { checkUrl } from "./policy.ts";
import { fetchError, sendSigned, type Signer } from "./signed_request.ts";

/** Milliseconds for one fetch, and bytes of its answer (§4.1). */
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1024 * 1024;
const ACCEPT = "application/activity+json";

/** A document of another server, and the address it was found under, which is its id. */
export interface FetchedObject {
  json: Record<string, unknown>;
  url: string;
}

/** Fetches under way by the address asked for; of each process or worker. */
const underWay = new WeakMap<Config, Map<string, Promise<FetchedObject>>>();

/**
 * Fetches an ActivityPub document (§7.2 steps 1 to 7). Look its id up in the database first; never
 * within a transaction. Several fetches of one address at a time are one.
 * @throws FederationError of `checkUrl`, and `local_object` for an address of ours, with that
 * address as its detail (also when a redirect leads there: the database has it); `request_limit`;
 * `deleted` for 410; `not_found` for 404; `fetch_failed` for any other answer or none, transient
 * where it may pass; `wrong_content_type`; `unreadable` for what is no JSON object;
 * `wrong_object_id` for a document whose id is missing or on another host
 */
export async function fetchObject(
  ctx: FedCtx,
  address: string,
): Promise<FetchedObject> {
  let fetches = underWay.get(ctx.config);
  if (!fetches) underWay.set(ctx.config, fetches = new Map());
  const key = URL.parse(address)?.href ?? address;
  const running = fetches.get(key);
  if (running) {
    try {
      return structuredClone(await running);
    } catch (error) {
      // That one ran out of its own budget, which says nothing about ours.
      const spent = error instanceof FederationError &&
        error.code === "request_limit";
      if (!spent) throw error;
    }
  }
  const fetching = fetchDocument(ctx, address);
  fetches.set(key, fetching);
  try {
    return await fetching;
  } finally {
    if (fetches.get(key) === fetching) fetches.delete(key);
  }
}

async function fetchDocument(
  ctx: FedCtx,
  address: string,
): Promise<FetchedObject> {
  const first = await fetchOnce(ctx, address);
  const id = first.json.id;
  if (typeof id === "string" && sameUrl(id, first.url)) return first;
  if (typeof id !== "string" || !sameHost(id, first.url)) {
    throw new FederationError("wrong_object_id", `found at ${first.url}`);
  }
  const second = await fetchOnce(ctx, id);
  if (
    typeof second.json.id !== "string" || !sameUrl(second.json.id, second.url)
  ) {
    throw new FederationError("wrong_object_id", `found at ${second.url}`);
  }
  return second;
}

async function fetchOnce(
  ctx: FedCtx,
  address: string,
): Promise<FetchedObject> {
  const { response, url } = await get(ctx, address, ACCEPT);
  const type = response.headers.get("content-type") ?? "";
  if (!isActivityPub(type)) {
    response.discard();
    throw new FederationError("wrong_content_type", type);
  }
  const json = await readJson(response);
  return { json, url };
}

/**
 * GETs a document of another server, follows one redirect, and refuses what is no success.
 * @returns the answer, whose body is still to be read, and the address it came from
 */
async function get(
  ctx: FedCtx,
  address: string,
  accept: string,
): Promise<{ response: OutgoingResponse; url: string }> {
  const first = await send(ctx, address, accept);
  const location = first.response.headers.get("location");
  const moved = first.response.status >= 300 && first.response.status < 400 &&
    location !== null;
  const { response, url } = moved ? await follow(first.response) : first;
  const { status } = response;
  if (status >= 200 && status < 300) return { response, url };
  response.discard();
  if (status === 410) throw new FederationError("deleted", url);
  if (status === 404) throw new FederationError("not_found", url);
  throw new FederationError("fetch_failed", `status ${status} of ${url}`, {
    transient: status >= 500 || status === 408 || status === 429,
  });

  async function follow(redirect: OutgoingResponse) {
    redirect.discard();
    return await send(ctx, location!, accept);
  }
}

async function send(
  ctx: FedCtx,
  address: string,
  accept: string,
): Promise<{ response: OutgoingResponse; url: string }> {
  if (ctx.db.isTransaction) {
    throw new Error("a fetch within a transaction would hold its locks");
  }
  const url = (await checkUrl(ctx, address)).href;
  if (isLocalId(ctx.config, url)) {
    throw new FederationError("local_object", url);
  }
  ctx.budget.spend();
  const request = {
    headers: { accept },
    timeout: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  };
  const signer = ctx.site.local_site.federation_signed_fetch
    ? await siteSigner(ctx)
    : null;
  try {
    const response = signer
      ? await sendSigned(ctx, url, signer, request)
      : await ctx.outgoing.request(url, request);
    return { response, url };
  } catch (error) {
    throw fetchError(error);
  }
}

/** The site's actor, in whose name everything is fetched (§6.2); null before it has a key. */
export async function siteSigner(ctx: FedCtx): Promise<Signer | null> {
  const pem = await shared(ctx.site, "site key", async () => {
    const [row] = await query<{ private_key: string | null }>(
      ctx,
      "select private_key from site where id = $1::int4",
      [ctx.site.site.id],
    );
    return row?.private_key ?? null;
  });
  if (!pem) return null;
  return { keyId: keyId(ctx.site.site.ap_id), privateKeyPem: pem };
}

/** The types that only a server chooses, not whoever uploads a file to it (§7.2 step 6). */
function isActivityPub(contentType: string): boolean {
  const [type, ...parameters] = contentType.toLowerCase().split(";")
    .map((part) => part.trim());
  const others = parameters.filter((parameter) =>
    parameter !== "" && !/^charset\s*=\s*"?utf-?8"?$/.test(parameter)
  );
  if (type === "application/activity+json") return others.length === 0;
  return type === "application/ld+json" && others.length === 1 &&
    /^profile\s*=\s*"?https:\/\/www\.w3\.org\/ns\/activitystreams"?$/.test(
      others[0],
    );
}

/** @throws FederationError `unreadable`, `fetch_failed` */
async function readJson(
  response: OutgoingResponse,
): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    throw fetchError(error);
  }
  const json = parseJson(text);
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new FederationError("unreadable", "is no object");
  }
  return json as Record<string, unknown>;
}

/** Actors that one look-up may name at most; each of them is a fetch. */
const MAX_CANDIDATES = 10;

/**
 * Asks a host for the actor of a name (§7.6).
 * @param host with its port in test mode
 * @returns ids of actors in the order to try them; at least one
 * @throws FederationError as `fetchObject`, and `not_found` when the answer names none
 */
export async function webfinger(
  ctx: FedCtx,
  name: string,
  host: string,
): Promise<string[]> {
  const testing = ctx.config.fastFederation;
  if (!(testing ? /^[\w.-]+(:\d+)?$/ : /^[A-Za-z0-9.-]+$/).test(host)) {
    throw new FederationError("invalid_url", "the host is not a DNS name");
  }
  const resource = `acct:${encodeURIComponent(name)}@${host}`;
  const { response } = await get(
    ctx,
    `${
      testing ? "http" : "https"
    }://${host}/.well-known/webfinger?resource=${resource}`,
    "application/jrd+json",
  );
  const { links } = await readJson(response);
  const hrefs = (Array.isArray(links) ? links : []).filter((link) =>
    typeof link?.type === "string" && link.type.startsWith("application/") &&
    typeof link.href === "string"
  ).map((link): string => link.href);
  if (hrefs.length === 0) {
    throw new FederationError("not_found", `${name}@${host}`);
  }
  return [...new Set(hrefs.reverse())].slice(0, MAX_CANDIDATES);
}
