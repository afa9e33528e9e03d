/** A person named in a text, not yet looked up. */
export interface Mention {
  name: string;
  /** Host as written, lower case, with its port if there is one. */
  host: string;
}

const MENTION = /@([\p{L}\p{M}\p{N}_.]+)@([a-zA-Z0-9._:-]+)/gu;

/**
 * The persons a text mentions as `@name@host`, in order, each once (moderation-and-operations
 * §12.3). Mentions in code count as well; `!community@host` does not.
 *
 * Punctuation behind the host belongs to the sentence, not to the host (content Q31).
 */
export function extractMentions(text: string): Mention[] {
  const mentions = new Map<string, Mention>();
  for (const [, name, rawHost] of text.matchAll(MENTION)) {
    const host = rawHost.replace(TRAILING_PUNCTUATION, "").toLowerCase();
    if (host === "") continue;
    const key = `${name.toLowerCase()}@${host}`;
    if (!mentions.has(key)) mentions.set(key, { name, host });
  }
  return [...mentions.values()];
}

const TRAILING_PUNCTUATION = /[._:-]+$/;
