import {
  type Counts,
  type PointTexts,
  setPointTexts,
  showCounts,
} from "../components/client/counts.ts";
import { enhancer } from "../components/client/enhancer.ts";
import { toast } from "../components/client/toast.ts";

/** Texts of the island. */
export interface VoteTexts {
  /** A vote was not counted. */
  failed: string;
  /** The reader votes too fast. */
  wait: string;
  /** There is no network. */
  offline: string;
  points: PointTexts;
}

/** Votes without a reload, for every `form.vote` of the page (web-ui §4.5). */
export const VoteForms = enhancer<{ texts: VoteTexts }>(({ texts }) => {
  setPointTexts(texts.points);
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const { submitter } = event;
    if (
      event.defaultPrevented || !form.matches("form.vote") ||
      !(submitter instanceof HTMLButtonElement)
    ) return;
    event.preventDefault();
    void vote(form, Number(submitter.value), texts);
  });
});

/** A thing's counts with the reader's vote on it: 1, 0 or -1. */
interface Standing extends Counts {
  vote: number;
}

/** The vote that the reader wants last, of forms whose request is under way. */
const wanted = new WeakMap<HTMLFormElement, number>();

async function vote(
  form: HTMLFormElement,
  vote: number,
  texts: VoteTexts,
): Promise<void> {
  let confirmed = standingOf(form);
  const step = vote - confirmed.vote;
  const up = Number(vote === 1) - Number(confirmed.vote === 1);
  show(form, {
    vote,
    score: confirmed.score + step,
    upvotes: confirmed.upvotes === undefined
      ? undefined
      : confirmed.upvotes + up,
  });
  const busy = wanted.has(form);
  wanted.set(form, vote);
  // One request at a time, so that the server hears the wishes in their order.
  if (busy) return;
  form.setAttribute("aria-busy", "true");
  try {
    let sent: number;
    do {
      sent = wanted.get(form)!;
      confirmed = await send(form, sent);
    } while (sent !== wanted.get(form));
    show(form, confirmed);
  } catch (error) {
    if (sendPlainly(form, error)) return;
    show(form, confirmed);
    toast(
      !(error instanceof Refusal)
        ? texts.offline
        : error.status === 429
        ? texts.wait
        : texts.failed,
    );
  } finally {
    wanted.delete(form);
    form.removeAttribute("aria-busy");
  }
}

class Refusal extends Error {
  constructor(readonly status: number) {
    super(`status ${status}`);
  }
}

/** @throws Refusal if the server says no; TypeError if it cannot be reached */
async function send(form: HTMLFormElement, vote: number): Promise<Standing> {
  const [, kind, id] = /\/(post|comment)\/(\d+)\/vote$/.exec(form.action)!;
  const answer = await fetch(`/api/v4/${kind}/like`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      [`${kind}_id`]: Number(id),
      is_upvote: vote === 0 ? undefined : vote === 1,
    }),
  });
  if (!answer.ok) throw new Refusal(answer.status);
  const view = (await answer.json())[`${kind}_view`];
  const mine: boolean | undefined = view[`${kind}_actions`]?.vote_is_upvote;
  const { score, upvotes, downvotes } = view[kind];
  const counted = mine === undefined ? 0 : mine ? 1 : -1;
  return { vote: counted, score, upvotes, downvotes };
}

/**
 * Sends the form as if there were no island, where that can help: the request was stopped on its
 * way though there is a network, or the session has ended and the answer is the sign-in page.
 */
function sendPlainly(form: HTMLFormElement, error: unknown): boolean {
  const possible = error instanceof Refusal
    ? error.status === 401
    : navigator.onLine;
  if (!possible) return false;
  const score = document.createElement("input");
  score.type = "hidden";
  score.name = "score";
  score.value = String(wanted.get(form));
  form.append(score);
  form.submit();
  return true;
}

function numberOf(form: HTMLFormElement): HTMLElement {
  return form.querySelector<HTMLElement>(".n")!;
}

function standingOf(form: HTMLFormElement): Standing {
  const { score, up } = numberOf(form).dataset;
  return {
    vote: Number(form.dataset.vote),
    score: Number(score),
    upvotes: up === undefined ? undefined : Number(up),
  };
}

function show(form: HTMLFormElement, standing: Standing): void {
  form.dataset.vote = String(standing.vote);
  for (const [direction, value] of [["up", 1], ["down", -1]] as const) {
    const button = form.querySelector<HTMLButtonElement>(
      `button.${direction}`,
    );
    if (!button) continue;
    const pressed = standing.vote === value;
    button.setAttribute("aria-pressed", String(pressed));
    button.value = String(pressed ? 0 : value);
  }
  showCounts(numberOf(form), standing);
}
