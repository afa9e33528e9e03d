/**
 * The one error type that crosses a room's border. `code` is a snake_case code of the
 * specification (accounts-and-site §7.4); `detail` becomes the wire field `message` and is only
 * given for codes that carry text (`unknown`, `resolve_object_failed`, `registration_denied` …).
 */
export class LemmyError extends Error {
  readonly code: string;
  readonly detail?: string;
  /** Name of the form field the error belongs to, when the raiser knows it. */
  readonly field?: string;

  constructor(
    code: string,
    options: { detail?: string; field?: string; cause?: unknown } = {},
  ) {
    super(options.detail ? `${code}: ${options.detail}` : code, {
      cause: options.cause,
    });
    this.name = "LemmyError";
    this.code = code;
    this.detail = options.detail;
    this.field = options.field;
  }

  /** HTTP status by accounts-and-site §7.1; everything not listed there is 400. */
  get status(): number {
    switch (this.code) {
      case "incorrect_login":
        return 401;
      case "not_found":
        return 404;
      case "too_many_requests":
        return 429;
      default:
        return 400;
    }
  }
}
