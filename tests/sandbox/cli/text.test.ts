import { columnsOf, cut, jsonText, onOneLine, plain } from "../../../cli/display/text";

test.each([
  ["", 0],
  ["wall", 4],
  ["直播", 4],
  ["ライブ", 6],
  ["ﾗｲﾌﾞ", 4],
  ["라이브", 6],
  ["Ａ１", 4],
  ["「」、。", 8],
  ["é", 1],
  ["e\u0301", 1],
  ["🎥", 2],
  ["⚠", 1],
  ["⚠\ufe0f", 2],
  ["👍🏽", 4],
  ["𠀀", 2],
  ["a\u200db", 2],
])("%j takes %i columns", (text, columns) => expect(columnsOf(text)).toBe(columns));

test.each([
  ["wall", 4, "wall"],
  ["walls", 4, "wal…"],
  ["直播间", 6, "直播间"],
  ["直播间", 5, "直播…"],
  ["直播间", 4, "直…"],
  ["a 直播", 4, "a…"],
  ["e\u0301e\u0301e\u0301", 2, "e\u0301…"],
  ["👨‍👩‍👧x", 3, "…"],
  ["wall", 1, "…"],
  ["wall", 0, ""],
])("%j cut to %i columns is %j", (text, columns, expected) => {
  expect(cut(text, columns)).toBe(expected);
  expect(columnsOf(expected)).toBeLessThanOrEqual(columns);
});

test.each([
  ["\x1b[31mred\x1b[0m", "red"],
  ["\x1b]0;title\x07text", "text"],
  ["\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"],
  ["\x9b2Jtext", "text"],
  ["50 %\r100 %", "50 %\n100 %"],
  ["a\r\nb\tc", "a\nb\tc"],
  ["bell\x07 back\x08 null\0 delete\x7f", "bell back null delete"],
  ["safe\u202egnp.exe\u2066\u200f", "safegnp.exe"],
  ["lone \x1b escape", "lone  escape"],
  ["直播 🎥", "直播 🎥"],
])("of %j a terminal gets %j", (text, expected) => {
  expect(plain(text)).toBe(expected);
  expect(onOneLine(text)).not.toMatch(/[\n\t]/);
});

test("JSON keeps what it says, without what a terminal would act upon", () => {
  const value = { text: "\x1b[2J \x9b2J \u202e 直播" };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is asked for
  expect(jsonText(value)).not.toMatch(/[\x1b\x9b\u202e]/);
  expect(JSON.parse(jsonText(value))).toEqual(value);
});
