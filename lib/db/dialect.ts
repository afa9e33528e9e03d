import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from "kysely";
import type { Sql } from "./connection.ts";
import { makeRows, type ShapedQuery } from "./row_shape.ts";
import { Session, statementOptions } from "./session.ts";

/**
 * Kysely over the pool of postgres.js. Single queries go to the pool, which pipelines them; only a
 * transaction takes a connection out of it. A ready-made dialect reserves one for every query and
 * returns it even when the server has closed it, after which the pool hands out a dead connection.
 */
export function poolDialect(sql: Sql): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new PoolDriver(sql),
    createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

/** The pool, or once a transaction has begun the connection it runs on. */
class PoolConnection implements DatabaseConnection {
  #sql: Sql;
  #session: Session | null = null;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async begin(statement: string): Promise<void> {
    this.#session = (await Session.open(this.#sql, statement)).session;
  }

  release(): void {
    this.#session?.release();
    this.#session = null;
  }

  async executeQuery<Row>(
    query: CompiledQuery | ShapedQuery,
  ): Promise<QueryResult<Row>> {
    const { sql: text, parameters } = query;
    const shape = "shape" in query ? query.shape : null;
    if (shape !== null) {
      const result = this.#session
        ? await this.#session.values(text, parameters)
        : await this.#sql.unsafe(
          text,
          [...parameters] as never[],
          statementOptions(text),
        ).values();
      return { rows: makeRows(result, result.columns, shape) as Row[] };
    }
    const result = this.#session
      ? await this.#session.query(text, parameters)
      : await this.#sql.unsafe(
        text,
        [...parameters] as never[],
        statementOptions(text),
      );
    const changes = /^(?:INSERT|UPDATE|DELETE|MERGE)$/.test(result.command);
    return {
      rows: Array.from(result) as unknown as Row[],
      numAffectedRows: changes ? BigInt(result.count) : undefined,
    };
  }

  // deno-lint-ignore require-yield
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    await Promise.reject(new Error("streamed queries are not supported"));
  }
}

class PoolDriver implements Driver {
  #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  acquireConnection(): Promise<PoolConnection> {
    return Promise.resolve(new PoolConnection(this.#sql));
  }

  async beginTransaction(
    connection: PoolConnection,
    { isolationLevel, accessMode }: TransactionSettings,
  ): Promise<void> {
    await connection.begin(
      [
        "begin",
        isolationLevel && `isolation level ${isolationLevel}`,
        accessMode,
      ].filter(Boolean).join(" "),
    );
  }

  async commitTransaction(connection: PoolConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(connection: PoolConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("rollback"));
  }

  releaseConnection(connection: PoolConnection): Promise<void> {
    connection.release();
    return Promise.resolve();
  }

  async destroy(): Promise<void> {
    await this.#sql.end();
  }
}
