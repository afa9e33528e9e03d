import { z } from "zod";
import { type Ctx, inTransaction, query } from "../context.ts";
import {
  COMMENT_SORTS,
  LISTING_TYPES,
  POST_LISTING_MODES,
  POST_SORTS,
  VOTE_SHOWS,
} from "../enums.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { requireActiveUser } from "../permissions.ts";
import {
  checkBio,
  checkDisplayName,
  checkItemCount,
  checkKeywords,
  checkMatrixId,
  isStorable,
} from "../text/rules.ts";
import { type ImportLists, importLists } from "./import_lists.ts";
import { setKeywords, setUserLanguages } from "./settings.ts";

const text = z.string().refine(isStorable, {
  error: "contains NUL or a lone surrogate",
});
const texts = z.array(text);

/** A file of `exportSettings`, from here or elsewhere; every key may be missing. */
export const settingsFile = z.object({
  display_name: text,
  bio: text,
  matrix_id: text,
  bot_account: z.boolean(),
  /** Read leniently: what cannot be read as a whole is passed over. */
  settings: z.unknown(),
  followed_communities: texts,
  saved_posts: texts,
  saved_comments: texts,
  blocked_communities: texts,
  blocked_users: texts,
  blocked_instances_communities: texts,
  /** What 0.19 called `blocked_instances_communities`. */
  blocked_instances: texts,
  blocked_instances_persons: texts,
  blocking_keywords: texts,
  discussion_languages: texts,
}).partial();

export type ImportSettings = z.output<typeof settingsFile>;

/** Entries of all lists together; there must be fewer. */
const MAX_ENTRIES = 10_000;
const INTERFACE_LANGUAGE_LENGTH = 20;

const off = z.boolean().default(false);

/** The settings that are taken over; a missing one counts as off, empty or the first choice. */
const taken = z.object({
  show_nsfw: off,
  theme: z.string().refine(isStorable).default(""),
  default_post_sort_type: z.enum(POST_SORTS).default("active"),
  default_comment_sort_type: z.enum(COMMENT_SORTS).default("hot"),
  default_listing_type: z.enum(LISTING_TYPES).default("local"),
  interface_language: z.string().max(INTERFACE_LANGUAGE_LENGTH)
    .refine(isStorable).default(""),
  show_avatars: off,
  show_media: off,
  hide_posts_with_media: off,
  send_notifications_to_email: off,
  show_bot_accounts: off,
  show_read_posts: off,
  open_links_in_new_tab: off,
  blur_nsfw: off,
  infinite_scroll_enabled: off,
  post_listing_mode: z.enum(POST_LISTING_MODES).default("list"),
  show_score: off,
  show_upvotes: off,
  show_downvotes: z.enum(VOTE_SHOWS).default("show"),
  show_upvote_percentage: off,
});

/**
 * Takes over a file of settings, all or nothing (accounts-and-site §3.10). What the site knows of
 * the lists is followed, saved and blocked at once; what it has yet to fetch from elsewhere is left
 * to the event.
 * @throws LemmyError `bio_length_overflow`, `invalid_display_name`, `invalid_matrix_id`,
 * `too_many_items`, and those of keywords
 */
export async function importSettings(
  ctx: Ctx,
  input: ImportSettings,
): Promise<void> {
  const viewer = requireActiveUser(ctx);
  if (input.bio !== undefined) checkBio(input.bio);
  if (input.display_name !== undefined) checkDisplayName(input.display_name);
  if (input.matrix_id !== undefined) checkMatrixId(input.matrix_id);
  const keywords = checkKeywords(input.blocking_keywords ?? []);
  const languages = input.discussion_languages ?? [];
  checkItemCount(languages, "discussion_languages");
  const lists = listsOf(input);
  const settings = taken.safeParse(input.settings);
  await inTransaction(ctx, async (ctx) => {
    const person = defined({
      bio: input.bio,
      display_name: input.display_name,
      matrix_user_id: input.matrix_id,
      bot_account: input.bot_account,
    });
    if (Object.keys(person).length > 0) {
      await ctx.db.updateTable("person").set(person)
        .where("id", "=", viewer.person.id).execute();
    }
    if (settings.success) {
      await ctx.db.updateTable("local_user").set(settings.data)
        .where("id", "=", viewer.local_user.id).execute();
    }
    if (languages.length > 0) {
      const known = await query<{ id: number }>(
        ctx,
        "select id from language where code = any($1::text[])",
        [languages],
      );
      await setUserLanguages(
        ctx,
        viewer.local_user.id,
        known.map((row) => row.id),
      );
    }
    if (keywords.length > 0) {
      await setKeywords(ctx, viewer.local_user.id, keywords);
    }
    const unknown = await importLists(ctx, lists);
    await recordEvent(ctx, { kind: "settings_imported", data: unknown });
    await recordEvent(ctx, { kind: "person_updated" });
  });
  delete viewer.relations;
}

function listsOf(input: ImportSettings): ImportLists {
  const lists: ImportLists = {
    followed_communities: input.followed_communities ?? [],
    saved_posts: input.saved_posts ?? [],
    saved_comments: input.saved_comments ?? [],
    blocked_communities: input.blocked_communities ?? [],
    blocked_users: input.blocked_users ?? [],
    blocked_instances_communities: input.blocked_instances_communities ??
      input.blocked_instances ?? [],
    blocked_instances_persons: input.blocked_instances_persons ?? [],
  };
  const entries = Object.values(lists)
    .reduce((sum, list) => sum + list.length, 0);
  if (entries >= MAX_ENTRIES) throw new LemmyError("too_many_items");
  return lists;
}

/** Without members that are undefined: an update of nothing is not valid SQL. */
function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
