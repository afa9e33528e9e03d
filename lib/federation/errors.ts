/**
 * Why something of another server is refused or could not be done. The code is one of the
 * specification's, or a snake_case name of our own.
 */
export class FederationError extends Error {
  /** Whether another attempt may succeed: time-outs, 5xx, 408, 429, broken connections (§4.2). */
  readonly transient: boolean;

  constructor(
    readonly code: string,
    message?: string,
    options: { transient?: boolean; cause?: unknown } = {},
  ) {
    super(message === undefined ? code : `${code}: ${message}`, options);
    this.name = "FederationError";
    this.detail = message;
    this.transient = options.transient ?? false;
  }

  readonly detail: string | undefined;
}
