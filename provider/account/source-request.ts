import type { Environment } from "../live/proxy";
import { openRequest, ProxyFailure, type Route, routeTo } from "../live/route";
import { TransportFailure } from "../live/transport-failure";

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

/** An answer with credentials is far smaller. */
const LARGEST = 1024 * 1024;

/**
 * Through the environment's proxy, except to this machine and to metadata services. Throws a `SourceFailure` that names the host,
 * and never a path, query or body.
 */
export const sourceTransport: SourceTransport = async ({ url, method, headers, body, timeoutMs, env }) => {
  const address = new URL(url);
  const route = wayTo(address, env);
  const via = route.proxy === undefined ? "" : ` through the proxy ${route.proxy.name}`;
  const path = `${address.pathname}${address.search}`;
  const request = openRequest(address, { method, path, signal: AbortSignal.timeout(timeoutMs) }, route);
  for (const [name, value] of Object.entries(headers)) {
    request.setHeader(name, value);
  }
  return new Promise((resolve, reject) => {
    request.once("response", (response) => {
      if (response.statusCode === 407) {
        reject(new SourceFailure("final", `${address.host} cannot be reached${via}: a proxy asks for credentials`));
        request.destroy();
        return;
      }
      const parts: Buffer[] = [];
      let size = 0;
      response.on("data", (part: Buffer) => {
        size += part.length;
        parts.push(part);
        if (size > LARGEST) {
          reject(new SourceFailure("final", `${address.host} answered with more than ${LARGEST} bytes`));
          request.destroy();
        }
      });
      response.once("end", () =>
        resolve({ statusCode: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
      response.once("error", () => reject(new SourceFailure("again", `${address.host} broke the connection${via}`)));
    });
    request.once("error", (error) => reject(describe(error, address.host, via, timeoutMs)));
    request.end(body);
  });
};

function wayTo(address: URL, env: Environment): Route {
  try {
    return routeTo(address, env);
  } catch (error) {
    throw new SourceFailure("final", error instanceof TransportFailure ? error.message : "the proxy cannot be used");
  }
}

function describe(error: NodeJS.ErrnoException, host: string, via: string, timeoutMs: number): SourceFailure {
  const code = /^[A-Z0-9_]{1,40}$/.test(error.code ?? "") ? error.code : "the connection broke";
  if (error instanceof ProxyFailure && error.status !== undefined) {
    const isFinal = error.status < 500 && ![408, 425, 429].includes(error.status);
    return new SourceFailure(isFinal ? "final" : "again", `${host} cannot be reached${via} (HTTP ${error.status})`);
  }
  if (error.name === "AbortError" || error.name === "TimeoutError") {
    return new SourceFailure("again", `${host} did not answer within ${timeoutMs / 1000} s${via}`);
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO/.test(code ?? "")) {
    return new SourceFailure(
      "final",
      `there is no trusted connection to ${host}${via} (${code}); NODE_EXTRA_CA_CERTS adds a CA`,
    );
  }
  return new SourceFailure("again", `${host} cannot be reached${via} (${code})`);
}

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
  try {
    const code: unknown = (JSON.parse(body.toString("utf8")) as { Code?: unknown } | null)?.Code;
    return typeof code === "string" && /^[A-Za-z][A-Za-z0-9.]{0,80}$/.test(code) ? code : undefined;
  } catch {
    return undefined;
  }
}
