/** What a hook may throw: our own error, and for a half-made resource what Pulumi stores of it. */
export type Thrown = Error & { id?: string; properties?: Record<string, unknown>; reasons?: string[] };

/** What a hook that must fail has thrown, with all that Pulumi's plugin host would look at. */
export async function thrownBy(promise: Promise<unknown>): Promise<Thrown> {
  const error = await promise.then(
    () => undefined,
    (each: unknown) => each,
  );
  if (!(error instanceof Error)) {
    throw new Error("it went well, or threw what is no error");
  }
  return error;
}
