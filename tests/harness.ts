import { inspect, isDeepStrictEqual } from "node:util";

/** Assertions of one test; every call counts, and a test that made none fails. */
export class Assertions {
  count = 0;

  /** Fails unless `condition` is truthy. */
  ok(condition: unknown, message = "expected a truthy value"): void {
    this.count++;
    if (!condition) throw new Error(message);
  }

  /** Fails unless both values are deeply and strictly equal. */
  equal<T>(actual: T, expected: T, message = "values differ"): void {
    this.count++;
    if (!isDeepStrictEqual(actual, expected)) {
      throw new Error(
        `${message}\n  actual:   ${show(actual)}\n  expected: ${
          show(expected)
        }`,
      );
    }
  }

  /** Fails if both values are deeply equal. */
  notEqual<T>(actual: T, unexpected: T, message = "values are equal"): void {
    this.count++;
    if (isDeepStrictEqual(actual, unexpected)) {
      throw new Error(`${message}: ${show(actual)}`);
    }
  }

  /** Fails unless the text matches the expression or contains the string. */
  match(text: string, pattern: RegExp | string, message = "no match"): void {
    this.count++;
    const found = typeof pattern === "string"
      ? text.includes(pattern)
      : pattern.test(text);
    if (!found) {
      throw new Error(`${message}: ${pattern} not in ${text.slice(0, 2000)}`);
    }
  }

  /** Fails if the text matches the expression or contains the string. */
  noMatch(text: string, pattern: RegExp | string, message = "matched"): void {
    this.count++;
    const found = typeof pattern === "string"
      ? text.includes(pattern)
      : pattern.test(text);
    if (found) throw new Error(`${message}: ${pattern}`);
  }

  /**
   * Fails unless the action throws or rejects. With `expected`, the error's `code` must equal it
   * or its message contain it. Returns the error.
   */
  async throws(
    action: () => unknown,
    expected?: string | RegExp,
  ): Promise<Error> {
    this.count++;
    try {
      await action();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const code = (error as { code?: unknown }).code;
      const fits = expected === undefined || code === expected ||
        (typeof expected === "string"
          ? error.message.includes(expected)
          : expected.test(error.message));
      if (!fits) {
        throw new Error(`expected error ${expected}, got ${error.stack}`);
      }
      return error;
    }
    throw new Error(`expected an error${expected ? ` (${expected})` : ""}`);
  }
}

function show(value: unknown): string {
  return inspect(value, { depth: 8, breakLength: 100 });
}

/** How long a test may take, in milliseconds; what hangs must not hold up all others. */
const TIME_LIMIT = 120_000;

async function withinTime(body: () => Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the test took longer than ${TIME_LIMIT} ms`)),
      TIME_LIMIT,
    );
  });
  try {
    await Promise.race([body(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Registers a test with Deno's runner; it fails when it asserted nothing. */
export function test(
  name: string,
  body: (t: Assertions) => unknown,
  options: { ignore?: boolean } = {},
): void {
  Deno.test({
    name,
    ignore: options.ignore,
    fn: async () => {
      const assertions = new Assertions();
      await withinTime(async () => await body(assertions));
      if (assertions.count === 0) throw new Error("the test asserted nothing");
    },
  });
}
