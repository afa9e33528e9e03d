/**
 * Times of `GET /api/v4/search` over HTTP for terms of every rarity (budget of issue and design:
 * p99 of 50 ms at a million posts). Run it on a seeded data directory:
 *
 *     LEMMY_DATA_DIR=… deno task seed --posts 1000000
 *     LEMMY_DATA_DIR=… deno run -A tests/bench/search.ts
 *
 * The terms are taken from the data, the same ones each time: single words, neighbouring words, and what nothing contains.
 */
import { prepare, startServer } from "./support.ts";

const TERMS = 40;

interface Term {
  kind: string;
  term: string;
}

const { terms, busiest } = await prepare(async (sql) => {
  const rows = await sql<{ content: string }[]>`
    select content from comment tablesample system (1) repeatable (7) where length(content) > 60 limit ${TERMS}`;
  const posts = await sql<{ name: string }[]>`
    select name from post tablesample system (1) repeatable (7) limit ${TERMS}`;
  const people = await sql<{ name: string }[]>`
    select name from person tablesample system (10) repeatable (7) limit ${TERMS}`;
  const found: Term[] = [];
  for (const { content } of rows) {
    const words = content.match(/[a-z]{4,}/gi) ?? [];
    const all = (count: number) => words.slice(1, 1 + count).join(" ");
    if (words.length < 6) continue;
    found.push({ kind: "one word", term: all(1) });
    found.push({ kind: "two words", term: all(2) });
    found.push({ kind: "three words", term: all(3) });
    found.push({ kind: "five words", term: all(5) });
    found.push({ kind: "two words reversed", term: `${words[2]} ${words[1]}` });
    found.push({ kind: "part of a word", term: words[1].slice(0, 3) });
    found.push({ kind: "two letters", term: words[1].slice(0, 2) });
  }
  for (const { name } of posts) found.push({ kind: "title", term: name });
  for (const { name } of people) found.push({ kind: "person", term: name });
  for (const letter of "qxzjvk") {
    found.push({ kind: "nothing", term: `${letter}zq${letter}xj` });
  }
  const [community] = await sql<{ id: number }[]>`
    select id from community order by comments desc limit 1`;
  const [person] = await sql<{ id: number }[]>`
    select id from person order by comment_count desc limit 1`;
  const busiest: Record<string, number> = {
    community_id: community.id,
    creator_id: person.id,
  };
  return { terms: found, busiest };
});

const server = await startServer();
try {
  console.log("milliseconds: p50, p99 and worst, by kind of term and search");
  const kinds = [...new Set(terms.map(({ kind }) => kind))];
  const every: number[] = [];
  for (
    const [type_, scope] of [
      ["all"],
      ["posts"],
      ["comments"],
      ["users"],
      ["all", "community_id"],
      ["all", "creator_id"],
    ]
  ) {
    for (const kind of kinds) {
      const times: number[] = [];
      for (const { term } of terms.filter((term) => term.kind === kind)) {
        const url = new URL("/api/v4/search", server.origin);
        url.searchParams.set("search_term", term);
        url.searchParams.set("type_", type_);
        // The busiest community, the author of most.
        if (scope) url.searchParams.set(scope, String(busiest[scope]));
        const start = performance.now();
        const answer = await fetch(url);
        const text = await answer.text();
        times.push(performance.now() - start);
        if (!answer.ok) throw new Error(`${term}: ${answer.status} ${text}`);
      }
      every.push(...times);
      const where = scope ? ` of one ${scope}` : "";
      console.log(`${summary(times)}  ${type_}${where}, ${kind}`);
    }
  }
  console.log(`${summary(every)}  of all ${every.length}`);
} finally {
  await server.stop();
}

function summary(times: number[]): string {
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return [at(0.5), at(0.99), at(1)]
    .map((time) => time.toFixed(1).padStart(7)).join("");
}
