import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { requireKnownLanguages } from "../language.ts";
import { requireActiveUser } from "../permissions.ts";
import { normalizeEmail, requireFreeEmail } from "./email.ts";
import { requestVerification } from "./verify_email.ts";
import {
  checkBio,
  checkDisplayName,
  checkItemCount,
  checkKeywords,
  checkMatrixId,
  LIMITS,
} from "../text/rules.ts";
import { edited, pipelineInput } from "../text_input.ts";
import type {
  CommentSortType,
  ListingType,
  PostListingMode,
  PostSortType,
  VoteShow,
} from "../views.ts";

/** Fields of `PUT /account/settings/save`; absent = unchanged. */
export interface SaveUserSettings {
  show_nsfw?: boolean;
  blur_nsfw?: boolean;
  theme?: string;
  default_listing_type?: ListingType;
  post_listing_mode?: PostListingMode;
  default_post_sort_type?: PostSortType;
  /** Seconds; 0 clears. */
  default_post_time_range_seconds?: number;
  default_items_per_page?: number;
  default_comment_sort_type?: CommentSortType;
  interface_language?: string;
  display_name?: string;
  email?: string;
  bio?: string;
  matrix_user_id?: string;
  show_avatars?: boolean;
  show_media?: boolean;
  send_notifications_to_email?: boolean;
  bot_account?: boolean;
  show_bot_accounts?: boolean;
  show_read_posts?: boolean;
  discussion_languages?: number[];
  blocking_keywords?: string[];
  open_links_in_new_tab?: boolean;
  infinite_scroll_enabled?: boolean;
  animated_images_enabled?: boolean;
  private_messages_enabled?: boolean;
  collapse_bot_comments?: boolean;
  show_score?: boolean;
  show_upvotes?: boolean;
  show_downvotes?: VoteShow;
  show_upvote_percentage?: boolean;
  auto_mark_fetched_posts_as_read?: boolean;
  hide_posts_with_media?: boolean;
  show_person_votes?: boolean;
}

const INTERFACE_LANGUAGE_LENGTH = 20;

/**
 * Changes the caller's profile and settings, all or nothing (accounts-and-site §3.4). A new e-mail
 * address holds at once, and is asked to be confirmed.
 * @throws LemmyError `blocked_url`, `invalid_email_address`, `email_already_taken`, `email_required`,
 * `bio_length_overflow`, `invalid_display_name`, `invalid_matrix_id`,
 * `email_notifications_disabled`, `invalid_fetch_limit`, `block_keyword_too_short`,
 * `block_keyword_too_long`, `too_many_items`, `couldnt_update`
 */
export async function saveUserSettings(
  ctx: Ctx,
  input: SaveUserSettings,
): Promise<void> {
  const viewer = requireActiveUser(ctx);
  const user = viewer.local_user;
  const { local_site } = ctx.site;
  const bio = edited(
    input.bio,
    (text) => pipelineInput(ctx, text, "bio", LIMITS.bio),
  );
  const email = edited(input.email?.trim(), normalizeEmail);
  if (email && email !== user.email) {
    await requireFreeEmail(ctx, email, user.id);
  }
  if (email === null && local_site.email_verification_required) {
    throw new LemmyError("email_required", { field: "email" });
  }
  if (bio) checkBio(bio);
  const display_name = edited(
    input.display_name?.trim(),
    (text) => checkDisplayName(text),
  );
  const matrix_user_id = edited(
    input.matrix_user_id,
    (text) => checkMatrixId(text),
  );
  if (
    input.send_notifications_to_email && local_site.email_notifications_disabled
  ) {
    throw new LemmyError("email_notifications_disabled", {
      field: "send_notifications_to_email",
    });
  }
  const perPage = input.default_items_per_page;
  if (perPage !== undefined && !(perPage >= 1 && perPage <= 50)) {
    throw new LemmyError("invalid_fetch_limit", {
      field: "default_items_per_page",
    });
  }
  await inTransaction(ctx, async (ctx) => {
    await updatePerson(ctx, {
      bio,
      display_name,
      matrix_user_id,
      bot_account: input.bot_account,
    });
    if (input.discussion_languages) {
      await setUserLanguages(ctx, user.id, input.discussion_languages);
    }
    if (input.blocking_keywords) {
      await setKeywords(ctx, user.id, checkKeywords(input.blocking_keywords));
    }
    const language = input.interface_language;
    if (language !== undefined && language.length > INTERFACE_LANGUAGE_LENGTH) {
      throw new LemmyError("couldnt_update", { field: "interface_language" });
    }
    const range = input.default_post_time_range_seconds;
    await updateUser(ctx, user.id, {
      email,
      show_nsfw: input.show_nsfw,
      blur_nsfw: input.blur_nsfw,
      theme: input.theme,
      default_listing_type: input.default_listing_type,
      post_listing_mode: input.post_listing_mode,
      default_post_sort_type: input.default_post_sort_type,
      default_post_time_range_seconds: range === 0 ? null : range,
      default_items_per_page: perPage,
      default_comment_sort_type: input.default_comment_sort_type,
      interface_language: language,
      show_avatars: input.show_avatars,
      show_media: input.show_media,
      send_notifications_to_email: input.send_notifications_to_email,
      show_bot_accounts: input.show_bot_accounts,
      show_read_posts: input.show_read_posts,
      open_links_in_new_tab: input.open_links_in_new_tab,
      infinite_scroll_enabled: input.infinite_scroll_enabled,
      animated_images_enabled: input.animated_images_enabled,
      private_messages_enabled: input.private_messages_enabled,
      collapse_bot_comments: input.collapse_bot_comments,
      show_score: input.show_score,
      show_upvotes: input.show_upvotes,
      show_downvotes: input.show_downvotes,
      show_upvote_percentage: input.show_upvote_percentage,
      auto_mark_fetched_posts_as_read: input.auto_mark_fetched_posts_as_read,
      hide_posts_with_media: input.hide_posts_with_media,
      show_person_votes: input.show_person_votes,
    });
    if (email && email !== user.email) {
      await requestVerification(ctx, {
        id: user.id,
        name: viewer.person.name,
        email,
        interface_language: language ?? user.interface_language,
      });
    }
    await recordEvent(ctx, { kind: "person_updated" });
    delete viewer.relations;
  });
}

/** Whether any value of an update is given; an update of nothing is not valid SQL. */
function hasChange(values: Record<string, unknown>): boolean {
  return Object.values(values).some((value) => value !== undefined);
}

async function updatePerson(
  ctx: Ctx,
  values: {
    bio?: string | null;
    display_name?: string | null;
    matrix_user_id?: string | null;
    bot_account?: boolean;
  },
): Promise<void> {
  if (!hasChange(values)) return;
  await ctx.db.updateTable("person").set(values)
    .where("id", "=", ctx.viewer!.person.id).execute();
}

async function updateUser(
  ctx: Ctx,
  userId: number,
  values: Record<string, unknown>,
): Promise<void> {
  if (!hasChange(values)) return;
  await ctx.db.updateTable("local_user").set(values).where("id", "=", userId)
    .execute();
}

/** Replaces the languages the user reads; none means all. @throws LemmyError `couldnt_update` */
export async function setUserLanguages(
  ctx: Ctx,
  userId: number,
  languages: readonly number[],
): Promise<void> {
  checkItemCount(languages, "discussion_languages");
  await requireKnownLanguages(ctx, languages);
  await query(
    ctx,
    "delete from local_user_language where local_user_id = $1::int4",
    [userId],
  );
  await query(
    ctx,
    `insert into local_user_language (local_user_id, language_id)
     select $1::int4, id from language where cardinality($2::int4[]) = 0 or id = any($2)`,
    [userId, languages],
  );
}

/** Replaces the words that hide posts from the user. */
export async function setKeywords(
  ctx: Ctx,
  userId: number,
  keywords: readonly string[],
): Promise<void> {
  await query(
    ctx,
    "delete from local_user_keyword_block where local_user_id = $1::int4",
    [userId],
  );
  await query(
    ctx,
    `insert into local_user_keyword_block (local_user_id, keyword)
     select $1::int4, unnest($2::text[]) on conflict do nothing`,
    [userId, keywords],
  );
}
