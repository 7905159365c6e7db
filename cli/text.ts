import { stripVTControlCharacters } from "node:util";

/** Control characters but line feed and tab, and the marks that turn the direction of writing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A text of a cloud, a program or a user without anything that a terminal would act upon. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\r\n?/g, "\n").replaceAll(CONTROLS, "");
}

/** The same on one line. */
export function onOneLine(text: string): string {
  return plain(text).replaceAll(/\s+/g, " ");
}

/** JSON that a terminal can show: JSON itself lets some control characters stand. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replaceAll(
    /[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** East Asian wide and fullwidth characters (Unicode, EastAsianWidth W and F). Emoji are asked of the engine. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const MARK = /\p{Mn}|\p{Me}|\p{Cf}/u;
const EMOJI_STYLE = "\ufe0f";

/**
 * How many columns a text takes at most. Terminals disagree about emoji that are made of several: each part counts, because
 * a row that is a little short is well, and one that wraps spoils the screen.
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

/** A text that takes no more columns than there are; what is cut off shows as an ellipsis. */
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
