/** Interface texts, numbers and dates in the reader's language (web-ui §8). */
export {
  formatDate,
  formatDuration,
  formatNumber,
  formatNumberCompact,
  formatPercent,
  formatRelativeTime,
} from "./format.ts";
export {
  chooseLanguage,
  direction,
  type Language,
  LANGUAGES,
} from "./languages.ts";
export {
  describeModAction,
  isTakenBack,
  type ModActionNames,
} from "./mod_action.ts";
export { isMessageKey, type Translator, translator } from "./translator.ts";
export type { Catalogue, MessageKey, Params, PluralForms } from "./types.ts";
