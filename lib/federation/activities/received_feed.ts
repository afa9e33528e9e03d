import { recordEvent } from "../../domain/event/record.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { hostOf, sameUrl } from "../ids.ts";
import { creatorOf, lookUpFeed } from "../lookup.ts";
import { storeFeed, verifyFeed } from "../objects/received_feed.ts";
import { feed, publication, read } from "../protocol/mod.ts";
import { resolvePerson } from "../resolve.ts";
import type { Incoming, Opened } from "./received.ts";

/** Update of a multi-community by its owner (§3.15). */
export function openFeed(ctx: FedCtx, activity: Incoming): Promise<Opened> {
  const given = read(publication, activity.json);
  const document = read(feed, given.object);
  return Promise.resolve({
    community: null,
    async verify() {
      if (activity.announcer !== null) {
        throw new FederationError("wrong_community", activity.announcer);
      }
      if (!document.attributedTo.some((owner) => sameUrl(owner, given.actor))) {
        throw new FederationError("not_the_author", given.actor);
      }
      const known = await lookUpFeed(ctx, document.id);
      if (known && !sameUrl((await creatorOf(ctx, known)).ap_id, given.actor)) {
        throw new FederationError("object_is_immutable", document.id);
      }
      const owner = await resolvePerson(ctx, given.actor);
      const verified = await verifyFeed(
        ctx,
        // The owner is who speaks, whoever else is named.
        { ...document, attributedTo: [given.actor] },
        { expectedHost: hostOf(activity.id) },
      );
      return async (ctx) => {
        const { id, added, removed } = await storeFeed(ctx, verified);
        await recordEvent(ctx, {
          kind: "multi_community_updated",
          person_id: owner.id,
          data: { multi_community_id: id, received: true, added, removed },
        });
      };
    },
  });
}
