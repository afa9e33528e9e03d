import type { State } from "../lib/http/state.ts";
import type { Viewer } from "../lib/domain/account/session.ts";
import type { SiteState } from "../lib/domain/site/load.ts";
import { formatNumberCompact, type Translator } from "../lib/i18n/mod.ts";

/** What every component may need to know of the reader and the page. */
export interface Ui {
  t: Translator;
  viewer: Viewer | null;
  site: SiteState;
  /** Host of this site; actors elsewhere are shown with theirs. */
  hostname: string;
  now: Date;
  /** Path and query of this page: where forms return to. */
  here: string;
  /** Tells this rendering of the page from every other. */
  requestId: string;
}

/** The `Ui` of a request. */
export function uiOf(state: State, url: URL): Ui {
  return {
    t: state.t,
    viewer: state.ctx.viewer,
    site: state.ctx.site,
    hostname: state.ctx.config.hostname,
    now: state.ctx.now,
    here: url.pathname + url.search,
    requestId: state.requestId,
  };
}

/** Address of the sign-in page that leads back here. */
export function loginPath(ui: Ui): string {
  return `/login?prev=${encodeURIComponent(ui.here)}`;
}

/** Whether thumbnails and inline pictures are shown. */
export function showsMedia(ui: Ui): boolean {
  return ui.viewer?.local_user.show_media ?? true;
}

/** Whether avatars and icons are shown. */
export function showsAvatars(ui: Ui): boolean {
  return (ui.viewer?.local_user.show_avatars ?? true) && showsMedia(ui);
}

/** Largest number of new items that a live notice names. */
export const LIVE_COUNT = 20;

/** Texts of the votes island: messages, and the buttons' labels for each plural form. */
export function voteTexts(ui: Ui) {
  const { t } = ui;
  return {
    failed: t("error.couldnt_update"),
    wait: t("error.too_many_requests"),
    offline: t("notice.offline"),
    points: {
      up: pluralTexts(ui, "vote.upvote_points"),
      down: pluralTexts(ui, "vote.downvote_points"),
    },
  };
}

/** Smallest numbers of each plural form, by language. */
const samples = new Map<string, Map<Intl.LDMLPluralRule, number>>();

/** The forms of a plural text, with `#` for the number. */
function pluralTexts(
  { t }: Ui,
  key: "vote.upvote_points" | "vote.downvote_points",
): Partial<Record<Intl.LDMLPluralRule, string>> {
  let numbers = samples.get(t.language);
  if (!numbers) {
    numbers = new Map();
    const rules = new Intl.PluralRules(t.language);
    for (let number = 0; number <= 100; number++) {
      const form = rules.select(number);
      if (!numbers.has(form)) numbers.set(form, number);
    }
    samples.set(t.language, numbers);
  }
  return Object.fromEntries(
    Array.from(numbers, ([form, count]) => [
      form,
      t(key, { count }).replace(formatNumberCompact(t.language, count), "#"),
    ]),
  );
}

/** A plural text for 1 … 20, so that an island can count without the rules of the language. */
export function liveTexts(
  ui: Ui,
  key: "live.new_posts" | "live.new_comments",
): string[] {
  const known = liveTextsByTranslator.get(ui.t) ?? {};
  liveTextsByTranslator.set(ui.t, known);
  return known[key] ??= Array.from(
    { length: LIVE_COUNT },
    (_, index) => ui.t(key, { count: index + 1 }),
  );
}

/** The texts of a language do not change; making them for every page costs more than the rest. */
const liveTextsByTranslator = new WeakMap<
  Translator,
  Partial<Record<"live.new_posts" | "live.new_comments", string[]>>
>();
