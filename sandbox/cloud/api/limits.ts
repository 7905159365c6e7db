/** Published limits in calls per second and account; all keys of an account share them. STS publishes 100. */
const PUBLISHED: ReadonlyMap<string, number> = new Map([
  ["CreateLiveStreamMonitor", 10],
  ["UpdateLiveStreamMonitor", 10],
  ["StartLiveStreamMonitor", 10],
  ["StopLiveStreamMonitor", 10],
  ["DeleteLiveStreamMonitor", 10],
  ["DescribeLiveStreamMonitorList", 15],
  ["GetCallerIdentity", 100],
]);
const WINDOW_MS = 1000;

/** Counts calls in a sliding window of one second, per account and action. Refused calls do not count. */
export class Limits {
  private readonly windows = new Map<string, number[]>();

  constructor(private readonly clock: () => number) {}

  /** Counts a call that is within the limit. Otherwise returns in how many ms the next call is allowed. */
  admit(accountId: string, action: string, factor: number): number | undefined {
    const key = `${accountId} ${action}`;
    const now = this.clock();
    const window = (this.windows.get(key) ?? []).filter((time) => time > now - WINDOW_MS);
    const limit = Math.max(1, Math.floor((PUBLISHED.get(action) ?? 10) * factor));
    this.windows.set(key, window);
    const [oldest] = window;
    if (window.length >= limit && oldest !== undefined) {
      return oldest + WINDOW_MS - now;
    }
    window.push(now);
    return undefined;
  }

  clear(): void {
    this.windows.clear();
  }
}
