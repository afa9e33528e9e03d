/** Data of a live event: ids, and the counts as they are now. */
export interface LiveMessage {
  kind: string;
  post_id: number;
  comment_id?: number;
  /** Ids from the root 0 down to the comment, joined by dots. */
  path?: string;
  /** Of the comment if there is one, else of the post. */
  score: number;
  upvotes: number;
  downvotes: number;
  /** Comments of the post. */
  comments: number;
}

export type LiveHandlers = {
  post?(message: LiveMessage): void;
  comment?(message: LiveMessage): void;
  vote?(message: LiveMessage): void;
  /** More was missed than the server can tell. */
  reset?(): void;
};

/** Wait after a refusal, in milliseconds; browsers themselves only retry lost connections. */
const REFUSED_MS = 60_000;

/**
 * Hears `/live` while the page is visible, from the cursor on that the page was made with, and
 * continues where it stopped when the page is shown again.
 */
export function followLive(
  scope: string,
  cursor: string,
  handlers: LiveHandlers,
): void {
  let position = cursor;
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const open = () => {
    if (source || document.hidden) return;
    const query = `${scope}&last_event_id=${encodeURIComponent(position)}`;
    const opened = source = new EventSource(`/live?${query}`);
    for (const type of ["post", "comment", "vote", "reset"] as const) {
      opened.addEventListener(type, (event) => {
        position = event.lastEventId || position;
        handlers[type]?.(JSON.parse(event.data));
      });
    }
    opened.onerror = () => {
      if (opened.readyState !== EventSource.CLOSED) return;
      close();
      timer = setTimeout(open, REFUSED_MS);
    };
  };
  document.addEventListener(
    "visibilitychange",
    () => document.hidden ? close() : open(),
  );
  // Pages with open connections are not kept for the Back button.
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
}

/**
 * The text for so many new things: `texts[0]` is for one. Beyond the last text "20+", and without
 * a number when it is unknown.
 */
export function countText(texts: string[], count: number | null): string {
  const last = texts[texts.length - 1];
  if (count === null) return last.replace(/\p{Nd}+\s*/u, "");
  return count <= texts.length
    ? texts[count - 1]
    : last.replace(/\p{Nd}+/u, "$&+");
}

/** Shows a button in a sticky region, or the region empty. */
export function offer(
  region: HTMLElement,
  text: string | null,
  press: (button: HTMLButtonElement) => void,
): void {
  if (text === null) return region.replaceChildren();
  let button = region.querySelector("button");
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    button.className = "btn go";
    button.onclick = () => press(button!);
    region.replaceChildren(button);
  }
  button.textContent = text;
}
