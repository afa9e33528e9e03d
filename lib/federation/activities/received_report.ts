import { query } from "../../domain/context.ts";
import { recordEvent } from "../../domain/event/record.ts";
import {
  commentSnapshot,
  communitySnapshot,
  messageSnapshot,
  type NewReport,
  postSnapshot,
  storeReport,
} from "../../domain/report/create.ts";
import { LIMITS } from "../../domain/text/rules.ts";
import type { Comment, Community, Post } from "../../domain/views.ts";
import {
  requireAlive,
  requireAudience,
  requireModerator,
  requirePerson,
  requirePersonHere,
  requirePersonInCommunity,
} from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { sameHost, sameUrl } from "../ids.ts";
import {
  communityOf,
  creatorOf,
  lookUpCommunity,
  lookUpPostOrComment,
  type ResolvedCommunity,
  type ResolvedPerson,
  type ResolvedSite,
} from "../lookup.ts";
import { flagging, read, resolution } from "../protocol/mod.ts";
import { receivedLine } from "../received_text.ts";
import {
  resolveActor,
  type ResolvedContent,
  resolveObject,
} from "../resolve.ts";
import { actingAs, type Incoming, type Opened } from "./received.ts";

/** Flag and Resolve (§3.12). */

type Flag = ReturnType<typeof readFlag>;

function readFlag(json: unknown) {
  return read(flagging, json);
}

/** What is reported, with what the report keeps of it. */
interface Reported {
  apId: string;
  /** Null for private messages. */
  community: ResolvedCommunity | null;
  content: ResolvedContent | null;
  report: NewReport;
  /** Whose it is; null for communities. */
  author: ResolvedPerson | null;
  /** The only one who may report it, if it is not for everybody. */
  recipient: number | null;
}

/** Entries of a reported list that are looked at. */
const MAX_OBJECTS = 5;

export async function openFlag(
  ctx: FedCtx,
  activity: Incoming,
): Promise<Opened> {
  const given = readFlag(activity.json);
  const receiver = await receiverOf(ctx, given.to);
  return {
    community: receiver.kind === "community" ? receiver : null,
    quiet: true,
    async verify() {
      const { reporter, reported, reason } = await verifyFlag(
        ctx,
        given,
        receiver,
      );
      return async (ctx) => {
        const acting = await actingAs(ctx, reporter.id);
        const id = await storeReport(acting, reason, reported.report);
        if (id !== null) {
          await forward(ctx, activity, receiver, reporter, reported);
        }
      };
    },
  };
}

/** The community or the site that a report goes to. */
async function receiverOf(
  ctx: FedCtx,
  to: string,
): Promise<ResolvedCommunity | ResolvedSite> {
  const receiver = await resolveActor(ctx, to);
  if (receiver.kind === "community" || receiver.kind === "site") {
    return receiver;
  }
  throw new FederationError("wrong_type", to);
}

async function verifyFlag(
  ctx: FedCtx,
  given: Flag,
  receiver: ResolvedCommunity | ResolvedSite,
) {
  const reporter = await requirePersonHere(ctx, given.actor);
  if (receiver.kind === "community") {
    requireAudience(given.audience, receiver);
    await requirePersonInCommunity(ctx, reporter, receiver);
  }
  const reason = receivedLine(
    ctx,
    given.summary ?? given.content,
    LIMITS.reportReason,
  );
  if (reason === null) throw new FederationError("not_found", "no reason");
  const reported = await reportedOf(ctx, given.object);
  if (reported.community) requireAlive(reported.community);
  if (reported.content) {
    await requirePersonInCommunity(ctx, reporter, reported.community!);
    if (reported.content.deleted || reported.content.removed) {
      throw new FederationError("deleted", reported.apId);
    }
  }
  // What is said in a community is reported there, or to the server of a community.
  const { community } = reported;
  const fits = receiver.kind === "community"
    ? community?.id === receiver.id
    : community === null
    ? reported.author !== null &&
      sameHost(reported.author.ap_id, receiver.ap_id)
    : sameHost(community.ap_id, receiver.ap_id);
  if (!fits) throw new FederationError("wrong_community", receiver.ap_id);
  if (reported.recipient !== null && reported.recipient !== reporter.id) {
    throw new FederationError("not_found", reported.apId);
  }
  return { reporter, reported, reason };
}

/** The first of the ids that stands for something that can be reported. */
async function reportedOf(
  ctx: FedCtx,
  ids: readonly string[],
): Promise<Reported> {
  let failure: FederationError | undefined;
  for (const id of ids.slice(0, MAX_OBJECTS)) {
    const message = await reportedMessage(ctx, id);
    if (message) return message;
    try {
      const found = await lookUpPostOrComment(ctx, id) ??
        await lookUpCommunity(ctx, id) ?? await resolveObject(ctx, id);
      if (found.kind === "post" || found.kind === "comment") {
        return await reportedContent(ctx, found);
      }
      if (found.kind === "community") {
        return await reportedCommunity(ctx, found);
      }
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
      if (!failure?.transient) failure = error;
    }
  }
  throw failure ?? new FederationError("not_found", ids[0]);
}

async function rowOf<Row>(ctx: FedCtx, text: string, id: number): Promise<Row> {
  const [row] = await query<Row>(ctx, text, [id]);
  if (!row) throw new FederationError("not_found", String(id));
  return row;
}

async function reportedContent(
  ctx: FedCtx,
  content: ResolvedContent,
): Promise<Reported> {
  const { community_id } = content;
  const report = content.kind === "post"
    ? postSnapshot(
      await rowOf<Post>(
        ctx,
        "select id, name, url, body from post where id = $1::int4",
        content.id,
      ),
      community_id,
    )
    : commentSnapshot(
      await rowOf<Comment>(
        ctx,
        "select id, post_id, content from comment where id = $1::int4",
        content.id,
      ),
      community_id,
    );
  return {
    apId: content.ap_id,
    community: await communityOf(ctx, content),
    content,
    report,
    author: await creatorOf(ctx, content),
    recipient: null,
  };
}

async function reportedCommunity(
  ctx: FedCtx,
  community: ResolvedCommunity,
): Promise<Reported> {
  const row = await rowOf<Community>(
    ctx,
    `select id, name, title, summary, sidebar, icon, banner from community
     where id = $1::int4`,
    community.id,
  );
  return {
    apId: community.ap_id,
    community,
    content: null,
    report: communitySnapshot(row),
    author: null,
    recipient: null,
  };
}

async function reportedMessage(
  ctx: FedCtx,
  apId: string,
): Promise<Reported | null> {
  const [row] = await query<
    { id: number; content: string; creator_id: number; recipient_id: number }
  >(
    ctx,
    `select id, content, creator_id, recipient_id from private_message
     where ap_id = $1 and not deleted and not removed`,
    [apId],
  );
  return row
    ? {
      apId,
      community: null,
      content: null,
      report: messageSnapshot(row),
      author: await creatorOf(ctx, row),
      recipient: row.recipient_id,
    }
    : null;
}

/** A community of this site tells its moderators elsewhere, and the servers of the two concerned. */
async function forward(
  ctx: FedCtx,
  { json, announcer }: Incoming,
  receiver: ResolvedCommunity | ResolvedSite,
  reporter: ResolvedPerson,
  { author }: Reported,
): Promise<void> {
  if (receiver.kind !== "community" || !receiver.local) return;
  if (announcer !== null) return;
  const { "@context": _, ...activity } = json;
  await recordEvent(ctx, {
    kind: "report_received",
    community_id: receiver.id,
    data: {
      activity,
      reporter_instance_id: reporter.instance_id,
      author_instance_id: author?.instance_id ?? null,
    },
  });
}

export async function openResolution(
  ctx: FedCtx,
  activity: Incoming,
): Promise<Opened> {
  const given = read(resolution, activity.json);
  const inner = readFlag({ summary: "resolved", ...given.object });
  const receiver = await receiverOf(ctx, given.to);
  return {
    community: receiver.kind === "community" ? receiver : null,
    quiet: true,
    async verify() {
      if (!sameUrl(given.to, inner.to)) {
        throw new FederationError("wrong_community", inner.to);
      }
      const moderator = await requirePerson(ctx, given.actor);
      const reported = await reportedOf(ctx, inner.object);
      await requireSay(ctx, given, receiver, moderator, reported);
      const reporter = await requirePerson(ctx, inner.actor);
      return async (ctx) => {
        if (!await resolve(ctx, moderator, reporter, reported)) return;
        await forward(ctx, activity, receiver, reporter, reported);
      };
    },
  };
}

/** Who may call a report settled: MOD by the reported object (Q39), or the receiving site. */
async function requireSay(
  ctx: FedCtx,
  given: { actor: string; audience: string | undefined },
  receiver: ResolvedCommunity | ResolvedSite,
  moderator: ResolvedPerson,
  reported: Reported,
): Promise<void> {
  if (receiver.kind === "site") {
    if (!sameHost(given.actor, receiver.ap_id)) {
      throw new FederationError("not_a_mod_or_admin", given.actor);
    }
    return;
  }
  requireAudience(given.audience, receiver);
  if (reported.community?.id !== receiver.id) {
    throw new FederationError("wrong_community", receiver.ap_id);
  }
  await requirePersonInCommunity(ctx, moderator, receiver);
  await requireModerator(ctx, given.actor, reported.apId, receiver, {
    rule2: true,
  });
}

/** @returns whether there was a report to resolve */
async function resolve(
  ctx: FedCtx,
  moderator: ResolvedPerson,
  reporter: ResolvedPerson,
  { report }: Reported,
): Promise<boolean> {
  const { type_, community_id, post_id, comment_id, private_message_id } =
    report;
  const rows = await query<{ id: number }>(
    ctx,
    `update report set resolved = true, resolver_id = $1::int4, updated_at = $2::timestamptz
     where creator_id = $3::int4 and type_ = $4 and not resolved
       and community_id is not distinct from $5::int4 and post_id is not distinct from $6::int4
       and comment_id is not distinct from $7::int4
       and private_message_id is not distinct from $8::int4
     returning id`,
    [
      moderator.id,
      ctx.now.toISOString(),
      reporter.id,
      type_,
      community_id ?? null,
      post_id ?? null,
      comment_id ?? null,
      private_message_id ?? null,
    ],
  );
  for (const { id } of rows) {
    await recordEvent(ctx, {
      kind: "report_resolved",
      person_id: moderator.id,
      post_id: post_id ?? undefined,
      comment_id: comment_id ?? undefined,
      community_id: community_id ?? undefined,
      data: { report_id: id, resolved: true, received: true },
    });
  }
  return rows.length > 0;
}
