/**
 * Waits until something is so.
 * @throws Error with what was seen last, after `timeout` milliseconds
 */
export async function until<T>(
  read: () => Promise<T> | T,
  holds: (value: T) => boolean,
  timeout = 10_000,
): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > end) {
      throw new Error(`not in time; last seen: ${JSON.stringify(value)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
