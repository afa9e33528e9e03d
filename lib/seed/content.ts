import type { Sql } from "../db/connection.ts";
import { homeOf, originOf, type Surroundings } from "./actors.ts";
import { CopyWriter } from "../db/copy.ts";
import { Random } from "./random.ts";
import type { SeedState } from "./state.ts";
import { pickVocabulary, prose, title, type Vocabulary } from "./words.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Comments of a post: ten on average, once amounts are cut to whole numbers. */
const COMMENTS = 10.7;
/** Age of the oldest posts. */
const HISTORY = 900 * DAY;
/** The level that may still be answered (content §2.1). */
const MAX_LEVEL = 50;

const POST_COLUMNS = [
  "id",
  "name",
  "url",
  "body",
  "creator_id",
  "community_id",
  "removed",
  "locked",
  "published_at",
  "deleted",
  "nsfw",
  "ap_id",
  "local",
  "language_id",
  "featured_community",
  "featured_local",
  "newest_comment_time_necro_at",
  "newest_comment_time_at",
  "comments",
  "score",
  "upvotes",
  "downvotes",
  "hot_rank",
  "hot_rank_active",
  "controversy_rank",
  "scaled_rank",
];

const COMMENT_COLUMNS = [
  "id",
  "creator_id",
  "post_id",
  "community_id",
  "content",
  "removed",
  "published_at",
  "deleted",
  "ap_id",
  "local",
  "path",
  "language_id",
  "score",
  "upvotes",
  "downvotes",
  "child_count",
  "hot_rank",
  "controversy_rank",
];

/** content §7.1; `now` and `at` in milliseconds. */
function hotRank(score: number, at: number, now: number): number {
  const hours = (now - at) / HOUR;
  if (hours <= 0 || hours >= 7 * 24) return 0;
  return Math.log10(Math.max(2, score + 2)) / (hours + 2) ** 1.8;
}

function controversyRank(up: number, down: number): number {
  if (up <= 0 || down <= 0) return 0;
  return (up + down) ** (Math.min(up, down) / Math.max(up, down));
}

interface Comment {
  number: number;
  creator: number;
  at: number;
  path: string;
  level: number;
  parent: number;
  children: number;
  counted: boolean;
}

/**
 * Adds posts with the numbers from `state.posts` to `until`, each with its thread. Vote numbers
 * are drawn, not backed by rows of single votes; every other counter is exact.
 * @param people numbers below which authors exist
 */
export async function createContent(
  sql: Sql,
  s: Surroundings,
  state: SeedState,
  until: number,
): Promise<void> {
  const comments = await CopyWriter.open(sql, "comment", COMMENT_COLUMNS);
  const posts: (string | number | boolean | null)[][] = [];
  let number = state.comments;
  for (let n = state.posts; n < until; n++) {
    const random = new Random(n * 2654435761 + 1);
    const vocabulary = pickVocabulary(random);
    const community = random.zipf(state.communities);
    const creator = random.zipf(state.persons);
    // Recent days hold more than old ones, as on a site that grows.
    const at = state.now - HISTORY * random.next() ** 2.5 -
      random.next() * HOUR;
    const id = state.firstPost + n;
    const thread = makeThread(random, state, creator, at, number);
    number += thread.length;
    for (const comment of thread) {
      await comments.write(
        commentRow(random, s, state, vocabulary, comment, id, community),
      );
    }
    posts.push(
      postRow(random, s, state, vocabulary, {
        id,
        number: n,
        community,
        creator,
        at,
        thread,
      }),
    );
  }
  await comments.close();
  const writer = await CopyWriter.open(sql, "post", POST_COLUMNS);
  for (const row of posts) await writer.write(row);
  await writer.close();
  state.comments = number;
  state.posts = until;
}

function makeThread(
  random: Random,
  state: SeedState,
  author: number,
  postedAt: number,
  first: number,
): Comment[] {
  const length = random.heavyTail(COMMENTS, 5000);
  const thread: Comment[] = [];
  for (let i = 0; i < length; i++) {
    const top = i === 0 || random.chance(0.35);
    // Answers go to what was written lately rather than to the oldest.
    const parent = top
      ? -1
      : Math.max(0, i - 1 - Math.floor(random.exponential(6)));
    const above = parent < 0 ? undefined : thread[parent];
    const reply = above && above.level <= MAX_LEVEL ? above : undefined;
    const earliest = reply?.at ?? postedAt;
    const at = Math.min(
      state.now - 1000,
      earliest + 1000 + random.exponential(reply ? 3 * HOUR : 12 * HOUR),
    );
    const comment: Comment = {
      number: first + i,
      creator: random.chance(0.15) ? author : random.zipf(state.persons),
      at: Math.max(at, earliest),
      path: `${reply?.path ?? "0"}.${state.firstComment + first + i}`,
      level: (reply?.level ?? 0) + 1,
      parent: reply ? parent : -1,
      children: 0,
      counted: !random.chance(0.03),
    };
    thread.push(comment);
    for (let up = comment.parent; up >= 0; up = thread[up].parent) {
      thread[up].children++;
    }
  }
  return thread;
}

function votes(random: Random, mean: number): [number, number] {
  const up = 1 + random.heavyTail(mean, 20_000);
  const down = random.chance(0.5)
    ? random.below(Math.ceil(up * random.next() * 0.5) + 1)
    : 0;
  return [up, down];
}

function commentRow(
  random: Random,
  s: Surroundings,
  state: SeedState,
  vocabulary: Vocabulary,
  comment: Comment,
  postId: number,
  community: number,
) {
  const home = homeOf(comment.creator);
  const id = state.firstComment + comment.number;
  const [up, down] = votes(random, 3);
  return [
    id,
    state.firstPerson + comment.creator,
    postId,
    state.firstCommunity + community,
    prose(random, vocabulary, 1 + random.heavyTail(2, 20)),
    !comment.counted && random.chance(0.5),
    new Date(comment.at).toISOString(),
    !comment.counted,
    `${originOf(s, home)}/comment/${id}`,
    home === "local",
    comment.path,
    vocabulary.id,
    up - down,
    up,
    down,
    comment.children,
    hotRank(up - down, comment.at, state.now),
    controversyRank(up, down),
  ];
}

function postRow(
  random: Random,
  s: Surroundings,
  state: SeedState,
  vocabulary: Vocabulary,
  post: {
    id: number;
    number: number;
    community: number;
    creator: number;
    at: number;
    thread: Comment[];
  },
) {
  const home = homeOf(post.creator);
  const [up, down] = votes(random, 18);
  const score = up - down;
  const counted = post.thread.filter((comment) => comment.counted);
  const newest = latest(counted);
  const necro = latest(
    counted.filter((c) =>
      c.creator !== post.creator && c.at < post.at + 2 * DAY
    ),
  );
  const iso = (time: number | null) =>
    time === null ? null : new Date(time).toISOString();
  const hot = hotRank(score, post.at, state.now);
  const interactions = Math.ceil(20_000 / (post.community + 1) ** 0.8) * 2;
  const link = random.chance(0.6);
  // Now and then the same link is posted twice: cross-posts.
  const target = random.chance(0.05)
    ? random.below(post.number + 1)
    : post.number;
  return [
    post.id,
    title(random, vocabulary),
    link
      ? `https://news${target % 97}.example/${target}/${
        random.chance(0.15) ? "picture.jpg" : "article"
      }`
      : null,
    !link || random.chance(0.3)
      ? prose(random, vocabulary, 1 + random.heavyTail(6, 60))
      : null,
    state.firstPerson + post.creator,
    state.firstCommunity + post.community,
    random.chance(0.01),
    random.chance(0.01),
    new Date(post.at).toISOString(),
    random.chance(0.01),
    random.chance(0.03),
    `${originOf(s, home)}/post/${post.id}`,
    home === "local",
    vocabulary.id,
    random.chance(0.0005),
    random.chance(0.00002),
    iso(necro),
    iso(newest),
    counted.length,
    score,
    up,
    down,
    hot,
    hotRank(score, necro ?? post.at, state.now),
    controversyRank(up, down),
    hot / Math.log10(2 + interactions),
  ];
}

function latest(comments: readonly Comment[]): number | null {
  return comments.reduce<number | null>(
    (time, comment) => Math.max(time ?? 0, comment.at),
    null,
  );
}
