/**
 * A fault that the person who runs the server can mend: a wrong setting, a directory that cannot
 * be written, a database that cannot be reached. The message is the whole answer (what, which
 * value, what to do) and is printed without a stack trace. It never contains a secret.
 */
export class OperatorError extends Error {
  /** Exit status of the program: 2 for wrong usage or settings, 1 for the rest. */
  readonly exitCode: number;

  constructor(
    message: string,
    options: { exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "OperatorError";
    this.exitCode = options.exitCode ?? 1;
  }
}

/**
 * Whether an error is an {@link OperatorError}: also one of the server's bundle, which has a class
 * of its own beside that of the sources.
 */
export function isOperatorError(error: unknown): error is OperatorError {
  return error instanceof Error && error.name === "OperatorError";
}
