import type { Sql } from "../../db/connection.ts";
import {
  type ChunkKind,
  ChunkRows,
  micros,
  PART_SIZE,
  sectionsOf,
} from "./chunk.ts";
import { writeRows, writeScopes, writeSlots } from "./rows.ts";
import { gramsOf } from "./grams.ts";

/** Characters of a chunk: more make it smaller, as its rows are made in memory. */
export const MAX_LENGTH = 8_000_000;

/** SQL of the microseconds since 1970 of the times of a parameter. */
const TIMES = `(select array_agg(${micros("t")} order by n)
  from unnest($::timestamptz[]) with ordinality u (t, n))`;

/** Texts read at a time. */
export const READ = 500;

/** A table of texts that are in chunks. */
export interface Texts {
  table: string;
  /** Column with the id of a text. */
  key: string;
  /** Column or expression with the whole text, in lower case. */
  text: string;
}

/** Where a text stands in the order of time. */
export interface TextPlace {
  id: number;
  published_at: string;
  version?: number;
}

export interface Text extends TextPlace {
  /** In lower case. */
  content: string;
}

/** A chunk that is being made of texts which come in the order of time. */
export class Draft {
  readonly places: TextPlace[] = [];
  #kind: ChunkKind;
  #rows: ChunkRows;
  #length = 0;

  constructor(kind: ChunkKind) {
    this.#kind = kind;
    this.#rows = new ChunkRows(kind.sections);
  }

  /** Adds texts, as many as may be in one chunk together. */
  async fill(texts: AsyncIterable<Text[]>): Promise<void> {
    for await (const some of texts) {
      for (const text of some) this.#add(text);
      if (this.#length > MAX_LENGTH) break;
    }
  }

  #add({ content, ...place }: Text): void {
    const sections = sectionsOf(content, this.#kind.sections);
    this.#rows.add(...sections.map(gramsOf));
    this.#length += content.length;
    this.places.push(place);
  }

  /** Writes the chunk of a table of texts, if there are texts in it. */
  async store(sql: Sql, table: string): Promise<void> {
    const { places } = this;
    if (places.length === 0) return;
    const starts = Array.from(
      { length: Math.ceil(places.length / PART_SIZE) },
      (_, part) => part * PART_SIZE,
    );
    const first = places[0];
    const last = places[places.length - 1];
    const [{ id }] = await sql.unsafe<[{ id: number }]>(
      `insert into ${table}_chunk
         (first_at, first_id, last_at, last_id, size, sections, scoped, part_first, part_last)
       values ($1::timestamptz, $2::int4, $3::timestamptz, $4::int4, $5::int4, $6::int4, true,
         ${TIMES.replace("$", "$7")}, ${
        TIMES.replace("$", "$8")
      }) returning id`,
      [
        first.published_at,
        first.id,
        last.published_at,
        last.id,
        places.length,
        this.#kind.sections,
        starts.map((start) => places[start].published_at),
        starts.map((start) =>
          places[Math.min(start + PART_SIZE, places.length) - 1].published_at
        ),
      ],
    );
    await writeRows(sql, table, id, this.#rows);
    const ids = places.map((place) => place.id);
    await writeSlots(sql, table, id, ids);
    await writeScopes(sql, table, id, ids);
  }
}
