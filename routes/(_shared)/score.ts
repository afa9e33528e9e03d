import { LemmyError } from "../../lib/domain/errors.ts";

/** The wanted vote of a form: 1 up, -1 down, 0 none (web-ui §0.3). */
export function parseScore(score: string | undefined): boolean | undefined {
  switch (score) {
    case "1":
      return true;
    case "-1":
      return false;
    case "0":
      return undefined;
    default:
      throw new LemmyError("unknown", { detail: "score must be 1, 0 or -1" });
  }
}
