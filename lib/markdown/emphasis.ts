/** A piece of emphasis: where it starts, where its closing marks start, how many marks. */
export interface Emphasis {
  close: number;
  /** 1 for emphasis, 2 for strong. */
  marks: 1 | 2;
}

interface Run {
  character: string;
  /** Marks not used yet. Openers use theirs from the end, closers from the start. */
  first: number;
  last: number;
  length: number;
  opens: boolean;
  closes: boolean;
}

/**
 * Pairs the `*` and `_` of a text by the delimiter algorithm of CommonMark 0.30 §6.2 in linear
 * time. The parser's own search starts anew at every mark, which a text of marks turns into
 * seconds.
 *
 * @param masked the text with code, links and escapes made unrecognisable, of the same length
 * @returns emphasis by the position of its first mark
 */
export function findEmphasis(masked: string): Map<number, Emphasis> {
  const found = new Map<number, Emphasis>();
  const runs = delimiterRuns(masked);
  /** Openers that may still be closed, as indexes into `runs`. */
  const openers: number[] = [];
  /** By kind of closer: openers up to this index are known not to fit. */
  const bottoms = new Map<string, number>();

  for (const [index, run] of runs.entries()) {
    while (run.closes && run.first < run.last) {
      const kind = `${run.character}${run.opens}${run.length % 3}`;
      const bottom = bottoms.get(kind) ?? -1;
      const position = findOpener(runs, openers, run, bottom);
      if (position < 0) {
        bottoms.set(kind, index - 1);
        break;
      }
      const opener = runs[openers[position]];
      const marks = opener.last - opener.first >= 2 && run.last - run.first >= 2
        ? 2
        : 1;
      opener.last -= marks;
      found.set(opener.last, { close: run.first, marks });
      run.first += marks;
      // What was opened in between can no longer be closed.
      openers.length = position + 1;
      if (opener.first === opener.last) openers.pop();
    }
    if (run.opens && run.first < run.last) openers.push(index);
  }
  return found;
}

function findOpener(
  runs: Run[],
  openers: number[],
  closer: Run,
  bottom: number,
): number {
  for (let position = openers.length - 1; position >= 0; position--) {
    if (openers[position] <= bottom) return -1;
    const opener = runs[openers[position]];
    if (opener.character !== closer.character) continue;
    // The "rule of three" for marks that can both open and close.
    const odd = (opener.closes || closer.opens) &&
      (opener.length + closer.length) % 3 === 0 &&
      !(opener.length % 3 === 0 && closer.length % 3 === 0);
    if (!odd) return position;
  }
  return -1;
}

function delimiterRuns(masked: string): Run[] {
  const runs: Run[] = [];
  for (const { 0: marks, index } of masked.matchAll(/\*+|_+/g)) {
    const end = index + marks.length;
    const before = characterBefore(masked, index);
    const after = end < masked.length
      ? String.fromCodePoint(masked.codePointAt(end)!)
      : " ";
    const [spaceBefore, spaceAfter] = [isSpace(before), isSpace(after)];
    const [signBefore, signAfter] = [isSign(before), isSign(after)];
    const left = !spaceAfter && (!signAfter || spaceBefore || signBefore);
    const right = !spaceBefore && (!signBefore || spaceAfter || signAfter);
    const star = marks[0] === "*";
    runs.push({
      character: marks[0],
      first: index,
      last: end,
      length: marks.length,
      opens: left && (star || !right || signBefore),
      closes: right && (star || !left || signAfter),
    });
  }
  return runs;
}

function characterBefore(text: string, index: number): string {
  if (index === 0) return " ";
  const low = text.charCodeAt(index - 1);
  const pair = low >= 0xdc00 && low <= 0xdfff && index > 1;
  return pair
    ? String.fromCodePoint(text.codePointAt(index - 2)!)
    : text[index - 1];
}

function isSpace(character: string): boolean {
  return /^\s$/.test(character);
}

function isSign(character: string): boolean {
  return /^[\p{P}\p{S}]$/u.test(character);
}
