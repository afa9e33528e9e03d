/**
 * A token that goes out by e-mail, and what is stored of it: the mail is the only place where it
 * can be read.
 */
export async function makeMailToken(): Promise<
  { token: string; hash: Uint8Array }
> {
  const token = crypto.randomUUID();
  return { token, hash: await hashMailToken(token) };
}

/** SHA-256 of a token, by which its row is found. */
export async function hashMailToken(token: string): Promise<Uint8Array> {
  return new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token)),
  );
}
