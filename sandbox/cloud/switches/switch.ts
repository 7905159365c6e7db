import { z } from "zod";

type Setting = string | number | boolean;

/** One thing that the documents leave open, or that a test wants to vary. */
export interface Switch<T extends Setting = Setting> {
  /** What it does. */
  doc: string;
  /** The section of the API's fact sheet that it comes from. */
  section: string;
  /** What it takes: one of `choices` only, or any number or text of which `choices` are worth testing. */
  kind: "choice" | "number" | "text";
  default: T;
  /** Settings worth testing. */
  choices: readonly T[];
  /** Whether the documents leave it open; such switches are tested in every setting. */
  open: boolean;
  schema: z.ZodType<T>;
}

type Info = Pick<Switch, "doc" | "section" | "open">;

/** A switch with these settings and no others; the first is the default. */
export function choice<const T extends Setting>(choices: readonly [T, ...T[]], info: Info): Switch<T> {
  return { ...info, kind: "choice", default: choices[0], choices, schema: z.literal([...choices]) };
}

/** A switch that takes any number in a range; the first of those worth testing is the default. */
export function amount(
  choices: readonly [number, ...number[]],
  range: { min: number; max: number; fraction?: true },
  info: Info,
): Switch<number> {
  const number = range.fraction ? z.number() : z.int();
  return { ...info, kind: "number", default: choices[0], choices, schema: number.min(range.min).max(range.max) };
}

/** A switch that takes any short text; the first of those worth testing is the default. */
export function text(choices: readonly [string, ...string[]], info: Info): Switch<string> {
  return { ...info, kind: "text", default: choices[0], choices, schema: z.string().min(1).max(100) };
}
