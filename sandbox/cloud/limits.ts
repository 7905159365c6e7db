/** Published limits in calls a second and account; all its keys share them. STS publishes 100. */
const PUBLISHED: Readonly<Record<string, number>> = {
  CreateLiveStreamMonitor: 10,
  UpdateLiveStreamMonitor: 10,
  StartLiveStreamMonitor: 10,
  StopLiveStreamMonitor: 10,
  DeleteLiveStreamMonitor: 10,
  DescribeLiveStreamMonitorList: 15,
  GetCallerIdentity: 100,
};
const WINDOW_MS = 1000;

/** Counts calls in a sliding window of one second, per account and action. Refused calls do not count. */
export class Limits {
  private readonly windows = new Map<string, number[]>();

  constructor(private readonly clock: () => number) {}

  /** Whether one more call is within the limit; if so, it is counted. */
  admit(accountId: string, action: string, factor: number): boolean {
    const key = `${accountId} ${action}`;
    const now = this.clock();
    const window = (this.windows.get(key) ?? []).filter((time) => time > now - WINDOW_MS);
    const admitted = window.length < Math.max(1, Math.floor((PUBLISHED[action] ?? 10) * factor));
    if (admitted) {
      window.push(now);
    }
    this.windows.set(key, window);
    return admitted;
  }

  clear(): void {
    this.windows.clear();
  }
}
