import { Conditions } from "./conditions.ts";
import { type Ctx, query, queryListing } from "./context.ts";
import { readIds, type Stretch, within } from "./stretch.ts";
import { amongCandidates, checkCandidates } from "./text_candidates.ts";
import { CHUNK_SIZE } from "./text_index/chunk.ts";
import type { SearchedPart } from "./text_index/pass.ts";
import { candidatesIn, ChunkSearch, idsOf } from "./text_index/search.ts";
import { SHORT, type TextMatch } from "./text_match.ts";
import { isByTime, isIndexed, liesInOrder, walk } from "./text_walk.ts";

/** Rows that a search looks at in list order before it asks the index of trigrams. */
const WALK = 2000;
/** Rows it goes on to look at when it has found `PROMISING` in the first ones. */
const LONG_WALK = 20_000;
/** The same along texts that lie in list order, where a row takes a microsecond. */
const LONG_WALK_OF_TEXTS = 30_000;
const PROMISING = 3;
/** Matching rows up to which their ids are fetched once for all stretches. */
const MAX_CANDIDATES = 5000;
/** The same of beginnings of names, where a walk is shorter for what more rows have. */
const MAX_BEGINNINGS = 2500;
/** The same where it can look into chunks of texts, which takes less than a walk. */
const WALK_BEFORE_CHUNKS = 400;
const SHORT_WALK = 3000;
/** Candidates that are looked at without a walk before. */
const FEW_CANDIDATES = 1000;
/** Candidates that are brought in order without a walk before. */
const MANY_CANDIDATES = 4000;
/** Candidates in each chunk from which on a walk is the shortest way even then. */
const MANY_IN_CHUNK = CHUNK_SIZE / 100;
const LONG_WALK_BEFORE_CHUNKS = 8000;
/** Rows of a person or community that are all looked at rather than their chunks. */
const SMALL_SCOPE = 1000;
/** Candidates in the chunks that are looked at first: all chunks where there will be no more. */
const FIRST_CANDIDATES = 100;
/** As many times the chunks that a page will take by what was found are looked at next. */
const MARGIN = 1.5;
/** Candidates after which it looks whether there are enough results; each time twice as many. */
const CHECKED_FIRST = 300;

/**
 * Reads a listing of rows that contain a text. Frequent terms are found by walking the listing for
 * a while, where the index would give half of the table; rare ones by the index, where a walk would
 * never end. Which they are is seen on the way. Of several words each may be frequent and all of
 * them together rare: then the index has the most to do, and is asked last.
 */
export class TextSearch {
  #match: TextMatch;
  #rare = false;
  #smallScope: Promise<boolean> | null = null;
  #chunks: Promise<ChunkSearch | null> | null = null;
  /** Ids of all texts since a time that may contain the term, as far as the chunks tell. */
  #inChunks = new Map<string | undefined, Promise<number[]>>();
  /** Ids of all matching rows; null when they are too many. */
  #candidates: Promise<number[] | null> | null = null;

  constructor(match: TextMatch) {
    this.#match = match;
  }

  /** Ids of the stretch's rows that contain the text, in order. */
  read = async (ctx: Ctx, stretch: Stretch): Promise<number[]> => {
    if (this.#match.impossible) return [];
    if (this.#match.chunks) {
      if (await this.#isScopeSmall(ctx, stretch)) {
        const { ids } = await walk(ctx, this.#match, stretch, SMALL_SCOPE + 1);
        return ids;
      }
      const ids = this.#match.beginning
        ? await this.#readByBeginning(ctx, stretch)
        : await this.#readByChunks(ctx, stretch);
      if (ids) return ids;
      if (this.#match.beginning) this.#rare = true;
      if (stretch.keyset.scope !== undefined && this.#hasShortWordsOnly()) {
        return await this.#withinScope(ctx, stretch);
      }
    }
    if (!this.#rare) {
      const ids = await this.#walkFirst(ctx, stretch);
      if (ids) return ids;
      this.#rare = true;
    }
    const candidates = await this.#allCandidates(ctx, stretch);
    if (candidates?.length === 0) return [];
    const { keyset, conditions: where } = stretch;
    where.add(within(stretch));
    where.add(
      `${keyset.alias}.id ` +
        (candidates === null
          ? `in (${this.#match.ids(where)})`
          : `= any(${where.value(candidates, "int4[]")})`),
    );
    return await readIds(ctx, stretch, where);
  };

  /**
   * Looks at the first rows of the stretch, and at more where that is likely to find a page soonest.
   * @returns null where it has not found one
   */
  async #walkFirst(ctx: Ctx, stretch: Stretch): Promise<number[] | null> {
    const { dated, words } = this.#match;
    // People and communities are so few that their index is read sooner, unless many match.
    if (!dated) {
      const few = await this.#readCandidates(ctx, stretch, FEW_CANDIDATES);
      if (few) {
        this.#candidates = Promise.resolve(few);
        return null;
      }
    }
    const quick = liesInOrder(this.#match, stretch);
    const rows = dated ? WALK : WALK_BEFORE_CHUNKS;
    const first = await walk(ctx, this.#match, stretch, rows);
    if (first.complete) return first.ids;
    if (first.ids.length < PROMISING && !(quick && words > 1)) return null;
    if (!dated && await this.#allCandidates(ctx, stretch)) return null;
    const more = quick ? LONG_WALK_OF_TEXTS : LONG_WALK;
    const second = await walk(ctx, this.#match, stretch, more);
    return second.complete ? second.ids : null;
  }

  /** Whether the listing is of a person or community with so few rows that each is looked at. */
  async #isScopeSmall(ctx: Ctx, { keyset }: Stretch): Promise<boolean> {
    const { table, alias, scope } = keyset;
    if (scope === undefined) return false;
    return await (this.#smallScope ??= queryListing<{ small: boolean }>(
      ctx,
      `select count(*) <= ${SMALL_SCOPE} as small
       from (select from ${table} ${alias} where ${scope} limit ${
        SMALL_SCOPE + 1
      }) r`,
    ).then(([{ small }]) => small));
  }

  #hasShortWordsOnly(): boolean {
    return this.#match.term.split(" ").every((word) => word.length < SHORT);
  }

  /**
   * Walks for one or two letters that many names begin with, and has an index tell those of few.
   * @returns null where neither finds a page
   */
  async #readByBeginning(
    ctx: Ctx,
    stretch: Stretch,
  ): Promise<number[] | null> {
    // Once they are known, each stretch after the first one has only to be asked for them.
    if (!this.#candidates) {
      const walked = await this.#walkBeforeChunks(
        ctx,
        stretch,
        LONG_WALK_BEFORE_CHUNKS,
      );
      if (walked) return walked;
    }
    const candidates = await this.#allCandidates(ctx, stretch);
    if (candidates) {
      return await amongCandidates(ctx, this.#match, stretch, candidates);
    }
    const second = await walk(ctx, this.#match, stretch, LONG_WALK);
    return second.complete ? second.ids : null;
  }

  /** Nothing finds short words but a look at every text, of which there are only so many in a scope. */
  async #withinScope(ctx: Ctx, stretch: Stretch): Promise<number[]> {
    for (const rows of [WALK, LONG_WALK]) {
      const { ids, complete } = await walk(ctx, this.#match, stretch, rows);
      if (complete) return ids;
    }
    return await amongCandidates(ctx, this.#match, stretch, null);
  }

  /**
   * Walks for a while, and finds what is rarer by the chunks of texts.
   * @returns null where there is no use in chunks
   */
  async #readByChunks(ctx: Ctx, stretch: Stretch): Promise<number[] | null> {
    const { table, term, scope = {} } = this.#match;
    this.#chunks ??= ChunkSearch.begin(ctx, table, term, scope);
    const search = await this.#chunks;
    if (!search) return null;
    const { segment } = stretch;
    const byTime = isByTime(stretch);
    if (segment.few) {
      const { ids, complete } = await walk(ctx, this.#match, stretch, WALK);
      if (complete) return ids;
    }
    const expected = search.perChunk * search.chunks + search.recent.length;
    let walked = false;
    // Chunks by time lead past the rows of other segments, and few of them hold what is not old.
    const straight = byTime ? segment.where !== "true" : segment.since;
    const least = straight ? search.chunks * MANY_IN_CHUNK : FEW_CANDIDATES;
    if (expected > least) {
      const ids = await this.#walkBeforeChunks(ctx, stretch, expected);
      if (ids) return ids;
      walked = true;
    }
    if (byTime) return await this.#throughChunks(ctx, stretch, search);
    const candidates = await this.#candidatesSince(ctx, stretch, search);
    if (candidates.length > MANY_CANDIDATES && !walked) {
      const ids = await this.#walkBeforeChunks(ctx, stretch, candidates.length);
      if (ids) return ids;
    }
    return await amongCandidates(ctx, this.#match, stretch, candidates);
  }

  /**
   * Looks at the first rows of the stretch, and at more if that is likely to be enough.
   * @param expected rows that may contain the term
   * @returns null where it is not enough
   */
  async #walkBeforeChunks(
    ctx: Ctx,
    stretch: Stretch,
    expected: number,
  ): Promise<number[] | null> {
    if (!isIndexed(this.#match, stretch)) return null;
    const first = await walk(ctx, this.#match, stretch, WALK_BEFORE_CHUNKS);
    if (first.complete) return first.ids;
    const rows = 1.5 * WALK_BEFORE_CHUNKS * stretch.limit / first.ids.length;
    const most = Math.max(
      SHORT_WALK,
      Math.min(expected, LONG_WALK_BEFORE_CHUNKS),
    );
    if (liesInOrder(this.#match, stretch) || rows > most) return null;
    const second = await walk(ctx, this.#match, stretch, Math.ceil(rows));
    return second.complete ? second.ids : null;
  }

  /** Ids of all texts of the stretch's time that may contain the term. */
  async #candidatesSince(
    ctx: Ctx,
    { keyset, segment }: Stretch,
    search: ChunkSearch,
  ): Promise<number[]> {
    const from = [keyset.since, segment.since].filter((time) =>
      time !== undefined
    ).sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
    let ids = this.#inChunks.get(from);
    if (!ids) {
      ids = this.#readInChunks(ctx, from, search);
      this.#inChunks.set(from, ids);
    }
    return await ids;
  }

  async #readInChunks(
    ctx: Ctx,
    from: string | undefined,
    search: ChunkSearch,
  ): Promise<number[]> {
    const pass = await search.pass({ direction: "desc", from });
    const parts = await pass.rest();
    return [
      ...new Set([...search.recent, ...await this.#idsIn(ctx, parts)]),
    ];
  }

  /** Ids of the texts in parts of chunks that may contain the term. */
  async #idsIn(
    ctx: Ctx,
    parts: readonly SearchedPart[],
  ): Promise<number[]> {
    const where = new Conditions();
    const rows = await query<{ id: number }>(
      ctx,
      idsOf(this.#match.table, candidatesIn(parts), where),
      where.parameters,
    );
    return rows.map(({ id }) => id);
  }

  /** Looks through chunks of texts in the order of the stretch, which is that of time. */
  async #throughChunks(
    ctx: Ctx,
    stretch: Stretch,
    search: ChunkSearch,
  ): Promise<number[]> {
    const { direction, position, limit, keyset: { since } } = stretch;
    const at = position?.[0] as string | undefined;
    const pass = await search.pass({
      direction,
      from: direction === "asc" ? at ?? since : since,
      until: direction === "desc" ? at : undefined,
    });
    const { order } = pass;
    const { table } = this.#match;
    let found = await checkCandidates(
      ctx,
      this.#match,
      stretch,
      search.recent,
      (ids, where) => where.value(ids, "int4[]"),
    );
    let count = FIRST_CANDIDATES / search.perChunk;
    let waiting: SearchedPart[] = [];
    let candidates = 0;
    let checked = CHECKED_FIRST;
    let seen = 0;
    for (;;) {
      const { parts, count: read, rest } = await pass.next(count);
      seen += read;
      for (const [index, part] of parts.entries()) {
        waiting.push(part);
        candidates += part.slots.length;
        const isLast = index + 1 === parts.length;
        const next = isLast || rest && order(rest, parts[index + 1]) < 0
          ? rest
          : parts[index + 1];
        if (candidates < checked && !isLast) continue;
        // What cannot be enough is looked at together with what comes after.
        if (found.length + candidates < limit && rest !== null) continue;
        const more = await checkCandidates(
          ctx,
          this.#match,
          stretch,
          candidatesIn(waiting),
          (slots, where) => `array(${idsOf(table, slots, where)})`,
        );
        // What has been changed lately may be in a chunk as well.
        const unique = new Map([...found, ...more].map((row) => [row.id, row]));
        found = [...unique.values()].sort(order).slice(0, limit);
        waiting = [];
        candidates = 0;
        checked *= 2;
        const full = found.length === limit && next !== null &&
          order(found[limit - 1], next) < 0;
        if (full) return found.map(({ id }) => id);
      }
      if (rest === null) return found.map(({ id }) => id);
      const matching = Math.max(1, Math.min(limit, found.length + candidates));
      const needed = MARGIN * limit * seen / matching;
      count = Math.max(needed, 2 * seen) - seen;
    }
  }

  /** The same as `#readCandidates`, read once for all stretches. */
  async #allCandidates(
    ctx: Ctx,
    stretch: Stretch,
  ): Promise<number[] | null> {
    const most = this.#match.beginning && isIndexed(this.#match, stretch)
      ? MAX_BEGINNINGS
      : MAX_CANDIDATES;
    return await (this.#candidates ??= this.#readCandidates(
      ctx,
      stretch,
      most,
    ));
  }

  /**
   * Ids of the rows that match, of the listing's scope where an index tells.
   * @returns null where there are more than `most`
   */
  async #readCandidates(
    ctx: Ctx,
    stretch: Stretch,
    most: number,
  ): Promise<number[] | null> {
    const { keyset: { table, alias, scope } } = stretch;
    const where = new Conditions();
    const { beginning, ids } = this.#match;
    const found = scope !== undefined && beginning
      ? `select ${alias}.id from ${table} ${alias} where ${scope} and (${
        beginning(where, alias)
      })`
      : ids(where);
    const rows = await queryListing<{ id: number }>(
      ctx,
      `${found} limit ${most + 1}`,
      where.parameters,
    );
    return rows.length > most ? null : rows.map((row) => row.id);
  }
}
