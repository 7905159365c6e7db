import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { placeOf } from "../../../sandbox/engine/state/state-folder";

const root = realpathSync(mkdtempSync(join(tmpdir(), "places-")));
const at = (...parts: string[]) => join(root, ...parts);
afterAll(() => rmSync(root, { recursive: true, force: true }));

beforeAll(() => {
  mkdirSync(at("volume", "deep"), { recursive: true });
  writeFileSync(at("volume", "real.json"), "{}");
  symlinkSync("volume/real.json", at("link.json"));
  symlinkSync(at("volume", "real.json"), at("absolute.json"));
  symlinkSync("absolute.json", at("chain.json"));
  symlinkSync("volume", at("folder"));
  symlinkSync("../real.json", at("volume", "deep", "up.json"));
  symlinkSync("volume/new.json", at("dangling.json"));
  symlinkSync("dangling.json", at("chain-to-new.json"));
  symlinkSync("folder/new.json", at("through-a-link.json"));
  symlinkSync("volume/missing", at("dangling-folder"));
  symlinkSync("one.json", at("two.json"));
  symlinkSync("two.json", at("one.json"));
  symlinkSync("moved.json", at("left.json"));
  writeFileSync(at("moved.json"), "{}");
  writeFileSync(at("left.json.key"), "secret");
});

test.each([
  ["the file itself", "volume/real.json", "volume/real.json"],
  ["a relative link", "link.json", "volume/real.json"],
  ["an absolute link", "absolute.json", "volume/real.json"],
  ["a chain of links", "chain.json", "volume/real.json"],
  ["a link upwards", "volume/deep/up.json", "volume/real.json"],
  ["a linked folder", "folder/real.json", "volume/real.json"],
  ["a linked folder and a link", "folder/deep/up.json", "volume/real.json"],
  ["a way there and back", "volume/deep/../real.json", "volume/real.json"],
  ["a file that is not there yet", "volume/new.json", "volume/new.json"],
  ["one in a linked folder", "folder/new.json", "volume/new.json"],
  ["a link to it", "dangling.json", "volume/new.json"],
  ["a chain to it", "chain-to-new.json", "volume/new.json"],
  ["a link through a linked folder", "through-a-link.json", "volume/new.json"],
  ["folders that are not there yet", "a/b/c.json", "a/b/c.json"],
  ["a link to such a folder", "dangling-folder/c.json", "volume/missing/c.json"],
])("%s", (_what, given, real) => {
  const place = { file: at(real), keyFile: at(`${real}.key`) };
  expect(placeOf(at(given))).toEqual(place);
  expect(placeOf(`${root}/./${given}`)).toEqual(place);
  expect(placeOf(relative(process.cwd(), at(given)))).toEqual(place);
});

test("a key that was left beside the link is still found", () => {
  expect(placeOf(at("left.json"))).toEqual({ file: at("moved.json"), keyFile: at("left.json.key") });
  expect(placeOf(at("moved.json")).keyFile).toBe(at("moved.json.key"));
});

test.each([
  ["links in a circle", "one.json"],
  ["a file in the place of a folder", "moved.json/state.json"],
])("%s is refused in a sentence", (_what, given) => {
  expect(() => placeOf(at(given))).toThrow(
    /^Could not resolve the state's path .*: .*\. Nothing was done\. Choose another file with --state\.$/,
  );
});
