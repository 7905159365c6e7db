import fc from "fast-check";
import { UNKNOWN } from "../../../provider/model/fields";
import { boxOf, gridLayout, layoutWarnings } from "../../../provider/model/layout";

const input = (layoutConfig: object | undefined, layoutId?: number) =>
  ({ inputUrl: "rtmp://a", layoutConfig, layoutId }) as Parameters<typeof boxOf>[0];
const at = (x: number, y: number, width: number, height: number, positionRefer = "topLeft") =>
  input({ positionNormalized: [x, y], sizeNormalized: [width, height], positionRefer });

test("a grid of any size fills the picture: no overlap, nothing outside, each cell once", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 20 }), (columns, rows) => {
      const cells = gridLayout(columns, rows);
      expect(cells).toHaveLength(columns * rows);
      expect(new Set(cells.map(({ positionNormalized }) => positionNormalized.join()))).toHaveProperty(
        "size",
        cells.length,
      );
      const area = cells.reduce((sum, { sizeNormalized: [width = 0, height = 0] }) => sum + width * height, 0);
      expect(area).toBeCloseTo(1, 2);
      const some = cells.slice(0, 40).map((layoutConfig) => input(layoutConfig));
      expect(layoutWarnings(some)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test.each([
  [0, 1],
  [1.5, 1],
  [101, 1],
  [Number.NaN, 1],
])("a grid of %s × %s is refused", (columns, rows) => {
  expect(() => gridLayout(columns, rows)).toThrow(/must be a whole number from 1 to 100/);
});

test.each([
  ["topLeft", { x: 0.1, y: 0.2 }],
  ["topRight", { x: 0.6, y: 0.2 }],
  ["bottomLeft", { x: 0.1, y: 0.4 }],
  ["bottomRight", { x: 0.6, y: 0.4 }],
])("a place that is counted from %s", (corner, { x, y }) => {
  const box = boxOf(at(0.1, 0.2, 0.3, 0.4, corner));
  expect(box?.x).toBeCloseTo(x);
  expect(box?.y).toBeCloseTo(y);
});

test.each([
  ["side by side", [at(0, 0, 0.5, 1), at(0.5, 0, 0.5, 1)], []],
  ["side by side from two corners", [at(0, 0, 0.5, 1), at(0, 0, 0.5, 1, "topRight")], []],
  ["on top of each other", [at(0, 0, 0.6, 1), at(0.5, 0, 0.5, 1)], [/inputList\[0\].*inputList\[1\].* overlap/]],
  ["outside", [at(0.6, 0, 0.5, 1)], [/reaches out of the picture/]],
  ["outside from below", [at(0, 0.6, 0.5, 0.5, "bottomLeft")], [/reaches out/]],
  ["without a size", [at(0, 0, 0, 1)], [/has a size of 0/]],
  ["with one id", [input(undefined, 1), input(undefined, 2), input(undefined, 1)], [/\[0\].*\[2\].*`layoutId` 1/]],
  ["not said", [input(undefined), input({ fillMode: "none" }), input({ positionNormalized: [0.5, 0.5] })], []],
  ["not known yet", [input({ sizeNormalized: UNKNOWN }), input({ sizeNormalized: [UNKNOWN, 1] })], []],
])("what is %s", (_what, inputs, expected) => {
  expect(layoutWarnings(inputs)).toEqual(expected.map((each) => expect.stringMatching(each)));
});
