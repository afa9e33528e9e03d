import { formatDate, formatRelativeTime } from "../lib/i18n/mod.ts";
import type { Ui } from "./ui.ts";

const MINUTE = 60_000;

/** "3 hours ago", with the exact time as tooltip (web-ui §8.3). */
export function Time({ ui, at }: { ui: Ui; at: string }) {
  const age = Math.abs(ui.now.getTime() - Date.parse(at));
  return (
    <time
      datetime={at}
      title={formatDate(ui.t.language, at)}
    >
      {age < MINUTE
        ? ui.t("time.just_now")
        : formatRelativeTime(ui.t.language, at, ui.now)}
    </time>
  );
}

/** How long after publication an edit is worth telling, in milliseconds. */
const EDIT_GRACE = 5 * 60 * 1000;

/** "edited …" when a text changed more than five minutes after it was published. */
export function EditedMark(
  { ui, published, updated }: { ui: Ui; published: string; updated?: string },
) {
  if (!updated || Date.parse(updated) - Date.parse(published) < EDIT_GRACE) {
    return null;
  }
  const title = ui.t("time.edited", {
    time: formatRelativeTime(ui.t.language, updated, ui.now),
  });
  return <em title={title}>✎</em>;
}
