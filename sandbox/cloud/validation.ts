import type { z } from "zod";

/** Checks a value from outside, and reports every mistake at once, in one line. */
export function checked<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) {
    return result.data;
  }
  const mistakes = result.error.issues.map((issue) => `${issue.path.join(".") || what}: ${issue.message}`);
  throw new Error(`Bad ${what}: ${mistakes.join("; ")}`);
}
