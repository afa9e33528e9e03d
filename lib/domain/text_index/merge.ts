import type { Sql } from "../../db/connection.ts";
import {
  bucketRow,
  CHUNK_SIZE,
  type ChunkKind,
  type ChunkRow,
  MERGED,
  ownRow,
  PART_SIZE,
  stride,
} from "./chunk.ts";
import { Buckets } from "./buckets.ts";
import type { Texts } from "./draft.ts";
import {
  freshRows,
  openRows,
  storedRows,
  writeRow,
  writeSlots,
} from "./rows.ts";
import { setSlots, unpackSlots } from "./slots.ts";
import { bucketOf, isBucket, isBucketSql } from "./grams.ts";

/** Chunks that amount to so many full ones are merged at a time: their rows lie together then. */
export const MERGED_TOGETHER = 32;
/** Rows read at a time. */
const READ = 1000;
/** SQL condition on a chunk. */
const UNMERGED = "not outdated and not merged and retired_at is null";

/** A chunk to merge. */
interface Member {
  id: number;
  size: number;
  sections: number;
  /** Microseconds since 1970 of the first and last text of each part. */
  firsts: number[];
  lasts: number[];
}

/** What is stored of a number in one of the chunks. */
interface StoredRow {
  chunk: number;
  gram: number;
  /** After their number in four bytes. */
  bits: Uint8Array | null;
  slots: Uint8Array | null;
}

/**
 * SQL condition: the chunks that are as they were made amount to so many full ones.
 * @param size bits of a row of a full one
 */
export function isUnmerged(
  table: string,
  count: number,
  size = CHUNK_SIZE,
): string {
  return `(select coalesce(sum(size * sections) >= ${
    count * size
  }, false) from ${table}_chunk where ${UNMERGED})`;
}

/**
 * Merges chunks that follow each other, the newest of them last: a search then reads a quarter as
 * many rows. They are written in the order of their grams, so that those of several chunks lie
 * together. What they were made of is kept for a while, for searches under way.
 * @param least for less than so many full chunks it does nothing yet
 * @returns whether there may be more to do
 */
export async function mergeChunks(
  sql: Sql,
  { table }: Texts,
  kinds: readonly ChunkKind[],
  least: number,
): Promise<boolean> {
  const full = Math.max(...kinds.map((kind) => kind.texts * kind.sections));
  const [{ enough }] = await sql.unsafe<[{ enough: boolean }]>(
    `select ${isUnmerged(table, least, full)} as enough`,
  );
  if (!enough) return false;
  const chunks = await sql.unsafe<Member[]>(
    `select id, size, sections, to_json(part_first) as firsts, to_json(part_last) as lasts
     from ${table}_chunk where id in (
       select id from (
         select id, sum(size * sections) over (order by last_at, last_id, id) as amount
         from ${table}_chunk where ${UNMERGED}
       ) c where amount <= ${Math.max(least, MERGED_TOGETHER) * full}
     ) order by last_at, last_id, id for update`,
  );
  const groups = kinds.flatMap((kind) => groupsOf(chunks, kind));
  if (groups.length === 0) return false;
  for (const group of groups) await group.store(sql, table);
  await mergeRows(sql, table, groups);
  await sql.unsafe(
    `update ${table}_chunk set retired_at = clock_timestamp() where id = any($1::int4[])`,
    [groups.flatMap(({ members }) => members.map(({ id }) => id))],
  );
  return true;
}

/** Those of the chunks that make full ones, in the order of time. */
function groupsOf(chunks: readonly Member[], kind: ChunkKind): Group[] {
  const room = MERGED * stride(kind.texts);
  const groups: Member[][] = [];
  let left = 0;
  for (const chunk of chunks) {
    if (chunk.sections !== kind.sections) continue;
    const own = stride(chunk.size);
    if (own > left) {
      groups.push([]);
      left = room;
    }
    groups[groups.length - 1].push(chunk);
    left -= own;
  }
  // There may be more to come for the last one.
  if (left > 0) groups.pop();
  return groups.map((members) => new Group(members, kind.sections));
}

/** Writes the rows of merged chunks from those of their members. */
async function mergeRows(
  sql: Sql,
  table: string,
  groups: readonly Group[],
): Promise<void> {
  const members = groups.flatMap(({ members }) => members.map(({ id }) => id));
  // What has no row of its own in a member is looked for in its bucket, so that these come first.
  await sql.unsafe(
    `declare unmerged cursor for
     select chunk, gram, varbit_send(bits) as bits, slots from ${
      freshRows(table)
    }
     where chunk = any($1::int4[]) order by (${
      isBucketSql("gram")
    }) desc, gram`,
    [members],
  );
  let waiting: StoredRow[] = [];
  for (let more = true; more;) {
    const rows = await sql.unsafe<StoredRow[]>(`fetch ${READ} from unmerged`);
    more = rows.length > 0;
    waiting.push(...rows);
    // The rows of the last number may go on.
    const last = more ? waiting[waiting.length - 1].gram : undefined;
    const writer = await openRows(sql, storedRows(table));
    let start = 0;
    while (start < waiting.length && waiting[start].gram !== last) {
      const { gram } = waiting[start];
      const own = new Map<number, StoredRow>();
      for (; waiting[start]?.gram === gram; start++) {
        own.set(waiting[start].chunk, waiting[start]);
      }
      for (const group of groups) {
        const row = group.merge(gram, own);
        if (row) await writeRow(writer, group.id, row);
      }
    }
    await writer.close();
    waiting = waiting.slice(start);
  }
  await sql.unsafe("close unmerged");
}

/** Chunks that are merged into one, in which each begins with a whole byte. */
class Group {
  readonly members: readonly Member[];
  /** Id of the merged chunk, once it is stored. */
  id = 0;
  #sections: number;
  /** Bits of a section: of all texts, and some of none. */
  #width = 0;
  /** The members' rows of buckets. */
  #buckets: Buckets;
  /** Room for the numbers of a row. */
  #slots: Int32Array;

  constructor(members: readonly Member[], sections: number) {
    this.members = members;
    this.#sections = sections;
    this.#buckets = new Buckets(members.length);
    for (const { size } of members) this.#width += stride(size);
    this.#slots = new Int32Array(this.#width * sections);
  }

  /** Writes the chunk and which texts it has, without its rows. */
  async store(sql: Sql, table: string): Promise<void> {
    const members = this.members.map(({ id }) => id);
    const [{ id }] = await sql.unsafe<[{ id: number }]>(
      `insert into ${table}_chunk
         (first_at, first_id, last_at, last_id, size, sections, scoped, merged, part_first, part_last)
       select f.first_at, f.first_id, l.last_at, l.last_id, $2::int4, $3::int4, true, true,
         $4::int8[], $5::int8[]
       from (
         select first_at, first_id from ${table}_chunk where id = any($1::int4[])
         order by first_at, first_id limit 1
       ) f, (
         select last_at, last_id from ${table}_chunk where id = any($1::int4[])
         order by last_at desc, last_id desc limit 1
       ) l returning id`,
      [members, this.#width, this.#sections, ...this.#partTimes()],
    );
    this.id = id;
    const parts = await sql.unsafe<{ chunk: number; ids: number[] }[]>(
      `select chunk, ids from ${table}_slot where chunk = any($1::int4[]) order by chunk, part`,
      [members],
    );
    const ids = this.members.flatMap<number | null>((member) => {
      const own = parts.filter(({ chunk }) => chunk === member.id)
        .flatMap(({ ids }) => ids);
      return [...own, ...Array(stride(member.size) - own.length).fill(null)];
    });
    await writeSlots(sql, table, id, ids);
  }

  /** The times of the first and the last text of each part, which may begin or end within a member's. */
  #partTimes(): [firsts: number[], lasts: number[]] {
    const count = Math.ceil(this.#width / PART_SIZE);
    const firsts = Array<number>(count).fill(Infinity);
    const lasts = Array<number>(count).fill(-Infinity);
    let offset = 0;
    for (const { size, firsts: own, lasts: ownLasts } of this.members) {
      for (const [part, first] of own.entries()) {
        const start = offset + part * PART_SIZE;
        const end = offset + Math.min(size, (part + 1) * PART_SIZE);
        for (
          let into = Math.floor(start / PART_SIZE);
          into * PART_SIZE < end;
          into++
        ) {
          firsts[into] = Math.min(firsts[into], first);
          lasts[into] = Math.max(lasts[into], ownLasts[part]);
        }
      }
      offset += stride(size);
    }
    // Those of a part without texts, at the end, are never asked for.
    const known = (time: number) => Number.isFinite(time) ? time : 0;
    return [firsts.map(known), lasts.map(known)];
  }

  /**
   * The row of a number, from those of the members. Buckets come before what they are for.
   * @param rows of the members that have one
   * @returns null where none has
   */
  merge(
    number: number,
    rows: ReadonlyMap<number, StoredRow>,
  ): ChunkRow | null {
    if (!this.members.some(({ id }) => rows.has(id))) return null;
    const isOfBucket = isBucket(number);
    const sections = number < 0 ? 1 : this.#sections;
    // What has no row of its own may be in the bucket.
    const bucket = isOfBucket ? number : bucketOf(number);
    let count = 0;
    let offset = 0;
    for (const [member, { id, size }] of this.members.entries()) {
      const width = stride(size);
      const row = rows.get(id);
      if (isOfBucket && row) this.#buckets.set(bucket, member, row.slots);
      for (
        const slot of row?.bits ? setSlots(row.bits.subarray(4)) : listed(
          row ? row.slots : this.#buckets.get(bucket, member),
          width * sections,
        )
      ) {
        const section = Math.floor(slot / width);
        this.#slots[count++] = section * this.#width + offset + slot -
          section * width;
      }
      offset += width;
    }
    const slots = this.#slots.subarray(0, count);
    if (sections > 1) slots.sort();
    const row = isOfBucket ? bucketRow : ownRow;
    return row(number, slots, this.#width * sections);
  }
}

/** The numbers in a packed list, ascending: of no texts where there is none, of all where it is null. */
function listed(
  slots: Uint8Array | null | undefined,
  size: number,
): Iterable<number> {
  if (slots === null) return Array(size).keys();
  return slots ? unpackSlots(slots) : [];
}
