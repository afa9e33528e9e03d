import { wantWebmentions } from "../domain/link/webmention.ts";
import type { EventReaction } from "./event_consumer.ts";

/** Wants pages to be told of the new posts that link to them. */
export const TELL_LINKS: EventReaction = {
  name: "webmentions",
  kinds: ["post_created"],
  handle: (ctx, events) =>
    wantWebmentions(ctx, events.flatMap((event) => event.post_id ?? [])),
};
