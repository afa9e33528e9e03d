const LETTERS_AND_DIGITS =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/**
 * Random characters that cannot be foretold, each as likely as any other.
 * @param alphabet at most 256 characters; letters and digits unless given
 */
export function randomText(
  length: number,
  alphabet: string = LETTERS_AND_DIGITS,
): string {
  // Bytes beyond the last multiple of the alphabet would favour its beginning.
  const limit = 256 - 256 % alphabet.length;
  let text = "";
  while (text.length < length) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < limit) text += alphabet[byte % alphabet.length];
  }
  return text;
}
