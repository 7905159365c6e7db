import * as fc from "fast-check";
import { automaticName, automaticStream, namesOf, type Owner, ownerFromUrn } from "../../../provider/model/names";

/** Parts of all kinds: plain, long, with double dashes, with ends that look like hashes, and what nobody expects. */
const letter = fc.constantFrom(..."ab0f.-_ /é商😀");
const part = fc.oneof(
  fc.string({ minLength: 1, maxLength: 30 }),
  fc.string({ unit: letter, minLength: 1, maxLength: 30 }),
  fc.string({ unit: letter, minLength: 1, maxLength: 6 }).map((text) => `${text}-deadbeef`),
  fc.constantFrom("-", "--", "a--b", "a-b", "dev", "x".repeat(14), "x".repeat(15), "x".repeat(300)),
);
const owner: fc.Arbitrary<Owner> = fc.record({ project: part, stack: part, resource: part });
const random = (seed: number) => () => ((Math.imul(seed++, 2654435761) >>> 0) % 1000) / 1000;
const same = (one: Owner, other: Owner) =>
  one.project === other.project && one.stack === other.stack && one.resource === other.resource;

test("an owner knows its names; they are short, plain, and have four parts", () => {
  fc.assert(
    fc.property(owner, fc.nat(), (who, seed) => {
      const name = automaticName(who, random(seed));
      expect(namesOf(who)(name)).toBe(true);
      expect(namesOf(who)(`${name}--x123`)).toBe(true);
      expect(name.length).toBeLessThanOrEqual(56);
      expect(name).toMatch(/^[A-Za-z0-9_.-]+$/);
      expect(name.split("--")).toHaveLength(4);
    }),
    { numRuns: 500 },
  );
});

test("no owner takes another's name for its own", () => {
  fc.assert(
    fc.property(owner, owner, fc.nat(), (who, other, seed) => {
      fc.pre(!same(who, other));
      expect(namesOf(other)(automaticName(who, random(seed)))).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

test("a small change of any part makes another owner", () => {
  const change = fc.constantFrom(
    (text: string) => `${text}x`,
    (text: string) => `-${text}`,
    (text: string) => text.toUpperCase(),
  );
  const key = fc.constantFrom("project" as const, "stack" as const, "resource" as const);
  fc.assert(
    fc.property(owner, key, change, fc.nat(), (who, which, edit, seed) => {
      const other = { ...who, [which]: edit(who[which]) };
      fc.pre(!same(who, other));
      expect(namesOf(other)(automaticName(who, random(seed)))).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

test("parts do not run into each other", () => {
  const name = automaticName({ project: "a", stack: "b--c", resource: "d" }, random(1));
  for (const [project, stack, resource] of [
    ["a--b", "c", "d"],
    ["a", "b", "c--d"],
    ["a", "b-c", "d"],
  ] as const) {
    expect(namesOf({ project, stack, resource })(name)).toBe(false);
  }
});

test("a part that is written as another's cut one is hashed itself", () => {
  const long = { project: "a-very-long-name-of-a-project", stack: "dev", resource: "wall" };
  const [cut] = automaticName(long, random(1)).split("--");
  const mimic = { ...long, project: cut as string };
  expect(namesOf(mimic)(automaticName(long, random(1)))).toBe(false);
  expect(namesOf(long)(automaticName(mimic, random(1)))).toBe(false);
});

test.each([
  ["shop--dev--wall--", false],
  ["shop--dev--wall--abcdefg", false],
  ["shop--dev--wall--abcdefgh", true],
  ["shop--dev--wall--abcdefghi", false],
  ["shop--dev--wall--ABCDEFGH", false],
  ["shop--dev--wall--abcdefgh--x", false],
  ["shop--dev--wall--abcdefgh--x1kq9z", true],
  ["shop--dev--wall--abcdefgh--x1234567", false],
  ["shop--dev--wall--abcdefgh--y1", false],
  ["shop--dev--wall--abcdefgh\n", false],
  ["xshop--dev--wall--abcdefgh", false],
  ["shop--dev--wall", false],
  ["", false],
])("%j is a name of shop, dev, wall: %s", (name, expected) => {
  expect(namesOf({ project: "shop", stack: "dev", resource: "wall" })(name)).toBe(expected);
});

test("a stream of a chosen name is short, plain, and its own", () => {
  fc.assert(
    fc.property(part, fc.nat(), (name, seed) => {
      const stream = automaticStream(name, random(seed));
      expect(stream.length).toBeLessThanOrEqual(64);
      expect(stream).toMatch(/^[A-Za-z0-9_.-]+--[0-9a-z]{8}$/);
    }),
  );
});

test.each([
  ["urn:pulumi:dev::shop::pulumi-nodejs:dynamic/live:StreamMonitor::wall", ["shop", "dev", "wall"]],
  ["urn:pulumi:org/dev::shop::my:Component$pulumi-nodejs:dynamic/live:StreamMonitor::a b", ["shop", "org/dev", "a b"]],
  ["urn:pulumi:dev::shop::t::one::two", ["shop", "dev", "one::two"]],
  ["urn:pulumi:dev::shop::t", undefined],
  ["", undefined],
])("the owner in %s", (urn, expected) => {
  const found = ownerFromUrn(urn);
  expect(found && [found.project, found.stack, found.resource]).toEqual(expected);
});
