import type { Ctx } from "../../../lib/domain/context.ts";
import { query } from "../../../lib/domain/context.ts";
import { createPost } from "../../../lib/domain/post/create.ts";
import { blocklistMatcher } from "../../../lib/domain/text/blocklist.ts";
import { compileSlurFilter } from "../../../lib/domain/text/slurs.ts";
import type { LocalUser } from "../../../lib/domain/views.ts";
import { type TestSite, testSite } from "../../support/domain.ts";

export type Site = TestSite & { admin: Ctx };

/**
 * One site for all tests of a file: a database of its own and an admin take two seconds. It is
 * started by the first test and closed after the last.
 */
export function sharedSite(): () => Promise<Site> {
  let started: Promise<Site> | undefined;
  Deno.test.afterAll(async () => await (await started)?.close());
  return () => started ??= testSite();
}

/** The same user with other settings. */
export function withSettings(ctx: Ctx, settings: Partial<LocalUser>): Ctx {
  const viewer = ctx.viewer!;
  return {
    ...ctx,
    viewer: {
      ...viewer,
      local_user: { ...viewer.local_user, ...settings },
      relations: undefined,
      followed: undefined,
    },
  };
}

/** The same user while banned from the site. */
export function banned(ctx: Ctx): Ctx {
  return { ...ctx, viewer: { ...ctx.viewer!, banned: true } };
}

/** The same caller on a site with other settings. */
export function onSite(
  ctx: Ctx,
  settings: Partial<Ctx["site"]["local_site"]>,
): Ctx {
  const local_site = { ...ctx.site.local_site, ...settings };
  return { ...ctx, site: { ...ctx.site, local_site } };
}

/** The same caller on a site that filters `badword` and links to `blocked.test`. */
export function filtered(ctx: Ctx): Ctx {
  return {
    ...ctx,
    site: {
      ...ctx.site,
      slurs: compileSlurFilter("badword"),
      blocklist: blocklistMatcher(["blocked.test"]),
    },
  };
}

/** Runs SQL on the site's database. */
export async function sql<Row = Record<string, unknown>>(
  site: Pick<Site, "db">,
  text: string,
  ...parameters: unknown[]
): Promise<Row[]> {
  return await query<Row>(site, text, parameters);
}

/** An instance that this site knows, with one person and one community. */
export async function remoteInstance(
  site: Site,
  domain: string,
): Promise<{ instance: number; person: number; community: number }> {
  const [row] = await sql<
    { instance: number; person: number; community: number }
  >(
    site,
    `with i as (insert into instance (domain) values ($1) returning id),
     p as (insert into person (name, ap_id, local, public_key, inbox_url, instance_id)
       select 'somebody', 'https://' || $1 || '/u/somebody', false, '', 'https://' || $1 || '/inbox', id
       from i returning id),
     c as (insert into community (name, ap_id, local, public_key, inbox_url, instance_id)
       select 'elsewhere', 'https://' || $1 || '/c/elsewhere', false, '', 'https://' || $1 || '/inbox', id
       from i returning id),
     l as (insert into community_language select c.id, language.id from c, language)
     select i.id as instance, p.id as person, c.id as community from i, p, c`,
    domain,
  );
  return row;
}

/** A post of a person from elsewhere. */
export async function remotePost(
  site: Site,
  values: { name: string; creator_id: number; community_id: number },
): Promise<number> {
  const [{ id }] = await sql<{ id: number }>(
    site,
    `insert into post (name, creator_id, community_id, ap_id, local)
     values ($1, $2::int4, $3::int4, 'https://elsewhere.test/' || gen_random_uuid(), false) returning id`,
    values.name,
    values.creator_id,
    values.community_id,
  );
  return id;
}

/** A post of the caller's; returns its id. */
export async function makePost(
  ctx: Ctx,
  community_id: number,
  options: Partial<Parameters<typeof createPost>[1]> = {},
): Promise<number> {
  const view = await createPost(ctx, {
    name: "A post to look at",
    community_id,
    ...options,
  });
  return view.post.id;
}

/** The code of the error that an action ends with, or "ok". */
export async function outcome(action: Promise<unknown>): Promise<string> {
  try {
    await action;
    return "ok";
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code !== "string") throw error;
    return code;
  }
}

/** People of the matrices: the community's moderator, its post's author, and others. */
export interface Cast {
  anonymous: Ctx;
  stranger: Ctx;
  author: Ctx;
  moderator: Ctx;
  admin: Ctx;
}

const casts = new WeakMap<Site, Promise<Cast>>();

/** The cast of a site, with fresh relations. */
export async function people(site: Site): Promise<Cast> {
  let cast = casts.get(site);
  if (!cast) casts.set(site, cast = makeCast(site));
  const all = await cast;
  const fresh = await Promise.all(
    Object.entries(all).map(async ([role, ctx]) => [
      role,
      await site.refresh(ctx),
    ]),
  );
  return Object.fromEntries(fresh);
}

async function makeCast(site: Site): Promise<Cast> {
  return {
    anonymous: await site.anonymous(),
    stranger: await site.signUp("stranger"),
    author: await site.signUp("author"),
    moderator: await site.signUp("moderator"),
    admin: site.admin,
  };
}

/** Which roles an action succeeds for, or finds something. */
export async function roles(
  cast: Cast,
  action: (ctx: Ctx) => Promise<unknown>,
): Promise<string> {
  const able: string[] = [];
  for (const [role, ctx] of Object.entries(cast)) {
    const code = await outcome((async () => {
      const found = await action(ctx);
      if (found === false) throw Object.assign(new Error(), { code: "empty" });
    })());
    if (code === "ok") able.push(role);
    else if (code !== "not_found" && code !== "empty") {
      able.push(`${role}:${code}`);
    }
  }
  return able.join(" ");
}

/** What `roles` gives when everybody may. */
export const ALL = "anonymous stranger author moderator admin";
