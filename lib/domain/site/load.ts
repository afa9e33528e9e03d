import {
  INSTANCE,
  LOCAL_SITE,
  LOCAL_SITE_RATE_LIMIT,
  select,
  SITE,
} from "../columns.ts";
import { type Db, query, queryViews } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { compileSlurFilter, type SlurFilter } from "../text/slurs.ts";
import { type BlocklistMatcher, blocklistMatcher } from "../text/blocklist.ts";
import type { Language, SiteView } from "../views.ts";

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

/** The row that all settings are read in, with what the state gives no name of its own. */
interface Row extends SiteView {
  languages: number[];
  system_account: number;
  jwt_secret: string;
}

const TOTALS = ["posts", "comments", "communities"];

const TEXT = `select ${select("s", "site", SITE)},
    ${select("i", "instance", INSTANCE)},
    ${select("l", "local_site", LOCAL_SITE.filter((c) => !TOTALS.includes(c)))},
    ${
  TOTALS.map((c) => `l.${c} + coalesce(d.${c}, 0) as "local_site.${c}"`)
    .join(", ")
},
    ${select("r", "local_site_rate_limit", LOCAL_SITE_RATE_LIMIT)},
    array(select language_id from site_language where site_id = s.id order by language_id)
      as languages,
    l.system_account, k.jwt_secret
  from local_site l join site s on s.id = l.site_id join instance i on i.id = s.instance_id
  join local_site_rate_limit r on r.local_site_id = l.id
  cross join secret k
  left join lateral (
    select sum(posts)::int4 as posts, sum(comments)::int4 as comments,
      sum(communities)::int4 as communities from site_delta) d on true`;

/**
 * Reads site, settings, rate limits, languages and block list.
 * @throws LemmyError `local_site_not_setup` when the first start has not run
 */
export async function loadSite(db: Db): Promise<SiteState> {
  const ctx = { db };
  const [[row], blocked] = await Promise.all([
    queryViews<Row>(ctx, TEXT),
    queryViews<BlockedUrl>(
      ctx,
      "select id, url, published_at, updated_at from local_site_url_blocklist order by id",
    ),
  ]);
  if (row === undefined) throw new LemmyError("local_site_not_setup");
  const { site, instance, local_site, local_site_rate_limit } = row;
  return {
    site,
    instance,
    local_site,
    local_site_rate_limit,
    discussion_languages: row.languages,
    blocked_urls: blocked,
    slurs: compileSlurFilter(local_site.slur_filter_regex ?? null),
    blocklist: blocklistMatcher(blocked.map(({ url }) => url)),
    systemAccountId: row.system_account,
    jwtSecret: row.jwt_secret,
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
