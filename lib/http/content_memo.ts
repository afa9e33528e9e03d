import type { Shared } from "./shared.ts";

/** Other processes of the site may change content unnoticed: so long an answer lives, in ms. */
const MAX_AGE_MS = 1000;
const MAX_ANSWERS = 200;

/**
 * Answers of the database that are the same for every anonymous reader, kept until content
 * changes in this process, for a second at most. Pages of many languages and addresses that show
 * the same listing then read it once.
 */
export class ContentMemo {
  #shared: Shared;
  #answers = new Map<string, Promise<unknown>>();
  #version = 0;
  #since = 0;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /** The answer of that name; those who ask while it is made share it, errors are not kept. */
  async get<T>(name: string, make: () => Promise<T>): Promise<T> {
    const version = this.#shared.contentVersion;
    const now = performance.now();
    if (
      version !== this.#version || now - this.#since >= MAX_AGE_MS ||
      this.#answers.size >= MAX_ANSWERS
    ) {
      this.#answers = new Map();
      this.#version = version;
      this.#since = now;
    }
    const answers = this.#answers;
    const known = answers.get(name);
    if (known) return await known as T;
    const answer = make();
    answers.set(name, answer);
    try {
      return await answer;
    } catch (error) {
      answers.delete(name);
      throw error;
    }
  }
}
