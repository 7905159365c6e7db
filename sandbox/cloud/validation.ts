/** A check of the validator. Spelt out, so that the types of this package need no other package's. */
export interface Checker<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: { issues: readonly Issue[] } };
}

interface Issue {
  path: readonly PropertyKey[];
  message: string;
}

/** Checks a value from outside, and reports every mistake at once, in one line. */
export function checked<T>(schema: Checker<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) {
    return result.data;
  }
  const mistakes = result.error.issues.map((issue) => `${issue.path.join(".") || what}: ${issue.message}`);
  throw new Error(`Bad ${what}: ${mistakes.join("; ")}`);
}
