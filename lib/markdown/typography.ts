/**
 * Typographic replacements: curly quotes, dashes, ellipsis and a few signs. Works on the plain
 * text of one block piece by piece; the character before a quote may lie in an earlier piece.
 */
export class Typographer {
  #previous = "";

  /** Tells of a piece that is not replaced, such as code. */
  skip(content: string): void {
    if (content !== "") this.#previous = content.slice(-1);
  }

  /** The piece with its replacements. */
  replace(content: string): string {
    if (content === "") return content;
    const previous = this.#previous;
    this.#previous = content.slice(-1);
    if (!CANDIDATE.test(content)) return content;
    return content
      .replace(SIGNS, (sign) => SIGN_CHARACTERS[sign.toLowerCase()])
      .replace(/\.{3,}/g, "…")
      .replace(/(?<!-)-{2,3}(?!-)/g, (dash) => dash.length === 3 ? "—" : "–")
      .replace(/["']/g, (quote, index: number, whole: string) => {
        const before = index === 0 ? previous : whole[index - 1];
        const opens = before === "" || OPENS_AFTER.test(before);
        if (quote === '"') return opens ? "“" : "”";
        return opens ? "‘" : "’";
      });
  }
}

const CANDIDATE = /["'+(]|\.\.\.|--/;
const SIGNS = /\((?:c|r|tm)\)|\+-/gi;
const SIGN_CHARACTERS: Record<string, string> = {
  "(c)": "©",
  "(r)": "®",
  "(tm)": "™",
  "+-": "±",
};
const OPENS_AFTER = /[\s\p{Ps}\p{Pi}\p{Pd}"'/]/u;
