/**
 * Requests per second of a running server, and the memory of everything at rest (design §9). Run it
 * on a seeded data directory:
 *
 *     LEMMY_DATA_DIR=… deno task seed --posts 100000
 *     LEMMY_DATA_DIR=… deno run -A tests/bench/http.ts
 *
 * It needs Debian's `wrk`, starts the server itself with limits that do not bite, and shares the
 * machine with it: compare figures of one run only.
 */
import { login, memory, prepare, startServer } from "./support.ts";

const SECONDS = 6;
const CONNECTIONS = 32;
/** People who vote at the same time. */
const VOTERS = [16, 64];

async function wrk(
  origin: string,
  path: string,
  options: { headers?: Record<string, string>; vary?: boolean } = {},
): Promise<string> {
  const script = await Deno.makeTempFile({ suffix: ".lua" });
  const separator = path.includes("?") ? "&" : "?";
  await Deno.writeTextFile(
    script,
    options.vary
      ? `local n = 0
local threads = 0
function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end
function request()
  n = n + 1
  return wrk.format("GET", wrk.path .. "${separator}n=" .. id .. "x" .. n)
end`
      : "",
  );
  const headers = { "accept-encoding": "gzip", ...options.headers };
  const { success, stdout, stderr } = await new Deno.Command("wrk", {
    args: [
      "-t2",
      `-c${CONNECTIONS}`,
      `-d${SECONDS}s`,
      "--latency",
      ...Object.entries(headers).flatMap(([k, v]) => ["-H", `${k}: ${v}`]),
      "-s",
      script,
      origin + path,
    ],
  }).output();
  await Deno.remove(script);
  const text = new TextDecoder().decode(success ? stdout : stderr);
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(text)?.[1] ?? "?";
  const p99 = /99%\s+(\S+)/.exec(text)?.[1] ?? "?";
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1];
  return `${rate.padStart(9)} req/s, p99 ${p99}${
    bad ? `, ${bad} refused` : ""
  }`;
}

/** Lets the server be, so that it gives back what it does not need. */
const rest = (seconds: number) =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Durable votes of several people on several posts. */
async function votes(origin: string, tokens: string[]): Promise<string> {
  const list = await fetch(
    `${origin}/api/v4/post/list?type_=all&sort=new&limit=50`,
  );
  const posts: number[] = (await list.json()).items.map((
    item: { post: { id: number } },
  ) => item.post.id);
  const until = performance.now() + SECONDS * 1000;
  let done = 0;
  await Promise.all(tokens.map(async (token, person) => {
    for (let i = 0; performance.now() < until; i++) {
      const answer = await fetch(`${origin}/api/v4/post/like`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${token}`,
        },
        body: JSON.stringify({
          post_id: posts[(i * 7 + person * 3) % posts.length],
          is_upvote: i % 2 === 0,
        }),
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`vote: ${answer.status}`);
      done++;
    }
  }));
  return `${(done / SECONDS).toFixed(0).padStart(9)} votes/s`;
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
  say("front page, anonymous, cached", await wrk(origin, "/"));
  say(
    "front page, anonymous, each address once",
    await wrk(origin, "/", { vary: true }),
  );
  say("front page, signed in", await wrk(origin, "/", { headers: cookie }));
  say(
    "API post list, anonymous, cached",
    await wrk(origin, "/api/v4/post/list"),
  );
  say(
    "API post list, anonymous, each address once",
    await wrk(origin, "/api/v4/post/list", { vary: true }),
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
