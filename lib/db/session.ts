import type { Sql } from "./connection.ts";

type Reserved = Awaited<ReturnType<Sql["reserve"]>>;

/**
 * A connection taken out of the pool for statements that belong together. When the server closes
 * it, further statements are refused here: postgres.js would write them to a socket that is gone,
 * which ends the process, and `release` would put the dead connection back among the living. A
 * statement under way then fails here as well: postgres.js forgets some of them, and whoever waits
 * would wait for ever.
 */
export class Session {
  #reserved: Reserved;
  #closed: unknown = null;
  #end = Promise.withResolvers<never>();

  private constructor(reserved: Reserved) {
    this.#reserved = reserved;
    // The end of a connection that nobody waits for is no fault.
    this.#end.promise.catch(() => {});
  }

  /**
   * Reserves a connection and runs a first statement on it, which has no parameters.
   * @returns the session and the statement's rows
   */
  static async open<Row>(
    sql: Sql,
    first: string,
  ): Promise<{ session: Session; rows: Row[] }> {
    const session = new Session(await reserve(sql));
    const options: StatementOptions = {
      onexecute(connection) {
        connection.onclose = (error) => {
          session.#closed = error;
          session.#end.reject(error);
        };
        return true;
      },
    };
    try {
      const rows = await session.#whileOpen(
        session.#reserved.unsafe(first, [], options as never),
      );
      return { session, rows: [...rows] as unknown as Row[] };
    } catch (error) {
      session.release();
      throw error;
    }
  }

  /** Runs a statement; see `statementOptions`. */
  async query(text: string, parameters: readonly unknown[] = []) {
    return await this.#whileOpen(this.#send(text, parameters));
  }

  /** As `query`, with rows that are arrays of the columns' values. */
  async values(text: string, parameters: readonly unknown[]) {
    return await this.#whileOpen(this.#send(text, parameters).values());
  }

  #send(text: string, parameters: readonly unknown[]) {
    if (this.#closed !== null) throw this.#closed;
    return this.#reserved.unsafe(
      text,
      [...parameters] as never[],
      statementOptions(text),
    );
  }

  async #whileOpen<Result>(statement: Promise<Result>): Promise<Result> {
    return await Promise.race([statement, this.#end.promise]);
  }

  /** Gives the connection back, unless it is gone. */
  release(): void {
    if (this.#closed === null) this.#reserved.release();
  }
}

/**
 * Milliseconds to wait for a connection: longer than all others together are held by anything but a
 * fault. When the server closes many at once, postgres.js forgets some of those who wait.
 */
const RESERVE_MS = 10_000;

/** Takes a connection out of the pool. @throws Error `CONNECT_TIMEOUT` when none is to be had */
async function reserve(sql: Sql): Promise<Reserved> {
  const reserving = sql.reserve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // It may come after all, and nobody waits any more.
      reserving.then((reserved) => reserved.release(), () => {});
      reject(
        Object.assign(
          new Error(`no connection to the database within ${RESERVE_MS} ms`),
          { code: "CONNECT_TIMEOUT" },
        ),
      );
    }, RESERVE_MS);
  });
  try {
    return await Promise.race([reserving, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Options of a statement that postgres.js uses itself, in its `begin`, but does not declare. */
interface StatementOptions {
  /** Called with the connection the statement is sent on; true lets it take more. */
  onexecute(connection: { onclose: ((error: unknown) => void) | null }): true;
}

/**
 * Begins the text of a statement that wants a plan for its actual parameters: a plan for any
 * parameters can make a listing a thousand times slower (design §4). Such statements are parsed and
 * planned each time; all others are prepared, which saves a round trip and, for the views with
 * their dozen joins, three milliseconds of planning.
 */
export const CUSTOM_PLAN = "/* custom plan */ ";

/** How a statement is sent: by the extended protocol, prepared unless it asks for its own plan. */
export function statementOptions(
  text: string,
): { prepare: boolean; simple: false } {
  return { prepare: !text.startsWith(CUSTOM_PLAN), simple: false };
}
