import { nest, select, SITE } from "../columns.ts";
import { INSTANCE } from "../columns.ts";
import { type Db, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { compileSlurFilter, type SlurFilter } from "../text/slurs.ts";
import { type BlocklistMatcher, blocklistMatcher } from "../text/blocklist.ts";
import type { Language, LocalSite, SiteView } from "../views.ts";

/** A row of the URL block list as `GET /site` shows it. */
export interface BlockedUrl {
  id: number;
  url: string;
  published_at: string;
  updated_at?: string;
}

/** What every request needs to know of the site; read once a second at most. */
export interface SiteState extends SiteView {
  /** Ids enabled for the site, ascending. */
  discussion_languages: number[];
  blocked_urls: BlockedUrl[];
  slurs: SlurFilter;
  blocklist: BlocklistMatcher;
  /** Hidden bot that follows communities for multi-communities. */
  systemAccountId: number;
  /** HMAC key of session tokens. */
  jwtSecret: string;
  /** Answers that are the same for every reader, kept as long as this state; see `shared`. */
  memo: Map<string, Promise<unknown>>;
}

/**
 * An answer that does not depend on who asks, made once per state of the site: at most once a
 * second, however many pages need it.
 */
export async function shared<T>(
  site: SiteState,
  name: string,
  make: () => Promise<T>,
): Promise<T> {
  const known = site.memo.get(name);
  if (known) return await known as T;
  const answer = make();
  site.memo.set(name, answer);
  try {
    return await answer;
  } catch (error) {
    site.memo.delete(name);
    throw error;
  }
}

const LOCAL_SITE_PRIVATE = ["system_account"];

/**
 * Reads site, settings, rate limits, languages and block list.
 * @throws LemmyError `local_site_not_setup` when the first start has not run
 */
export async function loadSite(db: Db): Promise<SiteState> {
  const ctx = { db };
  const [rows, languages, blocked, localSite, rateLimit, secret] = await Promise
    .all([
      query<Record<string, unknown>>(
        ctx,
        `select ${select("s", "site", SITE)}, ${
          select("i", "instance", INSTANCE)
        }
       from local_site l join site s on s.id = l.site_id join instance i on i.id = s.instance_id`,
      ),
      query<{ language_id: number }>(
        ctx,
        `select language_id from site_language sl join local_site l on l.site_id = sl.site_id
       order by language_id`,
      ),
      query<BlockedUrl>(
        ctx,
        "select id, url, published_at, updated_at from local_site_url_blocklist order by id",
      ),
      query<Record<string, unknown>>(
        ctx,
        `select l.*, l.posts + coalesce(d.posts, 0) as posts,
         l.comments + coalesce(d.comments, 0) as comments,
         l.communities + coalesce(d.communities, 0) as communities
       from local_site l left join lateral (
         select sum(posts)::int4 as posts, sum(comments)::int4 as comments,
           sum(communities)::int4 as communities from site_delta) d on true`,
      ),
      query<Record<string, unknown>>(
        ctx,
        "select * from local_site_rate_limit",
      ),
      query<{ jwt_secret: string }>(ctx, "select jwt_secret from secret"),
    ]);
  if (rows.length === 0 || localSite.length === 0) {
    throw new LemmyError("local_site_not_setup");
  }
  const [view] = nest<SiteView>(rows);
  const [settings] = nest<LocalSite>(
    localSite.map((row) =>
      Object.fromEntries(
        Object.entries(row).filter(([key]) =>
          !LOCAL_SITE_PRIVATE.includes(key)
        ),
      )
    ),
  );
  const [limits] = nest<SiteView["local_site_rate_limit"]>(rateLimit);
  const [blockedUrls] = [nest<BlockedUrl>(blocked as never)];
  return {
    site: view.site,
    instance: view.instance,
    local_site: settings,
    local_site_rate_limit: limits,
    discussion_languages: languages.map((row) => row.language_id),
    blocked_urls: blockedUrls,
    slurs: compileSlurFilter(settings.slur_filter_regex ?? null),
    blocklist: blocklistMatcher(blocked.map((row) => row.url)),
    systemAccountId: localSite[0].system_account as number,
    jwtSecret: secret[0].jwt_secret,
    memo: new Map(),
  };
}

/** How long settings may be served from memory, in milliseconds (accounts-and-site §4.1). */
const MAX_AGE = 1000;

/** Keeps the site settings of one worker; concurrent requests share one read. */
export class SiteCache {
  #db: Db;
  #state: SiteState | null = null;
  #readAt = 0;
  #reading: Promise<SiteState> | null = null;
  #generation = 0;

  constructor(db: Db) {
    this.#db = db;
  }

  /** The settings, at most a second old. */
  async get(): Promise<SiteState> {
    if (this.#state && Date.now() - this.#readAt < MAX_AGE) return this.#state;
    this.#reading ??= this.#read();
    return await this.#reading;
  }

  /** Drops what is remembered; the next `get` reads the database. */
  clear(): void {
    this.#generation++;
    this.#state = null;
    this.#reading = null;
  }

  async #read(): Promise<SiteState> {
    const generation = this.#generation;
    try {
      const state = await loadSite(this.#db);
      if (generation === this.#generation) {
        this.#state = state;
        this.#readAt = Date.now();
      }
      return state;
    } finally {
      if (generation === this.#generation) this.#reading = null;
    }
  }
}

/** The whole language table, most used first (accounts-and-site §4.1). */
export async function listLanguages(ctx: { db: Db }): Promise<Language[]> {
  return await query<Language>(
    ctx,
    `select l.id, l.code, l.name from language l
     left join language_use u on u.language_id = l.id
     order by coalesce(u.posts, 0) desc, l.id`,
  );
}
