import { nameToSend } from "../../../provider/model/expiry";
import { expiryOf, withExpiry } from "../../../provider/model/names";

const NOW = Date.UTC(2026, 10, 27, 12);
const HOUR = 3_600_000;
const NAME = "shop--dev--wall--abcdefgh";
const expiry = (name: string) => expiryOf(name);

test("five digits hold the minute of an expiry, rounded up", () => {
  expect(withExpiry(NAME, NOW)).toBe(`${NAME}--xhthw0`);
  expect(expiry(withExpiry(NAME, NOW + 1))).toBe(NOW + 60_000);
  expect(withExpiry(NAME, Date.UTC(2084, 0)).length).toBeLessThanOrEqual(64);
  expect(expiry("chosen--xabc")).toBeUndefined();
});

test.each<[string, string | undefined, number | undefined, boolean, number | undefined]>([
  ["no ttl", undefined, undefined, true, undefined],
  ["at create", "4h", undefined, true, NOW + 4 * HOUR],
  ["unchanged: the live expiry stays", "4h", NOW + HOUR, false, NOW + HOUR],
  ["unchanged, and over: it stays over", "4h", NOW - HOUR, false, NOW - HOUR],
  ["changed: counts from now", "2h", NOW + HOUR, true, NOW + 2 * HOUR],
  ["shortened: never earlier than the live one", "1h", NOW + 5 * HOUR, true, NOW + 5 * HOUR],
  ["removed", undefined, NOW + HOUR, true, undefined],
  ["never declared, but live: not ours to change", undefined, NOW + HOUR, false, NOW + HOUR],
  ["lost in the cloud: set again", "4h", undefined, false, NOW + 4 * HOUR],
])("%s", (_what, ttl, live, isEdited, expected) => {
  const liveName = live === undefined ? NAME : withExpiry(NAME, live);
  expect(expiry(nameToSend({ monitorName: NAME, ttl }, NOW, liveName, isEdited))).toBe(expected);
});

test("the expiry of another name is nobody's", () => {
  const other = withExpiry("shop--dev--side--abcdefgh", NOW + HOUR);
  expect(nameToSend({ monitorName: NAME }, NOW, other, false)).toBe(NAME);
});
