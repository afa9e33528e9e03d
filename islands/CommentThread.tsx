import { enhanceCommentForms } from "../components/client/comment_forms.ts";
import { rememberCollapsed } from "../components/client/collapse_memory.ts";
import { showLiveCounts } from "../components/client/counts.ts";
import { enhancer } from "../components/client/enhancer.ts";
import { countText, followLive, offer } from "../components/client/live.ts";
import {
  fetchPage,
  focusComment,
  mergeComments,
  Unreachable,
} from "../components/client/thread.ts";
import { toast } from "../components/client/toast.ts";

export interface CommentThreadProps {
  post: number;
  /** The comment whose thread alone is shown. */
  root?: number;
  /** Place in the log of events that the page was made at. */
  cursor: string;
  texts: {
    /** Offers for 1, 2 … new comments. */
    fresh: string[];
    /** Comments could not be loaded. */
    failed: string;
    /** A comment could not be sent. */
    offline: string;
  };
}

/**
 * The thread of a post: new comments behind a button, scores as they change, answers in place,
 * more replies without a reload, and a memory of what was collapsed (web-ui §3.4, §4.8).
 */
export const CommentThread = enhancer<CommentThreadProps>(
  (props, region) => {
    const fresh = new FreshComments(props, region);
    rememberCollapsed(props.post);
    enhanceCommentForms({
      path: `/post/${props.post}`,
      offline: props.texts.offline,
      sending: (busy) => fresh.pause(busy),
    });
    loadMoreInPlace(props.texts.failed);
    followLive(`post=${props.post}`, props.cursor, {
      comment({ kind, comment_id, path }) {
        const here = !props.root || path!.split(".").includes(`${props.root}`);
        if (kind === "comment_created" && here) fresh.add(comment_id!);
      },
      vote({ post_id, comment_id, ...counts }) {
        showLiveCounts(
          comment_id ? `comment-${comment_id}` : `post-${post_id}`,
          counts,
        );
      },
      reset: () => fresh.addUnknown(),
    });
  },
  () => <div class="live" role="status" />,
);

/** Comments that were published since the page was made. */
class FreshComments {
  #ids = new Set<number>();
  #unknown = false;
  #paused = false;

  constructor(
    readonly props: CommentThreadProps,
    readonly region: HTMLElement,
  ) {}

  add(id: number): void {
    this.#ids.add(id);
    this.#tell();
  }

  /** There may be some of which nothing is known. */
  addUnknown(): void {
    this.#unknown = true;
    this.#tell();
  }

  /** While the reader's own comment is on its way, it is not announced as somebody's. */
  pause(paused: boolean): void {
    this.#paused = paused;
    this.#tell();
  }

  #tell(): void {
    if (this.#paused) return;
    for (const id of this.#ids) {
      if (document.getElementById(`comment-${id}`)) this.#ids.delete(id);
    }
    const count = this.#ids.size;
    const text = count === 0 && !this.#unknown
      ? null
      : countText(this.props.texts.fresh, this.#unknown ? null : count);
    offer(this.region, text, () => void this.#show());
  }

  async #show(): Promise<void> {
    const { post, texts } = this.props;
    const path = `/post/${post}`;
    const roots = location.pathname === path;
    try {
      const { page } = await fetchPage(location.pathname + location.search);
      const inserted = mergeComments(page, { roots });
      const missing = [...this.#ids].some((id) =>
        !document.getElementById(`comment-${id}`)
      );
      if (missing && roots) {
        // Beyond this page in its sort; among the newest they come first.
        const { page } = await fetchPage(`${path}?sort=new`);
        const wanted = (id: number) => this.#ids.has(id);
        inserted.push(...mergeComments(page, { roots, wanted }));
      }
      this.#ids.clear();
      this.#unknown = false;
      for (const comment of inserted) comment.classList.add("new");
      if (inserted.length > 0) focusComment(inserted[0]);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      toast(texts.failed);
    }
    this.#tell();
  }
}

/** Lets "N more replies" bring them here instead of leading to their own page. */
function loadMoreInPlace(failed: string): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>(
      "a[data-more]",
    );
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey &&
      !event.shiftKey && !event.altKey;
    if (!link || !plain) return;
    event.preventDefault();
    if (link.ariaBusy === "true") return;
    link.ariaBusy = "true";
    showMore(link).catch((error) => {
      if (!(error instanceof Unreachable)) throw error;
      toast(failed);
    }).finally(() => link.ariaBusy = null);
  });
}

async function showMore(link: HTMLAnchorElement): Promise<void> {
  const { page } = await fetchPage(link.href);
  const [first] = mergeComments(page, { roots: false });
  const { more } = link.dataset;
  const still = page.querySelector(`a[data-more="${more}"]`);
  // Whatever it could not bring is to be found on its own page.
  if (!first) return location.assign(link.href);
  if (still) link.textContent = still.textContent;
  else link.remove();
  focusComment(first);
}
