import { isMessageKey, type Translator } from "./translator.ts";

/** An entry of the modlog by the names of what it is about; what it does not name is "". */
export interface ModActionNames {
  kind: string;
  is_revert: boolean;
  person: string;
  community: string;
  post: string;
  comment: string;
}

/** Kinds for which `is_revert` means "appointed" (moderation-and-operations §4.3). */
const INVERTED = new Set(["admin_add", "mod_add_to_community"]);

/** Whether the entry takes something back. */
export function isTakenBack(
  { kind, is_revert }: Pick<ModActionNames, "kind" | "is_revert">,
): boolean {
  return is_revert !== INVERTED.has(kind);
}

/** What was done, in one sentence; kinds without a text are answered by their own name. */
export function describeModAction(
  t: Translator,
  action: ModActionNames,
): string {
  const { kind, person, community, post, comment } = action;
  const key = `modlog.${isTakenBack(action) ? "revert" : "entry"}.${kind}`;
  return isMessageKey(key)
    ? t(key, { person, community, post, comment })
    : kind;
}
