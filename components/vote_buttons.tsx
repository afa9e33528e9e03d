import { formatNumberCompact } from "../lib/i18n/mod.ts";
import { Icon } from "./icon.tsx";
import { loginPath, type Ui } from "./ui.ts";

export interface VoteProps {
  ui: Ui;
  kind: "post" | "comment";
  id: number;
  score: number;
  upvotes: number;
  downvotes: number;
  /** The viewer's vote: true up, false down. */
  vote?: boolean;
  /** The viewer wrote it, which matters to who sees downvotes. */
  own: boolean;
  /** Deleted, removed or closed to the viewer: shown, but not to be pressed. */
  disabled: boolean;
}

/**
 * Up, number, down: a form with one button per direction that sends the wanted state, so that a
 * repeated submit is harmless (web-ui §0.3, §4.5). An island sends it without a reload.
 */
export function VoteButtons(props: VoteProps) {
  const { ui, kind, id, vote, disabled } = props;
  const { t } = ui;
  const { local_site } = ui.site;
  const canUp = local_site[`${kind}_upvotes` as const] !== "disable";
  const canDown = local_site[`${kind}_downvotes` as const] !== "disable";
  const number = <VoteNumber {...props} />;
  if (!ui.viewer) {
    const login = (direction: "up" | "down") => (
      <a
        class={direction}
        href={loginPath(ui)}
        title={t("vote.login")}
        aria-label={t(`vote.${direction}`)}
        rel="nofollow"
      >
        <Icon name={direction} />
      </a>
    );
    return (
      <div class="vote">
        {canUp && login("up")}
        {number}
        {canDown && login("down")}
      </div>
    );
  }
  const button = (direction: "up" | "down", pressed: boolean) => (
    <button
      type="submit"
      name="score"
      value={pressed ? "0" : direction === "up" ? "1" : "-1"}
      class={direction}
      aria-pressed={pressed ? "true" : "false"}
      aria-label={t(
        direction === "up" ? "vote.upvote_points" : "vote.downvote_points",
        { count: props.score },
      )}
      title={disabled ? t("vote.disabled") : undefined}
      disabled={disabled}
    >
      <Icon name={direction} />
    </button>
  );
  return (
    <form
      class="vote"
      method="post"
      action={`/${kind}/${id}/vote`}
      data-vote={vote === undefined ? 0 : vote ? 1 : -1}
    >
      <input type="hidden" name="return" value={ui.here} />
      {canUp && button("up", vote === true)}
      {number}
      {canDown && button("down", vote === false)}
    </form>
  );
}

/** Share of upvotes from which the percentage is not worth telling. */
const NEARLY_ALL = 0.9;

function VoteNumber(
  { ui, kind, score, upvotes, downvotes, own }: VoteProps,
) {
  const { t } = ui;
  const user = ui.viewer?.local_user;
  const { local_site } = ui.site;
  const both = local_site[`${kind}_upvotes` as const] !== "disable" &&
    local_site[`${kind}_downvotes` as const] !== "disable";
  const showUp = user?.show_upvotes ?? true;
  const showScore = user?.show_score ?? true;
  const downs = user?.show_downvotes ?? "hide";
  const showDown = downvotes > 0 &&
    (downs === "show" || (downs === "show_for_others" && !own));
  const share = upvotes / Math.max(1, upvotes + downvotes);
  const showShare = both && (user?.show_upvote_percentage ?? true) &&
    share < NEARLY_ALL && upvotes + downvotes > 0;
  const compact = (n: number) => formatNumberCompact(t.language, n);
  const title = [
    t("count.points", { count: score }),
    showUp && t("count.upvotes", { count: upvotes }),
    (showDown || downs === "show") &&
    t("count.downvotes", { count: downvotes }),
  ].filter(Boolean).join(" · ");
  // Upvotes and score that say the same are said once.
  const single = showScore && !(showUp && showDown && upvotes !== score);
  const byUpvotes = !single && showUp;
  return (
    <span
      class="n"
      title={title}
      data-score={score}
      data-up={byUpvotes ? upvotes : undefined}
    >
      {compact(byUpvotes ? upvotes : score)}
      {showDown && !single && <small>−{compact(downvotes)}</small>}
      {showShare && <small class="muted">{Math.round(share * 100)}%</small>}
    </span>
  );
}
