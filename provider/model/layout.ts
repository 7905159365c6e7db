import type { Unwrap } from "@pulumi/pulumi";
import type { InputConfig, LayoutConfig } from "./args";

/** One input, as declared. */
type Input = Unwrap<InputConfig>;
/** A place in the picture, in fractions of it, counted from its top left corner. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The cells of a grid, row by row, for `layoutConfig`. They fill the picture and do not overlap. */
export type GridCell = Required<Pick<Unwrap<LayoutConfig>, "positionNormalized" | "sizeNormalized" | "positionRefer">>;

/**
 * Places for the inputs of a session: a grid that fills the picture, row by row from the top left.
 *
 * @param columns 1 to 100
 * @param rows 1 to 100
 * @returns `columns` × `rows` values for `layoutConfig`
 *
 * @example Four cameras in two rows
 * ```typescript
 * const cells = gridLayout(2, 2);
 * const inputList = cameras.map((inputUrl, index) => ({ inputUrl, layoutId: index + 1, layoutConfig: cells[index] }));
 * ```
 */
export function gridLayout(columns: number, rows: number): GridCell[] {
  for (const [name, count] of Object.entries({ columns, rows })) {
    if (!Number.isInteger(count) || count < 1 || count > 100) {
      throw new RangeError(`\`${name}\` of a grid must be a whole number from 1 to 100, not ${count}.`);
    }
  }
  const across = edges(columns);
  const down = edges(rows);
  return Array.from({ length: columns * rows }, (_, index) => {
    const [column, row] = [index % columns, Math.floor(index / columns)];
    const [x, right] = [across[column] as number, across[column + 1] as number];
    const [y, bottom] = [down[row] as number, down[row + 1] as number];
    return {
      positionNormalized: [x, y],
      sizeNormalized: [rounded(right - x), rounded(bottom - y)],
      positionRefer: "topLeft" as const,
    };
  });
}

/** Where the cells of one direction begin, and where the last ends. Neighbours share an edge to the last digit. */
function edges(count: number): number[] {
  return Array.from({ length: count + 1 }, (_, index) => rounded(index / count));
}

function rounded(fraction: number): number {
  return Math.round(fraction * 10_000) / 10_000;
}

/** Where an input stands; `undefined` where the program does not say it, or not yet. */
export function boxOf({ layoutConfig }: Input): Box | undefined {
  const { positionNormalized = [0, 0], positionRefer = "topLeft", sizeNormalized } = layoutConfig ?? {};
  const [left, top] = positionNormalized;
  const [width, height] = sizeNormalized ?? [];
  const isKnown = [left, top, width, height].every((each) => typeof each === "number");
  if (!isKnown || left === undefined || top === undefined || width === undefined || height === undefined) {
    return undefined;
  }
  return {
    x: positionRefer.endsWith("Right") ? 1 - left - width : left,
    y: positionRefer.startsWith("bottom") ? 1 - top - height : top,
    width,
    height,
  };
}

/** Smaller than what four decimals can tell apart. */
const TOLERANCE = 1e-3;

/** What looks wrong in a layout. No document forbids it, so these are warnings. No text quotes a URL or a stream's name. */
export function layoutWarnings(inputs: readonly Input[]): string[] {
  const boxes = inputs.map((input) => boxOf(input));
  return [
    ...sameIds(inputs),
    ...boxes.flatMap((box, index) => (box === undefined ? [] : outside(box, index))),
    ...boxes.flatMap((box, index) =>
      boxes.slice(index + 1).flatMap((other, after) => {
        const overlaps = box !== undefined && other !== undefined && shared(box, other);
        return overlaps
          ? [`\`inputList[${index}]\` and \`inputList[${index + 1 + after}]\` overlap in the picture`]
          : [];
      }),
    ),
  ].slice(0, 20);
}

function sameIds(inputs: readonly Input[]): string[] {
  const first = new Map<number, number>();
  return inputs.flatMap(({ layoutId }, index) => {
    if (typeof layoutId !== "number") {
      return [];
    }
    const earlier = first.get(layoutId);
    first.set(layoutId, earlier ?? index);
    return earlier === undefined
      ? []
      : [`\`inputList[${earlier}]\` and \`inputList[${index}]\` have the same \`layoutId\` ${layoutId}`];
  });
}

function outside({ x, y, width, height }: Box, index: number): string[] {
  if (width === 0 || height === 0) {
    return [`\`inputList[${index}]\` has a size of 0, so it cannot be seen`];
  }
  const isInside =
    [x, y].every((edge) => edge >= -TOLERANCE) && x + width <= 1 + TOLERANCE && y + height <= 1 + TOLERANCE;
  return isInside ? [] : [`\`inputList[${index}]\` reaches out of the picture`];
}

function shared(one: Box, other: Box): boolean {
  const along = (a: number, lengthA: number, b: number, lengthB: number) =>
    Math.min(a + lengthA, b + lengthB) - Math.max(a, b) > TOLERANCE;
  return along(one.x, one.width, other.x, other.width) && along(one.y, one.height, other.y, other.height);
}
