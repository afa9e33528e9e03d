import { formatNumberCompact } from "../../lib/i18n/format.ts";

/** What the API and live events tell of the votes on a thing. */
export interface Counts {
  score: number;
  upvotes?: number;
  downvotes?: number;
}

/** Texts by plural category; `#` stands for the number. */
export type PluralTexts = Partial<Record<Intl.LDMLPluralRule, string>>;

/** Labels of the two buttons, such as "Upvote, # points". */
export interface PointTexts {
  up: PluralTexts;
  down: PluralTexts;
}

let labels: PointTexts | undefined;

/** Makes {@link showCounts} keep the labels of vote buttons true as well. */
export function setPointTexts(texts: PointTexts): void {
  labels = texts;
}

/** A number as the server writes it next to votes. */
export function compact(value: number): string {
  return formatNumberCompact(document.documentElement.lang, value);
}

/**
 * Puts counts into a `.n` of `VoteButtons`, keeping the reader's choice of what it shows:
 * `data-up` marks the ones that show upvotes instead of the score.
 */
export function showCounts(
  number: HTMLElement,
  { score, upvotes, downvotes }: Counts,
): void {
  number.dataset.score = String(score);
  const byUpvotes = number.dataset.up !== undefined && upvotes !== undefined;
  if (byUpvotes) number.dataset.up = String(upvotes);
  if (number.firstChild instanceof Text) {
    number.firstChild.data = compact(byUpvotes ? upvotes : score);
  }
  const down = number.querySelector("small:not(.muted)");
  const share = number.querySelector("small.muted");
  if (upvotes !== undefined && downvotes !== undefined) {
    if (down) down.textContent = `−${compact(downvotes)}`;
    const percent = Math.round(
      100 * upvotes / Math.max(1, upvotes + downvotes),
    );
    if (share) share.textContent = `${percent}%`;
  }
  // The sentence with the exact counts cannot be made here, and must not lie.
  number.title = String(score);
  showPoints(number, score);
}

/**
 * Puts the counts of a live event into the first `.n` of an element, unless the reader's own vote
 * is on its way there: its answer is newer.
 */
export function showLiveCounts(id: string, counts: Counts): void {
  const number = document.querySelector<HTMLElement>(`#${id} .n`);
  if (number && !number.closest("[aria-busy]")) showCounts(number, counts);
}

function showPoints(number: HTMLElement, score: number): void {
  if (!labels) return;
  const category = new Intl.PluralRules(document.documentElement.lang)
    .select(score);
  for (const direction of ["up", "down"] as const) {
    const button = number.parentElement?.querySelector(`button.${direction}`);
    const text = labels[direction][category] ?? labels[direction].other;
    if (text) {
      button?.setAttribute("aria-label", text.replace("#", compact(score)));
    }
  }
}
