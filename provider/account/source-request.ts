import { isText, parsed, propertiesOf } from "../base/objects";
import { exchange } from "../live/exchange";
import type { Environment, TransportFailure } from "../live/request";

/** Why there are no credentials, in our own words: messages of the library may quote files, commands and keys. */
export class SourceFailure extends Error {
  constructor(
    /** `again`: it may work later, as after a broken connection, 429 or 5xx. `briefly`: unclear, worth a few tries. */
    readonly kind: "again" | "briefly" | "final",
    message: string,
    /** Whether anything answered. */
    readonly isAnswer = false,
  ) {
    super(message);
    this.name = "SourceFailure";
  }
}

export interface SourceRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | undefined;
  timeoutMs: number;
  /** Where a proxy may be named. */
  env: Environment;
}

export interface SourceAnswer {
  statusCode: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** Sends one request to a source of credentials. */
export type SourceTransport = (request: SourceRequest) => Promise<SourceAnswer>;

/** A credential is read to its end, or until its own time limit. */
const NEVER = new AbortController().signal;

/**
 * Through the environment's proxy, except to this machine and to metadata services. Throws a `SourceFailure` that names the host,
 * and never a path, query or body.
 */
export const sourceTransport: SourceTransport = async ({ url, method, headers, body, timeoutMs, env }) => {
  const { origin, host, pathname, search } = new URL(url);
  const request = { method, path: `${pathname}${search}`, headers, body };
  try {
    const reply = await exchange(new URL(origin), request, NEVER, env, timeoutMs);
    if (reply.status !== 407) {
      return { statusCode: reply.status, headers: reply.headers, body: Buffer.from(reply.text) };
    }
  } catch (error) {
    const { kind, message } = error as TransportFailure;
    const isFinal = kind === "unsendable" || kind === "untrusted";
    const hint = kind === "untrusted" ? "; NODE_EXTRA_CA_CERTS adds a CA" : "";
    throw new SourceFailure(isFinal ? "final" : "again", `${host} cannot be reached: ${message}${hint}`);
  }
  throw new SourceFailure("final", `${host} cannot be reached: a proxy on the way asks for credentials`);
};

/** Transient statuses. */
const PASSING = new Set([408, 425, 429, 499]);
const TRANSIENT_CODE = /^(Throttling|Rejected\.Throttling|InternalError|ServiceUnavailable)(\.|$)/;

/** Throws for an answer without credentials. Only an STS gives the reason as a code. */
export function expectCredentials(host: string, answer: SourceAnswer, isSts: boolean): void {
  const { statusCode } = answer;
  if (statusCode === 200) {
    return;
  }
  const code = isSts ? codeIn(answer.body) : undefined;
  const isTransient =
    PASSING.has(statusCode) ||
    statusCode >= 500 ||
    TRANSIENT_CODE.test(code ?? "") ||
    (statusCode >= 400 && Number(answer.headers["x-acs-retry-after"]) > 0);
  const what = code === undefined ? `HTTP ${statusCode}` : `${code} (HTTP ${statusCode})`;
  throw new SourceFailure(isTransient ? "again" : "final", `${host} answered ${what}`, true);
}

function codeIn(body: Buffer): string | undefined {
  const code = propertiesOf(parsed(body.toString("utf8"))).Code;
  return isText(code) && /^[A-Za-z][A-Za-z0-9.]{0,80}$/.test(code) ? code : undefined;
}
