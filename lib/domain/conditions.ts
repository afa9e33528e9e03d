/** Collects the conditions and parameters of one SQL text. */
export class Conditions {
  readonly clauses: string[] = [];

  constructor(readonly parameters: unknown[] = []) {}

  /** The placeholder of a new parameter, cast to `type`. */
  value(value: unknown, type: string): string {
    this.parameters.push(value);
    return `$${this.parameters.length}::${type}`;
  }

  add(clause: string): void {
    this.clauses.push(clause);
  }

  /** The clauses joined by AND, each in brackets. */
  toString(): string {
    return this.clauses.length === 0
      ? "true"
      : this.clauses.map((clause) => `(${clause})`).join(" and ");
  }

  /** The text of conditions that share these parameters, to be combined by hand. */
  nested(build: (inner: Conditions) => void): string {
    const inner = new Conditions(this.parameters);
    build(inner);
    return inner.toString();
  }

  /** A copy to which a single query may add its own. */
  fork(): Conditions {
    const copy = new Conditions([...this.parameters]);
    copy.clauses.push(...this.clauses);
    return copy;
  }
}

/** Escapes what LIKE would take as a wildcard. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}

/** The LIKE pattern of a search term: each space matches any run of characters (content §6.7). */
export function searchPattern(term: string): string {
  return `%${escapeLike(term).replaceAll(" ", "%")}%`;
}
