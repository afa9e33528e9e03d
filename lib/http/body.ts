import { LemmyError } from "../domain/errors.ts";

/** Longest JSON or form (accounts-and-site §7.1). */
export const MAX_BODY_BYTES = 2 * 1024 * 1024;
/** For the whole body: a sender who dribbles bytes must not hold a connection for ever. */
const BODY_TIMEOUT_MS = 30_000;

type Bytes = Uint8Array<ArrayBuffer>;

/** A body that cannot be taken; `status` is 400, 408 or 413. The code on the wire is `unknown`. */
export class BodyError extends LemmyError {
  #status: number;

  constructor(status: 400 | 408 | 413, detail: string) {
    super("unknown", { detail });
    this.name = "BodyError";
    this.#status = status;
  }

  override get status(): number {
    return this.#status;
  }
}

/**
 * Reads a whole body, counting as it comes: Deno sets no bound of its own.
 * @throws BodyError 413 beyond `limit` bytes, 408 after `timeout` milliseconds
 */
export async function readBody(
  req: Request,
  options: { limit?: number; timeout?: number } = {},
): Promise<Bytes> {
  const { limit = MAX_BODY_BYTES, timeout = BODY_TIMEOUT_MS } = options;
  const tooLong = () =>
    new BodyError(413, `the body is longer than ${limit} bytes`);
  if (Number(req.headers.get("content-length") ?? 0) > limit) throw tooLong();
  if (req.body === null) return new Uint8Array();
  const reader = req.body.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new BodyError(408, "the body took too long")),
      timeout,
    );
  });
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late]);
      if (done) break;
      length += value.byteLength;
      if (length > limit) throw tooLong();
      chunks.push(value);
    }
  } catch (error) {
    // The connection may be gone already; the first error is the one that tells.
    reader.cancel().catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/**
 * Reads a JSON body. Content type, encoding and syntax are checked; what the value is remains to
 * be found out.
 * @throws BodyError with the messages of accounts-and-site §7.2
 */
export async function readJson(
  req: Request,
  options: { limit?: number; timeout?: number } = {},
): Promise<unknown> {
  if (!/^application\/(?:[\w.+-]+\+)?json$/.test(mediaType(req))) {
    throw new BodyError(400, "Content type error");
  }
  const text = decode(await readBody(req, options), "Json deserialize error: ");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BodyError(
      400,
      `Json deserialize error: ${(error as Error).message}`,
    );
  }
  // Only an escape can put in what the database cannot store.
  if (text.includes("\\u")) refuseUnstorable(value);
  return value;
}

/**
 * Reads a submitted form, URL-encoded or multipart.
 * @throws BodyError
 */
export async function readForm(
  req: Request,
  options: { limit?: number; timeout?: number } = {},
): Promise<FormData> {
  const type = mediaType(req);
  const form = new FormData();
  if (type === "application/x-www-form-urlencoded") {
    const bytes = await readBody(req, options);
    const text = decode(bytes, "the form: ");
    for (const pair of text.split("&")) {
      if (pair === "") continue;
      const [name, ...value] = pair.split("=").map(decodeFormPart);
      form.append(name, value.join("="));
    }
  } else if (type === "multipart/form-data") {
    const bytes = await readBody(req, options);
    const headers = { "content-type": req.headers.get("content-type")! };
    try {
      const parsed = await new Response(bytes, { headers }).formData();
      for (const [name, value] of parsed) form.append(name, value as string);
    } catch {
      throw new BodyError(400, "the form is not valid multipart/form-data");
    }
  } else throw new BodyError(400, "Content type error");
  for (const [name, value] of form) {
    refuseUnstorable(name);
    if (typeof value === "string") refuseUnstorable(value);
  }
  return form;
}

function mediaType(req: Request): string {
  return (req.headers.get("content-type") ?? "").split(";")[0].trim()
    .toLowerCase();
}

function decode(bytes: Bytes, prefix: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new BodyError(400, `${prefix}invalid UTF-8`);
  }
}

function decodeFormPart(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new BodyError(400, "the form is not valid UTF-8");
  }
}

/**
 * NUL and halves of surrogate pairs: PostgreSQL stores neither. Walks without recursion, for a body
 * may be nested deeper than the stack.
 */
export function refuseUnstorable(root: unknown): void {
  const waiting = [root];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === "string") {
      if (value.includes("\0") || !value.isWellFormed()) {
        throw new BodyError(
          400,
          "text must not contain NUL or lone surrogates",
        );
      }
    } else if (Array.isArray(value)) {
      for (const inner of value) waiting.push(inner);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        waiting.push(key, inner);
      }
    }
  }
}
