/** One call in the journal. It never contains a query or a key's secret. */
export interface JournalEntry {
  /** When the request came, in milliseconds since the epoch. */
  time: number;
  action: string;
  /** Empty if the key is unknown. */
  accountId: string;
  accessKeyId: string;
  MonitorId: string;
  MonitorName: string;
  /** The status of the answer; 0 if there was none. */
  httpStatus: number;
  /** The error code, if the call was refused. */
  code: string;
  requestId: string;
  /** The kind of fault, if there was one. */
  fault: string;
  /** Whether the call was carried out successfully, whatever was answered. */
  committed: boolean;
  userAgent: string;
  /** The port of the client's connection. It stays the same while the connection is kept. */
  sourcePort: number;
}

/** Generates a request id in the gateway's format: upper case, with hyphens. */
export function requestId(random: () => number): string {
  const hex = (digits: number) =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .toUpperCase()
      .padStart(digits, "0");
  return [hex(8), hex(4), hex(4), hex(4), hex(12)].join("-");
}
