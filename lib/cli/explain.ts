import { isOperatorError, OperatorError } from "../config/operator_error.ts";

/**
 * Turns a failed `Deno.listen` or `Deno.serve` into one line with the remedy; other errors are
 * given back unchanged.
 */
export function explainListenError(
  error: unknown,
  address: { bind: string; port: number },
): unknown {
  const { bind, port } = address;
  const where = bind.includes(":") ? `[${bind}]:${port}` : `${bind}:${port}`;
  const code = (error as { code?: unknown } | null)?.code;
  const reason = error instanceof Deno.errors.AddrInUse ||
      code === "EADDRINUSE"
    ? "another program listens there: stop it, or choose another port with LEMMY_PORT"
    : error instanceof Deno.errors.AddrNotAvailable || code === "EADDRNOTAVAIL"
    ? "this machine has no such address: correct LEMMY_BIND or bind"
    : error instanceof Deno.errors.PermissionDenied || code === "EACCES"
    ? "no permission: ports below 1024 need privileges, choose another with LEMMY_PORT and let a proxy listen on 80 and 443"
    : undefined;
  if (!reason) return error;
  return new OperatorError(`cannot listen on ${where}; ${reason}`, {
    cause: error,
  });
}

/**
 * What the program prints about an error that ends it, and its exit status: the message alone for
 * faults of operation, the stack for faults of the program.
 */
export function describeFatal(
  error: unknown,
): { text: string; exitCode: number } {
  if (isOperatorError(error)) {
    const lines = error.message.split("\n").map((line) => `tundra: ${line}\n`);
    return { text: lines.join(""), exitCode: error.exitCode };
  }
  const detail = error instanceof Error
    ? error.stack ?? error.message
    : String(error);
  return { text: `tundra: internal error: ${detail}\n`, exitCode: 70 };
}
