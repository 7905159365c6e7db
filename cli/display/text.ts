import { stripVTControlCharacters } from "node:util";

/** Control characters except line feed and tab, and marks that change the writing direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for them
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Removes everything that a terminal would interpret from a text of the cloud, the program or the user. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\r\n?/g, "\n").replaceAll(CONTROLS, "");
}

/** The same, on one line. */
export function onOneLine(text: string): string {
  return plain(text).replaceAll(/\s+/g, " ");
}

/** JSON that is safe on a terminal. `JSON.stringify` leaves some control characters unescaped. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replaceAll(
    /[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** East Asian wide and fullwidth characters (Unicode, EastAsianWidth W and F), and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const MARK = /\p{Mn}|\p{Me}|\p{Cf}/u;
const EMOJI_STYLE = "\ufe0f";

/**
 * The most columns that a text can take. Terminals disagree about emoji of several parts, so each part counts: a row that is too
 * short does no harm, and one that wraps breaks the screen.
 */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (character === EMOJI_STYLE || !MARK.test(character)) {
      columns += WIDE.test(character) ? 2 : 1;
    }
  }
  return columns;
}

const CHARACTERS = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Cuts a text to a number of columns, with an ellipsis for the rest. */
export function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) {
    return text;
  }
  let kept = "";
  let left = columns - 1;
  for (const { segment } of CHARACTERS.segment(text)) {
    left -= columnsOf(segment);
    if (left < 0) {
      break;
    }
    kept += segment;
  }
  return columns < 1 ? "" : `${kept.trimEnd()}…`;
}
