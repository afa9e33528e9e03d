import type { Json } from "../objects/send.ts";

/** What an activity changes, and what must be in effect before it, as ids or pairs of ids. */
export interface Keys {
  changes: string[];
  needs: string[];
}

/**
 * What the order of delivery goes by: an activity changes its object, a vote or report only what
 * its actor says of the object, and all that concerns a person's standing (Block, Add, Remove)
 * that person. It needs its actor as he stands, and what it refers to.
 * @param needs what the activity itself does not tell
 */
export function keysOf(
  activity: Json,
  needs: readonly string[] = [],
): Keys {
  const found = own(activity);
  const changes = new Set(found.changes);
  return {
    changes: [...changes],
    needs: [...new Set([...found.needs, ...needs])]
      .filter((key) => !changes.has(key)),
  };
}

function own(activity: Json): Keys {
  const { type, object } = activity;
  const actor = String(activity.actor);
  const id = idOf(object);
  switch (type) {
    case "Undo":
    case "Resolve":
    case "Accept":
    case "Reject": {
      // An Undo may name what it undoes by its id.
      if (typeof object !== "object" || object === null) {
        return { changes: [id], needs: [actor] };
      }
      const inner = own(object as Json);
      return { changes: inner.changes, needs: [...inner.needs, actor] };
    }
    case "Follow":
      return { changes: [`${actor} ${id}`], needs: [] };
    case "Like":
    case "Dislike":
    case "Flag":
      return { changes: [`${actor} ${id}`], needs: [actor, id] };
    case "Warn":
      return { changes: [], needs: [actor, id] };
    case "Create":
    case "Update": {
      const parent = (object as Json).inReplyTo ?? undefined;
      const needs = parent === undefined ? [] : [idOf(parent)];
      return { changes: [id], needs: [actor, ...needs] };
    }
    default:
      return { changes: [id], needs: [actor] };
  }
}

/** The id of something given by its id or in full; of a list the first one's. */
function idOf(value: unknown): string {
  if (Array.isArray(value)) return idOf(value[0]);
  if (typeof value === "object" && value !== null) {
    return String((value as Json).id);
  }
  return String(value);
}
