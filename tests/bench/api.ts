/**
 * Latency of every list endpoint of the API over HTTP, as clients see it: signed out, and signed in
 * as somebody with 500 follows and 100 blocks; first page and fiftieth page (design §9). Run it on
 * a seeded data directory, at best of a million posts:
 *
 *     LEMMY_DATA_DIR=… deno task seed --posts 1000000
 *     LEMMY_DATA_DIR=… deno run -A tests/bench/api.ts
 *
 * Requests come one after the other, so what is measured is the answer's own time. It adds
 * notifications, reports and a log of moderation to the data, as the seed has none.
 */
import { login, memory, prepare, startServer } from "./support.ts";

const REQUESTS = 100;
const DEEP = 50;
const FOLLOWS = 500;
const BLOCKS = 100;
/** Rows of each kind that the lists of moderation and the inbox are measured with. */
const RECORDS = 20_000;

type Who = "anonymous" | "user" | "admin";

interface Listing {
  name: string;
  path: string;
  who: readonly Who[];
}

interface Subjects {
  user: string;
  admin: string;
  community: number;
  thread: number;
  author: number;
}

const subjects = await prepare(async (sql): Promise<Subjects> => {
  const [user] = await sql<{ id: number; name: string }[]>`
    select p.id, p.name from person p join local_user u on u.person_id = p.id
    where not u.admin and not p.bot_account order by p.id limit 1`;
  const [admin] = await sql<{ id: number; name: string }[]>`
    select p.id, p.name from person p join local_user u on u.person_id = p.id
    where u.admin order by p.id limit 1`;
  await sql`insert into community_actions (person_id, community_id, followed_at, follow_state)
    select ${user.id}, id, now(), 'accepted' from community order by id limit ${FOLLOWS}
    on conflict (person_id, community_id) do update set followed_at = now(), follow_state = 'accepted'`;
  await sql`insert into person_actions (person_id, target_id, blocked_at)
    select ${user.id}, id, now() from person where id <> ${user.id} order by id desc limit ${BLOCKS}
    on conflict (person_id, target_id) do update set blocked_at = now()`;
  await sql`insert into notification (recipient_id, creator_id, kind, post_id, comment_id, published_at)
    select ${user.id}, creator_id, 'reply', post_id, id, published_at from comment
    where creator_id <> ${user.id} order by id desc limit ${RECORDS} on conflict do nothing`;
  await sql`insert into modlog (kind, moderator_id, target_person_id, target_community_id,
      target_post_id, published_at)
    select 'mod_lock_post', ${admin.id}, creator_id, community_id, id, published_at from post
    order by id desc limit ${RECORDS}`;
  await sql`insert into report (type_, creator_id, community_id, post_id, original_post_name, reason,
      published_at)
    select 'post', ${user.id}, community_id, id, name, 'a reason', published_at from post
    order by id desc limit ${RECORDS} on conflict do nothing`;
  await sql`analyze notification, modlog, report, community_actions, person_actions`;
  const [{ community }] = await sql<{ community: number }[]>`
    select id as community from community order by posts desc limit 1`;
  const [{ thread, author }] = await sql<{ thread: number; author: number }[]>`
    select id as thread, creator_id as author from post where not deleted and not removed
    order by comments desc limit 1`;
  return { user: user.name, admin: admin.name, community, thread, author };
});

const READERS = ["anonymous", "user"] as const;
const LISTINGS: Listing[] = [
  ...["active", "hot", "new", "old", "top", "scaled", "controversial"].map((
    sort,
  ) => ({
    name: `post/list ${sort}`,
    path: `post/list?type_=all&sort=${sort}&show_nsfw=true`,
    who: READERS,
  })),
  ...["most_comments", "new_comments"].map((sort) => ({
    name: `post/list ${sort}`,
    path: `post/list?type_=all&sort=${sort}`,
    who: READERS,
  })),
  read("post/list of a community", "post/list?sort=active&community_id=COM"),
  read("post/list of the day", "post/list?sort=top&time_range_seconds=86400"),
  mine("post/list subscribed", "post/list?type_=subscribed&sort=active"),
  read("comment/list new", "comment/list?type_=all&sort=new"),
  read("comment/list of a thread", "comment/list?post_id=THREAD&sort=hot"),
  read("comment/list/slim of a thread", "comment/list/slim?post_id=THREAD"),
  read("community/list", "community/list?type_=all"),
  mine("community/list subscribed", "community/list?type_=subscribed"),
  read("person/content", "person/content?person_id=AUTHOR"),
  read("person/list", "person/list"),
  read("multi_community/list", "multi_community/list"),
  mine("account/saved", "account/saved"),
  mine("account/liked", "account/liked"),
  mine("account/read", "account/read"),
  mine("account/hidden", "account/hidden"),
  mine("account/notification/list", "account/notification/list"),
  mine("account/unread_counts", "account/unread_counts"),
  read("modlog", "modlog"),
  read("modlog of a community", "modlog?community_id=COM"),
  admins("report/list", "report/list"),
  admins("admin/users", "admin/users?limit=50"),
  admins("admin/users, all at once", "admin/users"),
  admins(
    "admin/registration_application/list",
    "admin/registration_application/list",
  ),
  admins("post/like/list", "post/like/list?post_id=THREAD"),
  admins("image/list", "image/list"),
  read("custom_emoji/list", "custom_emoji/list"),
  read("admin/tagline/list", "admin/tagline/list"),
  read("federated_instances", "federated_instances?kind=all"),
];

function read(name: string, path: string): Listing {
  return { name, path, who: READERS };
}

function mine(name: string, path: string): Listing {
  return { name, path, who: ["user"] };
}

function admins(name: string, path: string): Listing {
  return { name, path, who: ["admin"] };
}

const server = await startServer();
const tokens: Record<Who, string | null> = {
  anonymous: null,
  user: await login(server.origin, subjects.user),
  admin: await login(server.origin, subjects.admin),
};

/** One answer, and how long it took in milliseconds. */
async function ask(path: string, who: Who, unique = 0) {
  const url = new URL(`/api/v4/${path}`, server.origin);
  // Another address each time, which no cache of pages has.
  if (unique > 0) url.searchParams.set("n", String(unique));
  const token = tokens[who];
  const start = performance.now();
  const answer = await fetch(url, {
    headers: token ? { authorization: `Bearer ${token}` } : {},
  });
  const text = await answer.text();
  const time = performance.now() - start;
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return { time, body: JSON.parse(text) };
}

async function times(path: string, who: Who): Promise<string> {
  const all: number[] = [];
  for (let i = 0; i < 10; i++) await ask(path, who, i + 1);
  for (let i = 0; i < REQUESTS; i++) {
    all.push((await ask(path, who, i + 100)).time);
  }
  all.sort((a, b) => a - b);
  const at = (share: number) =>
    all[Math.min(all.length - 1, Math.floor(all.length * share))]
      .toFixed(1).padStart(6);
  return `${at(0.5)} ${at(0.99)}`;
}

/** The path of the fiftieth page; null when there are fewer, of the last one that exists. */
async function deepPath(path: string, who: Who) {
  let page = path;
  let number = 1;
  for (; number < DEEP; number++) {
    const { body } = await ask(page, who);
    if (!body.next_page) break;
    const separator = path.includes("?") ? "&" : "?";
    page = `${path}${separator}page_cursor=${
      encodeURIComponent(body.next_page)
    }`;
  }
  return { page, number };
}

try {
  console.log("milliseconds: p50 and p99 of the first page, of a deep page");
  for (const listing of LISTINGS) {
    const path = listing.path
      .replace("COM", String(subjects.community))
      .replace("THREAD", String(subjects.thread))
      .replace("AUTHOR", String(subjects.author));
    for (const who of listing.who) {
      const first = await times(path, who);
      const { page, number } = await deepPath(path, who);
      const deep = number > 1 ? await times(page, who) : "".padStart(13);
      console.log(
        `${first}  ${deep} (page ${number})  ${listing.name}, ${who}`,
      );
    }
  }
  console.log(`${(await memory(server.pid)).toFixed(0)} MB after the load`);
} finally {
  await server.stop();
}
