import { type Ctx, query } from "../../domain/context.ts";
import type { StoredEvent } from "../../jobs/event_consumer.ts";
import { mentionedNames, mentionedPersons } from "../objects/mentions.ts";
import { noteObject } from "../objects/note.ts";
import { audienceOf, type Json } from "../objects/send.ts";
import { pageObject } from "../objects/page.ts";
import { isOverdue, NotYet } from "./not_yet.ts";
import {
  activityIn,
  sendInCommunity,
  type Sending,
  type SentCommunity,
} from "./sending.ts";
import type { Building } from "./building.ts";
import {
  inboxesInside,
  inboxesOf,
  type SentComment,
  type SentPost,
  type Subject,
} from "./subject.ts";

/** Create and Update of posts and comments (§3.4, §3.5). */

interface PostData {
  link_checked?: boolean;
}

/**
 * A post's Create or Update.
 * @throws NotYet while its link or whom it mentions is being looked up
 */
export async function sendPost(
  ctx: Building,
  event: StoredEvent,
  { person, community, post }: Subject,
): Promise<Sending[]> {
  if (!person?.local || !community || !post) return [];
  const { link_checked } = (event.data ?? {}) as PostData;
  if (link_checked && !await wasSentUnchecked(ctx, post)) return [];
  const byAuthor = person.id === post.creator_id;
  if (byAuthor) {
    await requireMentionsKnown(ctx, "post", post.id);
    if (link_checked) await forgetUnchecked(ctx, post);
    else await requireLinkChecked(ctx, event, post);
  }
  const type = event.kind === "post_created" ? "Create" : "Update";
  const object = {
    ...await pageObject(ctx, post.id),
    to: audienceOf(community),
  };
  const by = (actor: string) =>
    activityIn(ctx, community, type, actor, { object });
  if (byAuthor) {
    return sendInCommunity(ctx, by(person.ap_id), {
      community,
      followers: person.followers,
      inboxes: await inboxesOfMentioned(ctx, community, object),
    });
  }
  // A moderator's change: some receivers take it from nobody but the author (Q36).
  return sendInCommunity(ctx, by(person.ap_id), {
    community,
    announced: by(post.author),
  });
}

/** Where those are reached whom a post or comment mentions or answers, as far as they may read it. */
async function inboxesOfMentioned(
  ctx: Building,
  community: SentCommunity,
  { cc }: Json,
): Promise<string[]> {
  return await inboxesInside(
    ctx,
    community,
    await inboxesOf(ctx, cc as string[]),
  );
}

/** Whether the post went out without what its link leads to, so that this is news to others. */
async function wasSentUnchecked(
  ctx: Building,
  { id }: SentPost,
): Promise<boolean> {
  const rows = await query(
    ctx,
    "select from outbox_unchecked_link where post_id = $1::int4",
    [id],
  );
  return rows.length > 0;
}

async function forgetUnchecked(
  ctx: Building,
  { id }: SentPost,
): Promise<void> {
  await query(
    ctx,
    "delete from outbox_unchecked_link where post_id = $1::int4",
    [id],
  );
}

/** A post is sent with what its link leads to, unless that takes too long to find out. */
async function requireLinkChecked(
  ctx: Building,
  event: StoredEvent,
  { id }: SentPost,
): Promise<void> {
  const [{ waits }] = await query<{ waits: boolean }>(
    ctx,
    "select exists (select from post_link_check where post_id = $1::int4) as waits",
    [id],
  );
  if (!waits) return;
  if (!isOverdue(ctx, event)) throw new NotYet("link");
  await query(
    ctx,
    "insert into outbox_unchecked_link (post_id) values ($1::int4) on conflict do nothing",
    [id],
  );
}

/** The text of a post or comment, "" if there is none. */
export async function readText(
  ctx: Pick<Ctx, "db">,
  kind: "post" | "comment",
  id: number,
): Promise<string> {
  const column = kind === "post" ? "body" : "content";
  const [row] = await query<{ text: string | null }>(
    ctx,
    `select ${column} as text from ${kind} where id = $1::int4`,
    [id],
  );
  return row?.text ?? "";
}

async function requireMentionsKnown(
  ctx: Building,
  kind: "post" | "comment",
  id: number,
): Promise<void> {
  if (ctx.mentionsLookedUp) return;
  const text = await readText(ctx, kind, id);
  const names = mentionedNames(ctx, text);
  if (names.length === 0) return;
  const known = await mentionedPersons(ctx, text);
  if (known.length < names.length) throw new NotYet("mentions");
}

/** A comment's Create or Update. @throws NotYet while whom it mentions is being looked up */
export async function sendComment(
  ctx: Building,
  event: StoredEvent,
  { person, community, post, comment }: Subject,
): Promise<Sending[]> {
  if (!person?.local || !community || !post || !comment) return [];
  await requireMentionsKnown(ctx, "comment", comment.id);
  const object = {
    ...await noteObject(ctx, comment.id),
    to: audienceOf(community),
  };
  const { cc, tag } = object as Json;
  const type = event.kind === "comment_created" ? "Create" : "Update";
  const activity = activityIn(ctx, community, type, person.ap_id, {
    cc,
    tag,
    object,
  });
  return sendInCommunity(ctx, activity, {
    community,
    followers: person.followers,
    inboxes: await inboxesOfMentioned(ctx, community, object),
    needs: [post.ap_id, ...await idsAbove(ctx, comment)],
  });
}

/** Ids of the comments that a comment is an answer to, from the root. */
async function idsAbove(
  ctx: Building,
  { path }: SentComment,
): Promise<string[]> {
  const above = path.split(".").slice(1, -1).map(Number);
  if (above.length === 0) return [];
  const rows = await query<{ ap_id: string }>(
    ctx,
    "select ap_id from comment where id = any($1::int4[]) order by id",
    [above],
  );
  return rows.map((row) => row.ap_id);
}
