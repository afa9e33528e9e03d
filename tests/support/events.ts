import type { TestDatabase } from "./database.ts";

const TIMEOUT_MS = 10_000;

/** Resolves when everything that acts on events has acted on all of them. */
export async function eventsDone(
  { sql }: Pick<TestDatabase, "sql">,
): Promise<void> {
  const end = Date.now() + TIMEOUT_MS;
  for (;;) {
    const [{ open }] = await sql<[{ open: number }]>`
      select count(*) as open from event e, event_consumer c
      where (e.xid, e.id) > (c.xid, c.id)`;
    if (Number(open) === 0) return;
    if (Date.now() > end) throw new Error(`${open} events were not acted on`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
