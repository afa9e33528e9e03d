import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireAdmin } from "../permissions.ts";
import { checkItemCount, checkUrlLength } from "../text/rules.ts";
import { type CustomEmojiView, readCustomEmoji } from "./view.ts";

export interface CreateCustomEmoji {
  category: string;
  shortcode: string;
  image_url: string;
  alt_text: string;
  keywords: string[];
}

export type EditCustomEmoji = Partial<CreateCustomEmoji> & { id: number };

/** Longest shortcode and keyword. */
const MAX_WORD = 128;

/**
 * Adds an emoji of the site's own (accounts-and-site §4.13).
 * @throws LemmyError `not_an_admin`, `invalid_url`, `url_length_overflow`, `too_many_items`,
 * `couldnt_create` for words that are empty or too long, and (by its constraint) for a shortcode or
 * image that is in use
 */
export async function createCustomEmoji(
  ctx: Ctx,
  input: CreateCustomEmoji,
): Promise<CustomEmojiView> {
  requireAdmin(ctx);
  const image_url = checkImage(input.image_url);
  const shortcode = checkWord(input.shortcode, "couldnt_create");
  const keywords = checkKeywords(input.keywords, "couldnt_create");
  return await inTransaction(ctx, async (ctx) => {
    const { id } = await ctx.db.insertInto("custom_emoji").values({
      shortcode,
      image_url,
      alt_text: input.alt_text,
      category: input.category,
      published_at: ctx.now.toISOString(),
    }).returning("id").executeTakeFirstOrThrow();
    await setKeywords(ctx, id, keywords);
    return (await readCustomEmoji(ctx, id))!;
  });
}

/**
 * Changes the given fields; a list of keywords replaces the old one.
 * @throws LemmyError as `createCustomEmoji`, with `couldnt_update` also for an unknown emoji
 */
export async function editCustomEmoji(
  ctx: Ctx,
  input: EditCustomEmoji,
): Promise<CustomEmojiView> {
  requireAdmin(ctx);
  const image_url = input.image_url === undefined
    ? undefined
    : checkImage(input.image_url);
  const shortcode = input.shortcode === undefined
    ? undefined
    : checkWord(input.shortcode, "couldnt_update");
  const keywords = input.keywords &&
    checkKeywords(input.keywords, "couldnt_update");
  return await inTransaction(ctx, async (ctx) => {
    const changed = await ctx.db.updateTable("custom_emoji").set({
      shortcode,
      image_url,
      alt_text: input.alt_text,
      category: input.category,
      updated_at: ctx.now.toISOString(),
    }).where("id", "=", input.id).returning("id").execute();
    if (changed.length === 0) throw new LemmyError("couldnt_update");
    if (keywords) await setKeywords(ctx, input.id, keywords);
    return (await readCustomEmoji(ctx, input.id))!;
  });
}

/** Removes an emoji; that there is none of this id is no error. */
export async function deleteCustomEmoji(
  ctx: Ctx,
  input: { id: number },
): Promise<void> {
  requireAdmin(ctx);
  await query(ctx, "delete from custom_emoji where id = $1::int4", [input.id]);
}

async function setKeywords(
  ctx: Ctx,
  id: number,
  keywords: readonly string[],
): Promise<void> {
  await query(
    ctx,
    "delete from custom_emoji_keyword where custom_emoji_id = $1::int4",
    [id],
  );
  await query(
    ctx,
    `insert into custom_emoji_keyword (custom_emoji_id, keyword, position)
     select $1::int4, keyword, position
     from unnest($2::text[]) with ordinality as k (keyword, position)`,
    [id, keywords],
  );
}

function checkImage(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new LemmyError("invalid_url", { field: "image_url" });
  }
  return checkUrlLength(url.href, "image_url");
}

function checkWord(text: string, failure: string): string {
  const word = text.trim().toLowerCase();
  if (word === "" || [...word].length > MAX_WORD) throw new LemmyError(failure);
  return word;
}

/** In lower case, each once. */
function checkKeywords(words: readonly string[], failure: string): string[] {
  checkItemCount(words, "keywords");
  return [...new Set(words.map((word) => checkWord(word, failure)))];
}
