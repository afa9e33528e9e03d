import { batched } from "../../db/batcher.ts";
import { rowsOf } from "../../domain/columns.ts";
import {
  type Ctx,
  inTransaction,
  lockPersons,
  query,
} from "../../domain/context.ts";
import { requireAudience, requireVisible } from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { requireHost } from "../foreign.ts";
import { hostOf, isLocalId, sameHost } from "../ids.ts";
import type {
  ResolvedComment,
  ResolvedCommunity,
  ResolvedPerson,
  ResolvedPost,
} from "../lookup.ts";
import { checkUrl } from "../policy.ts";
import type { Note } from "../protocol/mod.ts";
import { receivedText } from "../received_text.ts";
import { MAX_DEPTH } from "../resolve.ts";
import { requireNotBanned, type Scene, sceneOf } from "../scene.ts";
import { attachmentLines } from "./attachment_text.ts";
import { languageId } from "./received_languages.ts";
import type { Stored } from "./stored.ts";

/** A comment of another server, ready to be stored; or the echo of one of ours. */
export interface VerifiedNote {
  note: Note;
  parent: ResolvedPost | ResolvedComment;
  community: ResolvedCommunity;
  author: ResolvedPerson;
  /** Whether the author may speak as a moderator. */
  moderates: boolean;
  /** Null for an echo, of which nothing is stored. */
  fields: { content: string; language_id: number } | null;
}

/**
 * NOTE-VERIFY (§2.9). Fetches what it answers, up to the post, and its author; must not be called
 * in a transaction.
 * @param options.scene of the parent and the author, if the caller has it
 * @throws FederationError with the code of the first check that fails
 */
export async function verifyNote(
  ctx: FedCtx,
  note: Note,
  options: { expectedHost: string | null; scene?: Scene },
): Promise<VerifiedNote> {
  requireHost(note.id, options.expectedHost);
  requireHost(note.attributedTo, hostOf(note.id));
  // Before anything is fetched for its sake.
  await checkUrl(ctx, note.id);
  const scene = options.scene ??
    await sceneOf(ctx, note.inReplyTo, note.attributedTo);
  const { content: parent, community, actor: author } = scene;
  if (parent.kind === "comment" && parent.level > MAX_DEPTH) {
    throw new FederationError("max_comment_depth_reached", note.id);
  }
  requireAudience(note.audience, community);
  requireVisible(community, note.to, note.cc);
  // MOD, without rule 2.
  const moderates = scene.moderates ||
    sameHost(author.ap_id, community.ap_id);
  const verified = { note, parent, community, author, moderates };
  if (isLocalId(ctx.config, note.id)) return { ...verified, fields: null };
  requireNotBanned(scene);
  if ((parent.locked || scene.postLocked) && !moderates) {
    throw new FederationError("post_is_locked", note.inReplyTo);
  }
  const text = await receivedText(ctx, note) ?? "";
  const lines = attachmentLines(ctx, note.attachment);
  return {
    ...verified,
    fields: {
      content: [text, lines].filter((part) => part !== "").join("\n\n"),
      language_id: await languageId(ctx, note.language),
    },
  };
}

/**
 * NOTE-STORE (§2.9), in one transaction, as `storePage`. A new comment is distinguished only if its
 * author moderates; whether a change of that is allowed is for the caller to check.
 * @throws FederationError `object_is_immutable`
 */
export async function storeNote(
  ctx: FedCtx,
  verified: VerifiedNote,
): Promise<Stored> {
  return await inTransaction(ctx, async (ctx) => {
    if (verified.fields === null) {
      return await acknowledge(ctx, verified.note.id);
    }
    await lockPersons(ctx, [verified.author.id]);
    return await insert(ctx, verified, verified.fields) ??
      await change(ctx, verified, verified.fields);
  });
}

async function acknowledge(ctx: Ctx, apId: string): Promise<Stored> {
  const [row] = await query<{ id: number }>(
    ctx,
    "select id from comment where ap_id = $1",
    [apId],
  );
  if (!row) throw new FederationError("not_found", apId);
  await query(
    ctx,
    "update comment set federation_pending = false where id = $1::int4 and federation_pending",
    [row.id],
  );
  return { id: row.id, created: false, changed: false };
}

type Fields = NonNullable<VerifiedNote["fields"]>;

/** A comment as its row, where it is not there yet. */
interface NewComment {
  ap_id: string;
  parentPath: string;
  creator_id: number;
  post_id: number;
  community_id: number;
  content: string;
  language_id: number;
  distinguished: boolean;
  published: string | null;
  updated: string | null;
  now: string;
}

/** Comments in one statement. */
const TOGETHER = 50;

const GIVEN = rowsOf(
  [
    "$1::text[]",
    "$2::text[]",
    "$3::int4[]",
    "$4::int4[]",
    "$5::int4[]",
    "$6::text[]",
    "$7::int4[]",
    "$8::int2[]",
    "$9::text[]",
    "$10::text[]",
    "$11::text[]",
  ],
  `g (ap_id, parent_path, creator, post, community, content, language, distinguished, published,
  updated, at, nr)`,
);

/** Inserts comments, those of one transaction together; null for one that is there. */
const insertComment = batched(
  async (ctx: Pick<Ctx, "db">, comments: NewComment[]) => {
    const rows = await query<{ id: number; ap_id: string }>(
      ctx,
      `insert into comment (id, ap_id, local, path, creator_id, post_id, community_id, content,
         language_id, distinguished, published_at, updated_at, received_version, hot_rank)
       select n.id, g.ap_id, false, g.parent_path || '.' || n.id, g.creator, g.post, g.community,
         g.content, g.language, g.distinguished = 1, t.published, g.updated::timestamptz,
         coalesce(g.updated::timestamptz, g.published::timestamptz, g.at::timestamptz),
         hot_rank(0, t.published, g.at::timestamptz + interval '1 second')
       from ${GIVEN},
         lateral (select nextval(pg_get_serial_sequence('comment', 'id'))::int4 as id, g.nr) n,
         lateral (select least(
           coalesce(g.published::timestamptz, g.at::timestamptz), g.at::timestamptz) as published
         ) t
       order by g.nr
       on conflict (ap_id) do nothing returning id, ap_id`,
      [
        comments.map(({ ap_id }) => ap_id),
        comments.map(({ parentPath }) => parentPath),
        comments.map(({ creator_id }) => creator_id),
        comments.map(({ post_id }) => post_id),
        comments.map(({ community_id }) => community_id),
        comments.map(({ content }) => content),
        comments.map(({ language_id }) => language_id),
        // The driver takes arrays of booleans for a boolean.
        comments.map(({ distinguished }) => distinguished ? 1 : 0),
        comments.map(({ published }) => published),
        comments.map(({ updated }) => updated),
        comments.map(({ now }) => now),
      ],
    );
    const ids = new Map(rows.map(({ ap_id, id }) => [ap_id, id]));
    return comments.map(({ ap_id }) => ids.get(ap_id) ?? null);
  },
  { limit: TOGETHER, keyOf: ({ ap_id }) => ap_id },
);

async function insert(
  ctx: Ctx,
  { note, parent, community, author, moderates }: VerifiedNote,
  fields: Fields,
): Promise<Stored | null> {
  const id = await insertComment(ctx, {
    ap_id: note.id,
    parentPath: parent.kind === "post" ? "0" : parent.path,
    creator_id: author.id,
    post_id: parent.kind === "post" ? parent.id : parent.post_id,
    community_id: community.id,
    ...fields,
    distinguished: moderates && (note.distinguished ?? false),
    published: note.published ?? null,
    updated: note.updated ?? null,
    now: ctx.now.toISOString(),
  });
  return id === null ? null : { id, created: true, changed: true };
}

interface Existing {
  id: number;
  creator_id: number;
  post_id: number;
  path: string;
  stale: boolean;
}

async function change(
  ctx: Ctx,
  { note, parent, author, moderates }: VerifiedNote,
  fields: Fields,
): Promise<Stored> {
  const version = note.updated ?? note.published ?? ctx.now.toISOString();
  const [comment] = await query<Existing>(
    ctx,
    `select id, creator_id, post_id, path,
       coalesce(received_version, published_at) > $2::timestamptz as stale
     from comment where ap_id = $1 for no key update`,
    [note.id, version],
  );
  if (!comment) throw new FederationError("not_found", note.id);
  const path = `${parent.kind === "post" ? "0" : parent.path}.${comment.id}`;
  if (comment.creator_id !== author.id || comment.path !== path) {
    throw new FederationError("object_is_immutable", note.id);
  }
  if (comment.stale) return { id: comment.id, created: false, changed: false };
  await query(
    ctx,
    `update comment set content = $2, language_id = $3::int4, updated_at = $4::timestamptz,
       received_version = $5::timestamptz, deleted = false, deleted_at = null,
       distinguished = case when $6::boolean then $7::boolean else distinguished end
     where id = $1::int4`,
    [
      comment.id,
      fields.content,
      fields.language_id,
      note.updated ?? null,
      version,
      moderates && note.distinguished !== undefined,
      note.distinguished ?? false,
    ],
  );
  return { id: comment.id, created: false, changed: true };
}
