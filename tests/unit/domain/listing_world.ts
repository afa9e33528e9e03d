/** A small site full of chance, for comparing its listings with the rules read word for word. */
import type { Ctx } from "../../../lib/domain/context.ts";
import type { CommunityVisibility } from "../../../lib/domain/views.ts";
import { makeCommunity } from "../../support/domain.ts";
import { remoteInstance, type Site, sql } from "./support.ts";

/** Numbers that are the same in every run. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 up to 1. */
  number(): number {
    this.#state = (this.#state * 1_103_515_245 + 12_345) % 2 ** 31;
    return this.#state / 2 ** 31;
  }

  is(probability: number): boolean {
    return this.number() < probability;
  }

  of<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.number() * choices.length)];
  }

  /** One of the choices, or undefined. */
  maybe<T>(probability: number, choices: readonly T[]): T | undefined {
    return this.is(probability) ? this.of(choices) : undefined;
  }
}

export interface Item {
  id: number;
  creator_id: number;
  community_id: number;
  removed: boolean;
  deleted: boolean;
  published_at: string;
  language_id: number;
  score: number;
  hot_rank: number;
  controversy_rank: number;
  federation_pending: boolean;
}

export interface PostRow extends Item {
  name: string;
  url: string | null;
  body: string | null;
  nsfw: boolean;
  featured_community: boolean;
  featured_local: boolean;
  url_content_type: string | null;
  scheduled_publish_time_at: string | null;
  newest_comment_time_at: string | null;
  comments: number;
  hot_rank_active: number;
  scaled_rank: number;
}

export interface CommentRow extends Item {
  post_id: number;
  content: string;
  path: string;
  level: number;
  distinguished: boolean;
}

export interface CommunityRow {
  id: number;
  instance_id: number;
  local: boolean;
  deleted: boolean;
  removed: boolean;
  local_removed: boolean;
  nsfw: boolean;
  visibility: CommunityVisibility;
}

export interface PersonRow {
  id: number;
  instance_id: number;
  bot_account: boolean;
}

export interface World {
  users: Ctx[];
  posts: PostRow[];
  comments: CommentRow[];
  communities: Map<number, CommunityRow>;
  persons: Map<number, PersonRow>;
  /** A multi-community and what is on it. */
  multi: number;
  listed: number[];
}

const WORDS = ["kite", "Katze", "foo", "bar", "100%", "a_b", "Привет", "x"];
const URLS = [
  "https://e.test/a",
  "https://e.test/b.png",
  "https://e.test/kite",
];
const LANGUAGES = [0, 1, 2, 37];
const VISIBILITIES: CommunityVisibility[] = [
  "public",
  "unlisted",
  "local_only_public",
  "local_only_private",
  "private",
];
const HOUR = 3_600_000;

/** Fills a site: posts, comments, and what three users follow, moderate, hide and read. */
export async function makeWorld(site: Site, chance: Chance): Promise<World> {
  const users = [];
  for (const name of ["una", "dos", "tre"]) users.push(await site.signUp(name));
  const far = await remoteInstance(site, "far.test");
  const near = await remoteInstance(site, "near.test");
  const communities = [far.community, near.community];
  for (const visibility of VISIBILITIES) {
    const name = visibility.slice(0, 20);
    communities.push(await makeCommunity(site.admin, name, { visibility }));
  }
  for (const flag of ["deleted", "removed", "local_removed", "nsfw"]) {
    const id = await makeCommunity(site.admin, `is_${flag}`);
    await sql(site, `update community set ${flag} = true where id = $1`, id);
    communities.push(id);
  }
  await sql(
    site,
    "update person set bot_account = true where id = $1",
    near.person,
  );
  const persons = [site.admin, ...users].map((user) => user.viewer!.person.id)
    .concat(far.person, near.person);
  const ago = (hours: number) =>
    new Date(Date.now() - Math.floor(chance.number() * hours) * HOUR - 1000)
      .toISOString();
  const item = (at: string) => ({
    creator_id: chance.of(persons),
    removed: chance.is(0.1),
    deleted: chance.is(0.1),
    published_at: at,
    language_id: chance.of(LANGUAGES),
    score: chance.of([-2, 0, 1, 1, 7]),
    hot_rank: chance.of([0, 0, 0.1, 0.2]),
    controversy_rank: chance.of([0, 0, 1.5, 2]),
    federation_pending: chance.is(0.06),
  });
  const posts = Array.from({ length: 300 }, (_, i) => {
    const url = chance.maybe(0.3, URLS) ?? null;
    return {
      ...item(ago(40)),
      id: 1000 + i,
      ap_id: `https://here.test/post/${i}`,
      community_id: chance.of(communities),
      name: [1, 2, 3].map(() => chance.of(WORDS)).join(" "),
      url,
      body: chance.is(0.5)
        ? `body ${chance.of(WORDS)} ${chance.of(WORDS)}`
        : null,
      nsfw: chance.is(0.15),
      featured_community: chance.is(0.05),
      featured_local: chance.is(0.03),
      url_content_type: url?.endsWith("png")
        ? "image/png"
        : chance.maybe(0.1, ["video/mp4"]) ?? null,
      scheduled_publish_time_at: chance.is(0.06)
        ? new Date(Date.now() + HOUR).toISOString()
        : null,
      newest_comment_time_at: chance.is(0.4) ? ago(20) : null,
      comments: chance.of([0, 0, 1, 5]),
      hot_rank_active: chance.of([0, 0.1, 0.3]),
      scaled_rank: chance.of([0, 0.05, 0.5]),
    };
  });
  const comments: Record<string, unknown>[] = [];
  for (let id = 5000; id < 5350; id++) {
    const post = chance.of(posts.slice(0, 50));
    const above = comments.filter((comment) => comment.post_id === post.id);
    const parent = chance.is(0.6) ? chance.of(above) : undefined;
    comments.push({
      ...item(ago(40)),
      id,
      ap_id: `https://here.test/comment/${id}`,
      post_id: post.id,
      community_id: post.community_id,
      content: `${chance.of(WORDS)} ${chance.of(WORDS)}`,
      path: `${parent?.path ?? "0"}.${id}`,
      distinguished: chance.is(0.05),
    });
  }
  await insert(site, "post", posts);
  await insert(site, "comment", comments);
  for (const user of users) {
    await relate(site, chance, user, { communities, persons, far, near });
  }
  const [{ multi }] = await sql<{ multi: number }>(
    site,
    `insert into multi_community (creator_id, instance_id, name, ap_id, public_key, inbox_url,
       following_url)
     values ($1, $2, 'multi', 'https://here.test/m/multi', '', '', '') returning id as multi`,
    persons[0],
    site.admin.site.instance.id,
  );
  const listed = communities.filter((_, i) => i % 2 === 0);
  await sql(
    site,
    "insert into multi_community_entry select $1::int4, unnest($2::int4[])",
    multi,
    listed,
  );
  const rows = async <Row extends { id: number }>(table: string) =>
    await sql<Row>(site, `select * from ${table} order by id`);
  return {
    users,
    posts: await rows("post"),
    comments: await rows("comment"),
    communities: byId(await rows<CommunityRow>("community")),
    persons: byId(await rows<PersonRow>("person")),
    multi,
    listed,
  };
}

function byId<Row extends { id: number }>(rows: Row[]): Map<number, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

async function insert(
  site: Site,
  table: string,
  rows: readonly Record<string, unknown>[],
): Promise<void> {
  const columns = Object.keys(rows[0]).join(", ");
  await sql(
    site,
    `insert into ${table} (${columns}) select ${columns}
     from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
    rows,
  );
}

/** What a user follows, moderates, hides, reads and has read. */
async function relate(
  site: Site,
  chance: Chance,
  { viewer }: Ctx,
  { communities, persons, far, near }: {
    communities: number[];
    persons: number[];
    far: { instance: number };
    near: { instance: number };
  },
): Promise<void> {
  const { person, local_user } = viewer!;
  const now = new Date().toISOString();
  const time = (probability: number) => chance.maybe(probability, [now]);
  for (const community of communities.filter(() => chance.is(0.7))) {
    const state = chance.maybe(0.7, [
      "accepted",
      "accepted",
      "pending",
      "approval_required",
      "denied",
    ]);
    await sql(
      site,
      `insert into community_actions (person_id, community_id, followed_at, follow_state,
         became_moderator_at, blocked_at)
       values ($1, $2, $3::timestamptz, $4, $5::timestamptz, $6::timestamptz)`,
      person.id,
      community,
      state ? now : null,
      state ?? null,
      time(0.2) ?? null,
      time(0.12) ?? null,
    );
  }
  await sql(
    site,
    "insert into person_actions (person_id, target_id, blocked_at) values ($1, $2, now())",
    person.id,
    chance.of(persons.filter((id) => id !== person.id)),
  );
  await sql(
    site,
    `insert into instance_actions (person_id, instance_id, blocked_communities_at, blocked_persons_at)
     values ($1, $2, $3::timestamptz, $4::timestamptz)`,
    person.id,
    chance.of([far, near]).instance,
    time(0.7) ?? null,
    time(0.5) ?? null,
  );
  const keyword = chance.maybe(0.6, ["100%", "a_b", "KITE", "привет"]);
  if (keyword !== undefined) {
    await sql(
      site,
      "insert into local_user_keyword_block (local_user_id, keyword) values ($1, $2)",
      local_user.id,
      keyword,
    );
  }
  if (chance.is(0.5)) {
    await sql(
      site,
      "delete from local_user_language where local_user_id = $1 and language_id not in (0, 37)",
      local_user.id,
    );
  }
  await sql(
    site,
    `insert into post_actions (person_id, post_id, read_at, hidden_at)
     select $1::int4, id, case when id % 3 > 0 then now() end, case when id % 3 <> 1 then now() end
     from post where (id * 7 + $1) % 5 = 0`,
    person.id,
  );
}
