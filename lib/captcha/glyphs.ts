/**
 * The characters of captchas: none looks or sounds like another one (no 0 and O, no 5 and S in one
 * set, no B, C, D, E that sound alike).
 */
export const CHARACTERS = "2345679AHKMRWXY";

export const GLYPH_WIDTH = 5;
export const GLYPH_HEIGHT = 7;

/** Rows of each glyph from the top, the leftmost dot first. */
const GLYPHS: Record<string, string> = {
  "2": ".###. #...# ....# ...#. ..#.. .#... #####",
  "3": "##### ...#. ..#.. ...#. ....# #...# .###.",
  "4": "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
  "5": "##### #.... ####. ....# ....# #...# .###.",
  "6": "..##. .#... #.... ####. #...# #...# .###.",
  "7": "##### ....# ...#. ..#.. .#... .#... .#...",
  "9": ".###. #...# #...# .#### ....# ...#. .##..",
  "A": ".###. #...# #...# ##### #...# #...# #...#",
  "H": "#...# #...# #...# ##### #...# #...# #...#",
  "K": "#...# #..#. #.#.. ##... #.#.. #..#. #...#",
  "M": "#...# ##.## #.#.# #.#.# #...# #...# #...#",
  "R": "####. #...# #...# ####. #.#.. #..#. #...#",
  "W": "#...# #...# #...# #.#.# #.#.# ##.## #...#",
  "X": "#...# #...# .#.#. ..#.. .#.#. #...# #...#",
  "Y": "#...# #...# .#.#. ..#.. ..#.. ..#.. ..#..",
};

/** Whether a character has ink at a point of its grid; false beyond it. */
export function hasInk(character: string, x: number, y: number): boolean {
  const column = Math.floor(x);
  const row = Math.floor(y);
  if (column < 0 || column >= GLYPH_WIDTH || row < 0 || row >= GLYPH_HEIGHT) {
    return false;
  }
  return GLYPHS[character][row * (GLYPH_WIDTH + 1) + column] === "#";
}
