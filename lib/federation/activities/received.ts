import { requireViewer } from "../../domain/account/session.ts";
import { remoteViewer } from "../../domain/account/remote_viewer.ts";
import { batched } from "../../db/batcher.ts";
import { rowsOf } from "../../domain/columns.ts";
import { query } from "../../domain/context.ts";
import { requireHigherMod } from "../../domain/moderation/hierarchy.ts";
import type { Person } from "../../domain/views.ts";
import { requireAlive, requireModerator, requireVisible } from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { fetchObject } from "../fetch.ts";
import { sameHost } from "../ids.ts";
import type { ResolvedCommunity } from "../lookup.ts";
import { resolvePerson } from "../resolve.ts";

/** What the receiving halves of all activities share. */

type Json = Record<string, unknown>;

/** An activity that arrived, its sender verified. */
export interface Incoming {
  id: string;
  type: string;
  /** Who acts. */
  actor: string;
  json: Json;
  /** Id of the community that announced it; null when the actor's server sent it itself. */
  announcer: string | null;
}

/**
 * Carries an activity out that has been checked: within the transaction that notes it as applied,
 * and without asking other servers.
 */
export type Effect = (ctx: FedCtx) => Promise<void>;

/** Rows that carrying an activity out locks, by their ids. */
export interface Locks {
  persons: readonly number[];
  comments: readonly number[];
  posts: readonly number[];
}

/** An activity that may be carried out. */
export interface Checked {
  effect: Effect;
  /**
   * All that it locks, where that is known: it may then share a transaction with others that
   * concern neither what it changes nor what it needs, at the same time as they.
   */
  locks?: Locks;
}

/** An activity that has been read, with the community that it belongs to. */
export interface Opened {
  /** Null for what belongs to no community. */
  community: ResolvedCommunity | null;
  /** VIS of the activity and of an Announce around it, where it is another rule than that of §3.1. */
  checkAddressing?: (to: readonly string[], cc: readonly string[]) => void;
  /** ACCEPT, where it has been read already. */
  accepts?: boolean;
  /** `verify` sees to PERSON-IN-COMMUNITY. */
  takesPart?: boolean;
  /** Never announced, whatever the community. */
  quiet?: boolean;
  /** See `Checked`; complete once `verify` is through. */
  locks?: Locks;
  /**
   * The kind's own checks; may fetch, and is never called in a transaction.
   * @throws FederationError with the code of the first check that fails
   */
  verify(): Promise<Effect>;
}

/** Reads one kind of activity. May fetch what the activity is about. */
export type Opener = (ctx: FedCtx, activity: Incoming) => Promise<Opened>;

/** Nothing is to be done, as for what has been done already. */
export const NO_EFFECT: Effect = () => Promise.resolve();

/** VIS of an opened activity. */
export function checkAddressing(
  opened: Opened,
  { to, cc }: { to: readonly string[]; cc: readonly string[] },
): void {
  if (opened.checkAddressing) opened.checkAddressing(to, cc);
  else if (opened.community) requireVisible(opened.community, to, cc);
}

/** What moderators did without saying why. */
export const NO_REASON = "No reason provided";

/** The reason of a moderator's action, or that there is none. */
export function reasonOf(summary: string | undefined): string {
  const reason = summary?.trim() ?? "";
  return reason === "" ? NO_REASON : reason;
}

/** Lets a person act, for the operations that carry out what was decided elsewhere. */
export async function actingAs(
  ctx: FedCtx,
  personId: number,
): Promise<FedCtx> {
  const [person] = await query<Person>(
    ctx,
    "select * from person where id = $1::int4",
    [personId],
  );
  if (!person) throw new FederationError("not_found", `person ${personId}`);
  return { ...ctx, viewer: remoteViewer(person) };
}

/** The vote that an author's server gives a post or comment of its own. */
interface OwnVote {
  id: number;
  authorId: number;
  at: Date;
}

/** Votes in one statement. */
const TOGETHER = 100;

const ADD_OWN_VOTE = { post: ownVotes("post"), comment: ownVotes("comment") };

function ownVotes(kind: "post" | "comment") {
  return batched(
    async (ctx: Pick<FedCtx, "db">, votes: OwnVote[]) => {
      await query(
        ctx,
        `insert into ${kind}_actions (person_id, ${kind}_id, voted_at, vote_is_upvote)
         select v.author, v.item, v.at::timestamptz, true
         from ${
          rowsOf(
            ["$1::int4[]", "$2::int4[]", "$3::text[]"],
            "v (author, item, at, nr)",
          )
        }
           join ${kind} i on i.id = v.item
         where not i.local order by v.author, v.item on conflict do nothing`,
        [
          votes.map(({ authorId }) => authorId),
          votes.map(({ id }) => id),
          votes.map(({ at }) => at.toISOString()),
        ],
      );
      return votes.map(() => {});
    },
    { limit: TOGETHER },
  );
}

/**
 * Adds the vote that an author's server gives a post or comment of its own (Q57): it is not sent,
 * but assumed. One that is there stays; our own content has its author's vote already.
 */
export async function addOwnVote(
  ctx: FedCtx,
  kind: "post" | "comment",
  id: number,
  authorId: number,
): Promise<void> {
  await ADD_OWN_VOTE[kind](ctx, { id, authorId, at: ctx.now });
}

/** Who undoes something: acts in the place of the actor of what is undone. */
export interface Undoing {
  actor: string;
}

/**
 * The Undo rule: what is undone is the actor's own, or of somebody on the same server.
 * @throws FederationError `foreign_undo`
 */
export function requireOwnUndo(outer: string, inner: string): void {
  if (!sameHost(outer, inner)) throw new FederationError("foreign_undo", inner);
}

/**
 * The moderator behind an activity: MOD, ALIVE and who the person is. Of a community of this site
 * whoever is no higher moderator than the target has no say over them, as with the API; a server
 * may always restrict its own persons' content.
 * @param target the person concerned, if the order of moderators matters
 */
export async function moderatorOf(
  ctx: FedCtx,
  actor: string,
  community: ResolvedCommunity,
  { object, rule2, target }: {
    object: string | null;
    rule2: boolean;
    target?: number;
  },
): Promise<number> {
  await requireModerator(ctx, actor, object, community, { rule2 });
  requireAlive(community);
  const { id } = await resolvePerson(ctx, actor);
  const own = rule2 && object !== null && sameHost(actor, object);
  if (community.local && target !== undefined && !own) {
    const acting = await actingAs(ctx, id);
    if (requireViewer(acting).person.id !== target) {
      await requireHigherMod(acting, community.id, target);
    }
  }
  return id;
}

/**
 * An activity within an activity: embedded, or by its id one of ours, or fetched.
 * @throws FederationError those of `fetchObject`
 */
export async function innerActivity(
  ctx: FedCtx,
  inner: Json | string,
): Promise<Json> {
  if (typeof inner !== "string") return inner;
  const [sent] = await query<{ data: string }>(
    ctx,
    "select data from sent_activity where ap_id = $1",
    [inner],
  );
  if (sent) return JSON.parse(sent.data);
  return (await fetchObject(ctx, inner)).json;
}
