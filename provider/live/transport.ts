import { randomUUID } from "node:crypto";
import diagnostics from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";
import { load } from "../loading";
import type { Action } from "./types";

/** Where a request goes: a bare host with port, and how. */
export interface Endpoint {
  protocol: "https" | "http";
  host: string;
}

export interface Credential {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
}

export interface TransportRequest {
  action: Action;
  version: string;
  endpoint: Endpoint;
  query: Record<string, string>;
  credential: Credential;
  signal: AbortSignal;
}

export interface TransportAnswer {
  httpStatus: number;
  body: Record<string, unknown>;
  /** How much was read for it. */
  bytes?: number;
}

/** Sends one request once. What it throws is a `TransportFailure` or, when the signal aborts, the signal's reason. */
export type Transport = (request: TransportRequest) => Promise<TransportAnswer>;

/** What went wrong below the API: as much as is known, unclassified, not fit to be shown as it is. */
export class TransportFailure extends Error {
  constructor(
    readonly kind: "refusal" | "not-sent" | "no-answer" | "not-json",
    message: string,
    readonly httpStatus?: number,
    readonly code?: string,
    readonly requestId?: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
    this.name = "TransportFailure";
  }
}

/** Time for the connection and, once it stands, for the whole answer, each in milliseconds. */
const TIMEOUT_MS = 10_000;
/** No documented answer comes near this many bytes. */
const LARGEST_ANSWER = 16 * 1024 * 1024;

/**
 * The SDK can neither be cancelled nor told how much to read, and on failure it forgets status and headers. Node
 * announces every HTTP request it makes, so each call of ours holds its own request on a leash.
 */
class Leash {
  response: IncomingMessage | undefined;
  /** How much of the answer has been read. */
  bytesRead = () => 0;

  constructor(private readonly signal: AbortSignal) {}

  hold(request: ClientRequest): void {
    const { signal } = this;
    // A connection is used again and again, and counts all that it has ever read.
    let before = request.socket?.bytesRead ?? 0;
    request.once("socket", (socket) => {
      before = socket.bytesRead;
    });
    this.bytesRead = () => (request.socket?.bytesRead ?? before) - before;
    const tooMuch = setInterval(() => {
      if (this.bytesRead() > LARGEST_ANSWER) {
        request.destroy(new Error(`the answer is larger than ${LARGEST_ANSWER} bytes`));
      }
    }, 50);
    // An answer that never ends must not go on filling memory after the SDK has given it up.
    const tooLong = setTimeout(() => request.destroy(), 2.5 * TIMEOUT_MS);
    const cut = () => request.destroy();
    tooMuch.unref();
    tooLong.unref();
    signal.addEventListener("abort", cut, { once: true });
    if (signal.aborted) {
      cut();
    }
    request.once("response", (response) => {
      this.response = response;
    });
    request.once("close", () => {
      clearInterval(tooMuch);
      clearTimeout(tooLong);
      signal.removeEventListener("abort", cut);
    });
  }
}

/**
 * The header by which a call is told from all others, here and in the cloud: each has a value of its own. (What Node offers
 * for the purpose, `AsyncLocalStorage`, makes every promise of the process dearer.)
 */
const NONCE = "x-acs-signature-nonce";
const leashes = new Map<unknown, Leash>();
diagnostics.subscribe("http.client.request.start", (message) => {
  const { request } = message as { request: ClientRequest };
  leashes.get(request.getHeader(NONCE))?.hold(request);
});

/** `@alicloud/tea-util` is of the very version that the SDK asks for: beside another, it would take twice as long to load. */
function loadSdk() {
  const {
    default: Client,
    Config,
    OpenApiRequest,
    Params,
  } = require("@alicloud/openapi-client") as typeof import("@alicloud/openapi-client");
  const { RuntimeOptions } = require("@alicloud/tea-util") as typeof import("@alicloud/tea-util");
  return { Client, Config, OpenApiRequest, Params, RuntimeOptions };
}

type Sdk = ReturnType<typeof loadSdk>;
let loaded: Sdk | undefined;

/** Loaded when first needed: it takes longer to load than everything else of ours together. */
function sdk(): Sdk {
  loaded ??= load("@alicloud/openapi-client", loadSdk);
  return loaded;
}

let latest: { settings: string; client: InstanceType<Sdk["Client"]> } | undefined;

/** A client keeps nothing of a call, so calls with the same key to the same place share one. */
function clientFor({ endpoint, credential }: TransportRequest) {
  const settings = JSON.stringify([endpoint, credential]);
  if (latest?.settings !== settings) {
    const { Client, Config } = sdk();
    const config = new Config({
      ...credential,
      endpoint: endpoint.host,
      protocol: endpoint.protocol,
      // Both are needed: the first alone still gives up after three seconds, whatever the second says.
      connectTimeout: TIMEOUT_MS,
      readTimeout: TIMEOUT_MS,
      type: credential.securityToken === undefined ? "access_key" : "sts",
    });
    latest = { settings, client: new Client(config) };
  }
  return latest.client;
}

/** The real transport: `callApi` of `@alicloud/openapi-client`, loaded at the first call. */
export const sdkTransport: Transport = async (request) => {
  const { OpenApiRequest, Params, RuntimeOptions } = sdk();
  const client = clientFor(request);
  const params = new Params({
    action: request.action,
    version: request.version,
    protocol: request.endpoint.protocol.toUpperCase(),
    pathname: "/",
    method: "POST",
    authType: "AK",
    style: "RPC",
    reqBodyType: "formData",
    bodyType: "json",
  });
  const leash = new Leash(request.signal);
  const nonce = randomUUID();
  leashes.set(nonce, leash);
  try {
    const sent = new OpenApiRequest({ query: request.query, headers: { [NONCE]: nonce } });
    const answer = await client.callApi(params, sent, new RuntimeOptions({}));
    const httpStatus = Number(answer.statusCode);
    const body = (answer.body ?? {}) as Record<string, unknown>;
    // The SDK resolves on a redirect; no API answers with one.
    if (!(httpStatus >= 200 && httpStatus < 300)) {
      throw new TransportFailure("not-json", "the answer is a redirect, not an answer of the API", httpStatus);
    }
    return { httpStatus, body, bytes: leash.bytesRead() };
  } catch (error) {
    request.signal.throwIfAborted();
    throw error instanceof TransportFailure ? error : describe(error, leash, request.endpoint.host);
  } finally {
    leashes.delete(nonce);
  }
};

/** Codes of a connection that was never made: nothing can have reached the cloud. */
const NEVER_CONNECTED = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH"]);

function describe(error: unknown, leash: Leash, host: string): TransportFailure {
  const seen = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  const message = String(seen.message ?? error);
  const data = (typeof seen.data === "object" && seen.data !== null ? seen.data : {}) as Record<string, unknown>;
  const httpStatus = leash.response?.statusCode;
  const code = typeof seen.code === "string" ? seen.code : undefined;
  if (typeof data.Code === "string" || typeof data.code === "string") {
    return new TransportFailure(
      "refusal",
      String(data.Message ?? data.message ?? "no message"),
      httpStatus,
      String(data.Code ?? data.code),
      typeof data.RequestId === "string" ? data.RequestId : undefined,
      retryAfter(leash.response?.headers["x-acs-retry-after"]),
    );
  }
  const isOfConnecting = seen.syscall === undefined || /^(connect|getaddrinfo)/.test(String(seen.syscall));
  if (code !== undefined && NEVER_CONNECTED.has(code) && isOfConnecting && leash.response === undefined) {
    return new TransportFailure("not-sent", `no connection to ${host} (${code})`, undefined, code);
  }
  if (httpStatus !== undefined && !/timeout/i.test(message)) {
    return new TransportFailure("not-json", "the answer is not JSON, as from a proxy on the way", httpStatus);
  }
  const why = /timeout/i.test(message)
    ? `no answer within ${TIMEOUT_MS / 1000} s`
    : `${code ?? "the connection broke"}`;
  return new TransportFailure("no-answer", why, httpStatus, code);
}

/** The unit is documented nowhere: take it for milliseconds, and believe nothing above a minute. */
function retryAfter(header: string | string[] | undefined): number | undefined {
  const value = Number(header);
  return Number.isFinite(value) && value > 0 ? Math.min(value, 60_000) : undefined;
}
