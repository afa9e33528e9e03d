import type { Sql } from "./connection.ts";

/**
 * A connection taken out of the pool for statements that belong together. When the server closes
 * it, further statements are refused here: postgres.js would write them to a socket that is gone,
 * which ends the process, and `release` would put the dead connection back among the living.
 */
export class Session {
  #reserved: Awaited<ReturnType<Sql["reserve"]>>;
  #closed: unknown = null;

  private constructor(reserved: Awaited<ReturnType<Sql["reserve"]>>) {
    this.#reserved = reserved;
  }

  /**
   * Reserves a connection and runs a first statement on it, which has no parameters.
   * @returns the session and the statement's rows
   */
  static async open<Row>(
    sql: Sql,
    first: string,
  ): Promise<{ session: Session; rows: Row[] }> {
    const session = new Session(await sql.reserve());
    const options: StatementOptions = {
      onexecute(connection) {
        connection.onclose = (error) => session.#closed = error;
        return true;
      },
    };
    try {
      const rows = await session.#reserved.unsafe(first, [], options as never);
      return { session, rows: [...rows] as unknown as Row[] };
    } catch (error) {
      session.release();
      throw error;
    }
  }

  /** Runs a statement; see `statementOptions`. */
  async query(text: string, parameters: readonly unknown[] = []) {
    if (this.#closed !== null) throw this.#closed;
    return await this.#reserved.unsafe(
      text,
      [...parameters] as never[],
      statementOptions(text),
    );
  }

  /** Gives the connection back, unless it is gone. */
  release(): void {
    if (this.#closed === null) this.#reserved.release();
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
