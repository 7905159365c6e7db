/** How many of these times, at most, lie within one second of each other. */
export function mostWithinASecond(times: readonly number[]): number {
  return Math.max(0, ...times.map((time) => times.filter((each) => each >= time && each < time + 1_000).length));
}
