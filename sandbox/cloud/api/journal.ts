/** One line of the journal. It never holds a query or a key's secret. */
export interface JournalEntry {
  /** Milliseconds since the epoch, when the request came. */
  time: number;
  action: string;
  /** Empty when the key is not known. */
  accountId: string;
  accessKeyId: string;
  MonitorId: string;
  MonitorName: string;
  /** What was answered; 0 when there was no answer. */
  httpStatus: number;
  /** The code of a refusal. */
  code: string;
  requestId: string;
  /** The kind of fault that hit it, if one did. */
  fault: string;
  /** Whether it was carried out with success, whatever was answered. */
  committed: boolean;
  userAgent: string;
  /** The port that the client's connection comes from: one client keeps it while it keeps the connection. */
  sourcePort: number;
}

/** Upper-case with hyphens, as the gateway's are. */
export function requestId(random: () => number): string {
  const hex = (digits: number) =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .toUpperCase()
      .padStart(digits, "0");
  return [hex(8), hex(4), hex(4), hex(4), hex(12)].join("-");
}
