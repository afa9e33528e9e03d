import { select } from "../columns.ts";
import { type Ctx, queryViews } from "../context.ts";

export interface CustomEmojiView {
  custom_emoji: CustomEmoji;
  keywords: CustomEmojiKeyword[];
}

export interface CustomEmoji {
  id: number;
  shortcode: string;
  image_url: string;
  alt_text: string;
  category: string;
  published_at: string;
  updated_at?: string;
}

export interface CustomEmojiKeyword {
  custom_emoji_id: number;
  keyword: string;
}

const EMOJI = "id shortcode image_url alt_text category published_at updated_at"
  .split(" ");

/** The site's own emojis, all or of one category, by category; for everybody. */
export async function listCustomEmojis(
  ctx: Ctx,
  filter: { category?: string },
): Promise<CustomEmojiView[]> {
  return filter.category === undefined
    ? await read(ctx, "true", [])
    : await read(ctx, "e.category = $1", [filter.category]);
}

/** One emoji, or undefined. */
export async function readCustomEmoji(
  ctx: Ctx,
  id: number,
): Promise<CustomEmojiView | undefined> {
  return (await read(ctx, "e.id = $1::int4", [id]))[0];
}

async function read(
  ctx: Ctx,
  condition: string,
  parameters: readonly unknown[],
): Promise<CustomEmojiView[]> {
  const views = await queryViews<
    { custom_emoji: CustomEmoji; words: string[] }
  >(
    ctx,
    `select ${select("e", "custom_emoji", EMOJI)},
       array(select k.keyword from custom_emoji_keyword k where k.custom_emoji_id = e.id
         order by k.position) as words
     from custom_emoji e where ${condition} order by e.category, e.id`,
    parameters,
  );
  return views.map(({ custom_emoji, words }) => ({
    custom_emoji,
    keywords: words.map((keyword) => ({
      custom_emoji_id: custom_emoji.id,
      keyword,
    })),
  }));
}
