/**
 * Requests per second of a running server, and the memory of everything at rest (design §9). Run it
 * on a seeded data directory:
 *
 *     LEMMY_DATA_DIR=… deno task seed --posts 100000
 *     LEMMY_DATA_DIR=… deno run -A tests/bench/http.ts
 *
 * It needs Debian's `wrk`, starts the server itself with limits that do not bite, and shares the
 * machine with it: compare figures of one run only. Of each request the processor time is told as
 * well, in milliseconds of the server and of PostgreSQL; it depends less on what else runs.
 */
import { cpuOf, login, memory, prepare, startServer } from "./support.ts";

const SECONDS = 6;
const CONNECTIONS = 32;
/** People who vote at the same time. */
const VOTERS = [16, 64];

/** What `wrk` asks: a Lua script that may define `request`, see wrk's SCRIPTING. */
interface Load {
  headers?: Record<string, string>;
  script?: string;
  connections?: number;
}

async function wrk(
  origin: string,
  path: string,
  { headers = {}, script = "", connections = CONNECTIONS }: Load = {},
): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".lua" });
  await Deno.writeTextFile(file, script);
  const sent = { "accept-encoding": "gzip", ...headers };
  const before = await cpuOf(pid);
  const { success, stdout, stderr } = await new Deno.Command("wrk", {
    args: [
      "-t2",
      `-c${connections}`,
      `-d${SECONDS}s`,
      "--latency",
      ...Object.entries(sent).flatMap(([k, v]) => ["-H", `${k}: ${v}`]),
      "-s",
      file,
      origin + path,
    ],
  }).output();
  const after = await cpuOf(pid);
  await Deno.remove(file);
  const text = new TextDecoder().decode(success ? stdout : stderr);
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(text)?.[1] ?? "?";
  const p99 = /^\s+99%\s+(\S+)/m.exec(text)?.[1] ?? "?";
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1];
  const count = Number(/(\d+) requests in/.exec(text)?.[1]);
  const each = (who: "own" | "children") =>
    ((after[who] - before[who]) / count).toFixed(2);
  return `${rate.padStart(9)} req/s, p99 ${p99}, CPU of each ${each("own")} + ${
    each("children")
  } ms${bad ? `, ${bad} refused` : ""}`;
}

/** Numbers the threads, whose scripts share nothing: `id` is 0 or 1. */
const THREAD_IDS = `local threads = 0
function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end
local n = 0
`;

/** A script that asks for each address once, so that no cache has it. */
const VARY = `${THREAD_IDS}
function request()
  n = n + 1
  return wrk.format("GET", wrk.path .. (wrk.path:find("?") and "&" or "?") .. "n=" .. id .. "x" .. n)
end`;

/** Lets the server be, so that it gives back what it does not need. */
const rest = (seconds: number) =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Durable votes of several people, who are as many at once, on the newest posts. */
async function votes(origin: string, tokens: string[]): Promise<string> {
  const list = await fetch(
    `${origin}/api/v4/post/list?type_=all&sort=new&limit=50`,
  );
  const posts: number[] = (await list.json()).items.map((
    item: { post: { id: number } },
  ) => item.post.id);
  const script = `${THREAD_IDS}
local posts = {${posts.join(",")}}
local tokens = {${tokens.map((token) => JSON.stringify(token)).join(",")}}
function request()
  n = n + 1
  local person = (2 * n + id) % #tokens
  local post = posts[(7 * n + 3 * person) % #posts + 1]
  wrk.headers["authorization"] = "Bearer " .. tokens[person + 1]
  return wrk.format("POST", nil, nil,
    '{"post_id":' .. post .. ',"is_upvote":' .. tostring(math.random(2) == 1) .. '}')
end`;
  return await wrk(origin, "/api/v4/post/like", {
    headers: { "content-type": "application/json" },
    script,
    connections: tokens.length,
  });
}

const voters = await prepare(async (sql) => {
  const rows = await sql<{ name: string }[]>`
    select p.name from person p join local_user u on u.person_id = p.id
    where not u.admin and not p.bot_account order by p.id limit ${
    Math.max(...VOTERS)
  }`;
  return rows.map((row) => row.name);
});
const { origin, pid, startup, stop } = await startServer();
const megabytes = async () =>
  `${(await memory(pid)).toFixed(0).padStart(9)} MB`;
try {
  const say = (name: string, figure: string) =>
    console.log(`${figure}  ${name}`);
  say(
    "start to first answer",
    `${Math.round(startup).toString().padStart(9)} ms`,
  );
  await rest(30);
  say("memory at rest (PSS, everything)", await megabytes());
  const tokens = await Promise.all(voters.map((name) => login(origin, name)));
  const signedIn = { authorization: `Bearer ${tokens[0]}` };
  const cookie = { cookie: `jwt=${tokens[0]}` };
  // The other workers are started by the first load.
  await wrk(origin, "/", { script: VARY });
  say("front page, anonymous, cached", await wrk(origin, "/"));
  say(
    "front page, anonymous, each address once",
    await wrk(origin, "/", { script: VARY }),
  );
  say("front page, signed in", await wrk(origin, "/", { headers: cookie }));
  say(
    "API post list, anonymous, cached",
    await wrk(origin, "/api/v4/post/list"),
  );
  say(
    "API post list, anonymous, each address once",
    await wrk(origin, "/api/v4/post/list", { script: VARY }),
  );
  say(
    "API post list, signed in",
    await wrk(origin, "/api/v4/post/list", { headers: signedIn }),
  );
  for (const count of VOTERS) {
    say(
      `votes by API, ${count} people at once`,
      await votes(origin, tokens.slice(0, count)),
    );
  }
  say("memory after the load (PSS, everything)", await megabytes());
  await rest(120);
  say("memory two minutes later (PSS, everything)", await megabytes());
} finally {
  await stop();
}
