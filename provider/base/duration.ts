const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const LONGEST_MS = 7 * 24 * 3_600_000;

/**
 * Reads a duration as Pulumi's `customTimeouts` write it: `"90s"`, `"10m"`, `"1h30m"`. Gives milliseconds, or `undefined`
 * for what is no duration, is not positive, or is longer than `longestMs`, by default a week.
 *
 * @example parseDuration("1h30m") // 5_400_000
 */
export function parseDuration(text: string, longestMs = LONGEST_MS): number | undefined {
  if (text.length > 40 || !/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) {
    return undefined;
  }
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * (UNITS_MS[unit as string] as number);
  }
  return total > 0 && total <= longestMs ? total : undefined;
}

/** The same, for people: `1h30m`, `10m`, `2m05s`, `3s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const parts = [hours > 0 ? `${hours}h` : "", minutes > 0 ? `${minutes}m` : "", rest > 0 ? `${rest}s` : ""];
  return parts.join("") || "0s";
}
