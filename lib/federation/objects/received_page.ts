import {
  type Ctx,
  inTransaction,
  lockPersons,
  query,
} from "../../domain/context.ts";
import { wantLinkCheck } from "../../domain/link/check.ts";
import { setPostTags } from "../../domain/post/set_tags.ts";
import { LIMITS } from "../../domain/text/rules.ts";
import { checkPostUrl, parsePostUrl } from "../../domain/text/urls.ts";
import {
  requireAudience,
  requirePersonInCommunity,
  requireVisible,
} from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { requireHost } from "../foreign.ts";
import { isLocalId } from "../ids.ts";
import { localAddresses } from "../local_links.ts";
import type { ResolvedCommunity, ResolvedPerson } from "../lookup.ts";
import { checkUrl } from "../policy.ts";
import type { Page } from "../protocol/mod.ts";
import { receivedLine, receivedText, refused } from "../received_text.ts";
import { resolvePerson } from "../resolve_actor.ts";
import { attachmentLines } from "./attachment_text.ts";
import { communityOfPage } from "./page_community.ts";
import { languageId } from "./received_languages.ts";
import type { Stored } from "./stored.ts";

/** A post of another server, ready to be stored; or the echo of one of ours. */
export interface VerifiedPage {
  page: Page;
  community: ResolvedCommunity;
  author: ResolvedPerson;
  /** Null for an echo, of which nothing is stored. */
  fields: PageFields | null;
}

interface PageFields {
  name: string;
  url: string | null;
  alt_text: string | null;
  body: string | null;
  nsfw: boolean;
  language_id: number;
}

/**
 * PAGE-VERIFY (§2.8). Fetches author and community if they are unknown; must not be called in a
 * transaction.
 * @throws FederationError with the code of the first check that fails
 */
export async function verifyPage(
  ctx: FedCtx,
  page: Page,
  { expectedHost }: { expectedHost: string | null },
): Promise<VerifiedPage> {
  requireHost(page.id, expectedHost);
  await checkUrl(ctx, page.id);
  const community = await communityOfPage(ctx, page);
  requireAudience(page.audience, community);
  const author = await authorOf(ctx, page);
  await requirePersonInCommunity(ctx, author, community);
  requireVisible(community, page.to, page.cc);
  if (isLocalId(ctx.config, page.id)) {
    return { page, community, author, fields: null };
  }
  await requirePoster(ctx, author, community);
  const fields = await fieldsOf(ctx, page, community);
  return { page, community, author, fields };
}

/** The first of the makers who is a person, and from the post's own host. */
async function authorOf(ctx: FedCtx, page: Page): Promise<ResolvedPerson> {
  const typed = page.attributedTo.some(({ type }) => type !== undefined);
  const candidates = page.attributedTo
    .filter(({ type }) => !typed || type === "Person").slice(0, 3);
  let failure: FederationError | undefined;
  for (const { id } of candidates) {
    try {
      // Nobody posts in the name of somebody of another server: no need to ask that one.
      requireHost(id, URL.parse(page.id)?.hostname ?? null);
      return await resolvePerson(ctx, id);
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
      if (!failure?.transient) failure = error;
    }
  }
  throw failure ?? new FederationError("not_found", "no author");
}

/** Restricted communities of this site take posts of their moderators only. */
async function requirePoster(
  ctx: Ctx,
  author: ResolvedPerson,
  community: ResolvedCommunity,
): Promise<void> {
  if (!community.local || !community.posting_restricted_to_mods) return;
  const rows = await query(
    ctx,
    `select from community_actions where person_id = $1::int4 and community_id = $2::int4
       and became_moderator_at is not null`,
    [author.id, community.id],
  );
  if (rows.length === 0) {
    throw new FederationError("not_a_moderator", author.ap_id);
  }
}

async function fieldsOf(
  ctx: FedCtx,
  page: Page,
  community: ResolvedCommunity,
): Promise<PageFields> {
  const nsfw = community.nsfw || (page.sensitive ?? false);
  if (nsfw && ctx.site.local_site.nsfw_content_disallowed) {
    await query(
      ctx,
      "update post set deleted = true where ap_id = $1 and not local and not deleted",
      [page.id],
    );
    throw new FederationError("nsfw_not_allowed", page.id);
  }
  const name = await titleOf(ctx, page, community);
  const [first, ...others] = page.attachment;
  const given = first?.url ?? (page.type === "Video" ? page.id : null);
  let url: string | null = null;
  if (given !== null) {
    url = refused(() => {
      const url = parsePostUrl(given);
      checkPostUrl(url, { blocklist: ctx.site.blocklist });
      return url;
    });
    if (page.type !== "Video") {
      url = (await localAddresses(ctx, [url])).get(url) ?? url;
    }
  }
  const text = await receivedText(ctx, {
    ...page,
    content: page.content,
  });
  const lines = attachmentLines(ctx, others);
  return {
    name,
    url,
    alt_text: first && first.type !== "Link"
      ? receivedLine(ctx, first.name, LIMITS.altText)
      : null,
    body: text === null || lines === "" ? text : `${text}\n\n${lines}`,
    nsfw,
    language_id: await languageId(ctx, page.language),
  };
}

async function firstLineOf(html: string): Promise<string> {
  const converter = await import("../html_to_markdown.ts");
  return converter.firstLineOf(html);
}

/** The name, or else the first line of the content without the community's mention. */
async function titleOf(
  ctx: Ctx,
  page: Page,
  community: ResolvedCommunity,
): Promise<string> {
  const text = page.name ?? wrapped(await firstLineOf(page.content ?? ""))
    .replaceAll(`@${community.name}`, "");
  const title = receivedLine(ctx, text, LIMITS.postTitle);
  if (title !== null) return title;
  throw new FederationError(
    "invalid_post_title",
    "must have name or content",
  );
}

/** What of a line a reader's window of 200 columns would show in its first one. */
function wrapped(line: string): string {
  if (line.length <= LIMITS.postTitle) return line;
  const cut = line.slice(0, LIMITS.postTitle + 1);
  const blank = cut.lastIndexOf(" ");
  return blank > 0 ? cut.slice(0, blank) : cut;
}

/**
 * PAGE-STORE (§2.8), in one transaction: a new post, or the change of one that is not newer than
 * what came (§2.15). Of an echo only that the community has it is noted. Nothing is told to
 * anybody, and nobody votes.
 * @throws FederationError `object_is_immutable`
 */
export async function storePage(
  ctx: FedCtx,
  { page, community, author, fields }: VerifiedPage,
): Promise<Stored> {
  return await inTransaction(ctx, async (ctx) => {
    if (fields === null) return await acknowledge(ctx, page.id);
    await lockPersons(ctx, [author.id]);
    const created = await insert(ctx, page, community, author, fields);
    const stored = created ??
      await change(ctx, page, community, author, fields);
    if (!stored.changed) return stored;
    await setPostTags(ctx, stored.id, await tagsOf(ctx, page, community));
    return stored;
  });
}

async function acknowledge(ctx: Ctx, apId: string): Promise<Stored> {
  const [row] = await query<{ id: number }>(
    ctx,
    "select id from post where ap_id = $1",
    [apId],
  );
  if (!row) throw new FederationError("not_found", apId);
  await query(
    ctx,
    "update post set federation_pending = false where id = $1::int4 and federation_pending",
    [row.id],
  );
  return { id: row.id, created: false, changed: false };
}

async function insert(
  ctx: Ctx,
  page: Page,
  community: ResolvedCommunity,
  author: ResolvedPerson,
  fields: PageFields,
): Promise<Stored | null> {
  const [row] = await query<{ id: number }>(
    ctx,
    `insert into post (ap_id, local, name, url, body, alt_text, nsfw, language_id, creator_id,
       community_id, published_at, updated_at, received_version, hot_rank, hot_rank_active,
       scaled_rank)
     select $1, false, $2, $3, $4, $5, $6::boolean, $7::int4, $8::int4, c.id, t.published,
       $10::timestamptz, coalesce($10, $9, $11::timestamptz), r.rank, r.rank,
       scaled_rank(0, t.published, c.interactions_month, $11 + interval '1 second')
     from community c,
       lateral (select least(coalesce($9::timestamptz, $11), $11) as published) t,
       lateral hot_rank(0, t.published, $11 + interval '1 second') as r(rank)
     where c.id = $12::int4
     on conflict (ap_id) do nothing returning id`,
    [
      page.id,
      fields.name,
      fields.url,
      fields.body,
      fields.alt_text,
      fields.nsfw,
      fields.language_id,
      author.id,
      page.published ?? null,
      page.updated ?? null,
      ctx.now.toISOString(),
      community.id,
    ],
  );
  if (!row) return null;
  if (fields.url !== null) {
    await wantLinkCheck(ctx, { id: row.id, url: fields.url }, null, {
      fresh: true,
    });
  }
  return { id: row.id, created: true, changed: true };
}

interface Existing {
  id: number;
  creator_id: number;
  community_id: number;
  url: string | null;
  stale: boolean;
}

async function change(
  ctx: Ctx,
  page: Page,
  community: ResolvedCommunity,
  author: ResolvedPerson,
  fields: PageFields,
): Promise<Stored> {
  const version = page.updated ?? page.published ?? ctx.now.toISOString();
  const [post] = await query<Existing>(
    ctx,
    `select id, creator_id, community_id, url,
       coalesce(received_version, published_at) > $2::timestamptz as stale
     from post where ap_id = $1 for no key update`,
    [page.id, version],
  );
  if (!post) throw new FederationError("not_found", page.id);
  if (
    post.creator_id !== author.id || post.community_id !== community.id
  ) throw new FederationError("object_is_immutable", page.id);
  if (post.stale) return { id: post.id, created: false, changed: false };
  await query(
    ctx,
    `update post set name = $2, url = $3, body = $4, alt_text = $5, nsfw = $6::boolean,
       language_id = $7::int4, updated_at = $8::timestamptz, received_version = $9::timestamptz,
       deleted = false, deleted_at = null
     where id = $1::int4`,
    [
      post.id,
      fields.name,
      fields.url,
      fields.body,
      fields.alt_text,
      fields.nsfw,
      fields.language_id,
      page.updated ?? null,
      version,
    ],
  );
  if (fields.url !== post.url) {
    await wantLinkCheck(ctx, { id: post.id, url: fields.url }, null, {
      fresh: true,
    });
  }
  return { id: post.id, created: false, changed: true };
}

/** Those of the post's tags that are tags in force of its community. */
export async function tagsOf(
  ctx: Pick<Ctx, "db">,
  page: Pick<Page, "tag">,
  community: Pick<ResolvedCommunity, "id">,
): Promise<number[]> {
  const ids = page.tag.flatMap((tag) =>
    tag.type === "CommunityPostTag" ? tag.id : []
  );
  if (ids.length === 0) return [];
  const rows = await query<{ id: number }>(
    ctx,
    `select id from community_tag
     where ap_id = any($1::text[]) and community_id = $2::int4 and not deleted order by id`,
    [ids, community.id],
  );
  return rows.map(({ id }) => id);
}
