/**
 * Times of `GET /api/v4/search` over HTTP for terms of every rarity (budget of issue and design:
 * p99 of 50 ms at a million posts), in two rounds, which tell what the disk costs from what the search
 * does. Run it on a seeded data directory:
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

const { terms, scopes } = await prepare(async (sql) => {
  // From everywhere: what lies together is of one time, and in memory together.
  const comments = async (length: number) =>
    await sql<{ content: string }[]>`
      select content from (select id, content from comment tablesample system (0.5) repeatable (7)) c
      where length(content) > ${length} order by hashint4(id) limit ${TERMS}`;
  const posts = await sql<{ name: string; url: string | null }[]>`
    select name, url from (select id, name, url from post tablesample system (1) repeatable (7)) p
    order by hashint4(id) limit ${TERMS}`;
  const people = await sql<{ name: string }[]>`
    select name from person tablesample system (10) repeatable (7) limit ${TERMS}`;
  const communities = await sql<{ name: string }[]>`
    select name from community order by hashint4(id) limit ${TERMS}`;
  const found: Term[] = [];
  const wordsOf = (content: string) => content.match(/[a-z]{4,}/gi) ?? [];
  for (const { content } of await comments(60)) {
    const words = wordsOf(content);
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
  for (const { content } of await comments(400)) {
    const words = wordsOf(content);
    found.push({ kind: "ten words", term: words.slice(3, 13).join(" ") });
    // Every third, so that they stand together nowhere else.
    const apart = words.filter((_, index) => index % 3 === 0).slice(1, 9);
    found.push({ kind: "eight words apart", term: apart.join(" ") });
  }
  for (const { name, url } of posts) {
    found.push({ kind: "title", term: name });
    if (url) found.push({ kind: "address", term: url });
  }
  for (const { name } of people) found.push({ kind: "person", term: name });
  for (const { name } of communities) {
    found.push({ kind: "community", term: name });
  }
  for (const letter of "qxzjvk") {
    found.push({ kind: "nothing", term: `${letter}zq${letter}xj` });
  }
  const communityAt = async (rank: number) =>
    (await sql<{ id: number }[]>`
      select id from community order by comments desc offset ${rank} limit 1`)[
      0
    ].id;
  const personAt = async (rank: number) =>
    (await sql<{ id: number }[]>`
      select id from person order by comment_count desc offset ${rank} limit 1`)[
      0
    ].id;
  const scopes: Record<string, Record<string, number>> = {
    everywhere: {},
    "in the busiest community": { community_id: await communityAt(0) },
    "in a usual community": { community_id: await communityAt(100) },
    "of the author of most": { creator_id: await personAt(0) },
    "of a usual author": { creator_id: await personAt(2000) },
  };
  return { terms: found, scopes };
});

const server = await startServer();
try {
  console.log(
    "milliseconds: p50, p99 and worst, of both rounds, by kind of term and search",
  );
  const times = new Map<string, number[][]>();
  const every: number[][] = [[], []];
  // Not twice at once: the same answer is given to everybody for a second.
  for (const round of [0, 1]) {
    for (const [place, scope] of Object.entries(scopes)) {
      const types = place === "everywhere"
        ? ["all", "posts", "comments", "users", "communities"]
        : ["all"];
      for (const type of types) {
        for (const { kind, term } of terms) {
          const url = new URL("/api/v4/search", server.origin);
          url.searchParams.set("search_term", term);
          url.searchParams.set("type_", type);
          for (const [name, id] of Object.entries(scope)) {
            url.searchParams.set(name, String(id));
          }
          const name = `${type} ${place}, ${kind}`;
          const own = times.get(name) ?? [[], []];
          times.set(name, own);
          const time = await timed(url);
          own[round].push(time);
          every[round].push(time);
        }
      }
    }
  }
  times.set(`all ${every[0].length}`, every);
  for (const [name, rounds] of times) {
    console.log(`${rounds.map(summary).join(" |")}  ${name}`);
  }
} finally {
  await server.stop();
}

async function timed(url: URL): Promise<number> {
  const start = performance.now();
  const answer = await fetch(url);
  const text = await answer.text();
  const time = performance.now() - start;
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return time;
}

function summary(times: number[]): string {
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return [at(0.5), at(0.99), at(1)]
    .map((time) => time.toFixed(1).padStart(7)).join("");
}
