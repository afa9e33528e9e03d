/** Why an activity cannot be built yet. */
export type Obstacle =
  /** The post's link is being looked at. */
  | "link"
  /** The text mentions persons who have not been looked up. */
  | "mentions"
  /** What the recipient's server runs is being asked. */
  | "software";

/** Nothing is wrong: the activity can be built in a moment. */
export class NotYet extends Error {
  constructor(readonly obstacle: Obstacle) {
    super(`waits for: ${obstacle}`);
    this.name = "NotYet";
  }
}

/** Milliseconds after which an activity goes out without what it waits for. */
const PATIENCE_MS = 60_000;

/** Whether an event has waited as long as it may. */
export function isOverdue(
  { now }: { now: Date },
  { published_at }: { published_at: string },
): boolean {
  return now.getTime() - Date.parse(published_at) > PATIENCE_MS;
}
