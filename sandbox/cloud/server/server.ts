import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import type { AccountKey } from "../api/accounts";
import { Cloud, type CloudRequest, type Outcome } from "../api/cloud";
import { gatewayRefusals } from "../api/refusal";
import { parseAuthorization, SignatureCheck } from "../api/signature";
import type { FaultRule } from "../faults";
import { seeded } from "../random";
import type { Switches } from "../switches";
import { control } from "./control";
import { deliver } from "./delivery";
import { isLoopbackAt, isNoForeignName, refuseVisitor } from "./visitors";

export interface CloudServerOptions {
  /** Default: any free port. */
  port?: number;
  /** The address to listen on. Default 127.0.0.1. The control plane answers only this machine, whatever the address is. */
  host?: string;
  switches?: Partial<Switches>;
  faults?: FaultRule[];
  /** Default: two accounts with full rights. */
  accounts?: readonly AccountKey[];
  /** Milliseconds since the epoch. Default: the real time. */
  clock?: () => number;
  /** Returns numbers from 0 to 1, for ids. Default: different at every start. */
  random?: () => number;
}

export interface CloudServer {
  /** Such as `http://127.0.0.1:43210`: for ALIBABA_CLOUD_ENDPOINT_LIVE and ALIBABA_CLOUD_ENDPOINT_STS. */
  endpoint: string;
  /** The initial access keys and their accounts. */
  accounts: readonly AccountKey[];
  /** The state machine behind the server, for tests in the same process. */
  cloud: Cloud;
  /** Ends the server at once, and closes all open connections. */
  close(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";
/** Request lines contain whole sessions, which may exceed Node's default limit. */
const LONGEST_HEADER = 1024 * 1024;
const LONGEST_BODY = 4 * 1024 * 1024;
const NO_BODY = Buffer.alloc(0);
const CONTROL_PLANE = "/_sandbox/";

/**
 * Starts an emulated ApsaraVideo Live on this machine.
 *
 * @example
 * ```typescript
 * const cloud = await startCloud({ switches: { stopDelayMs: 2000 } });
 * process.env.ALIBABA_CLOUD_ENDPOINT_LIVE = cloud.endpoint;
 * ```
 */
export async function startCloud(options: CloudServerOptions = {}): Promise<CloudServer> {
  const clock = options.clock ?? Date.now;
  const random = options.random ?? seeded(Math.floor(Math.random() * 2 ** 32));
  const cloud = new Cloud({ ...options, clock, random });
  const signatures = new SignatureCheck(clock);
  const server = createServer({ maxHeaderSize: LONGEST_HEADER, keepAliveTimeout: 60_000 }, (request, response) => {
    serve(cloud, signatures, request, response).catch(() => response.destroy());
  });
  const host = options.host ?? LOOPBACK;
  await listen(server, options.port ?? 0, host);
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://${reachable(host)}:${port}`,
    accounts: structuredClone(cloud.accounts),
    cloud,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve());
  });
}

/** The host under which this machine reaches a server that listens on `host`. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") {
    return LOOPBACK;
  }
  return isIPv6(host) ? `[${host}]` : host;
}

async function serve(
  cloud: Cloud,
  signatures: SignatureCheck,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const isControl = url.pathname.startsWith(CONTROL_PLANE);
  const refusal = isControl ? refuseAtControl(request) : refuseVisitor(request.headers, isNoForeignName);
  if (refusal !== undefined) {
    request.resume();
    tell(response, 403, { error: refusal });
    return;
  }
  const body = await readBody(request);
  if (body === undefined) {
    response.writeHead(413, { connection: "close" }).end();
    return;
  }
  if (isControl) {
    const path = url.pathname.slice(CONTROL_PLANE.length);
    const { status, body: answer } = control(cloud, request.method ?? "GET", path, body.toString("utf8"));
    tell(response, status, answer);
    return;
  }
  await deliver(answer(cloud, signatures, request, url, body), response);
}

/** The control plane needs no key and can change everything, so it answers only programs on this machine. */
function refuseAtControl({ socket, headers }: IncomingMessage): string | undefined {
  return /^(127\.|::1$|::ffff:127\.)/.test(socket.remoteAddress ?? "")
    ? refuseVisitor(headers, isLoopbackAt(socket.localPort))
    : "The control plane answers only its own machine.";
}

/** Keeps web pages from embedding an answer, as a script for example. */
const PRIVATE = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

function tell(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, PRIVATE).end(`${JSON.stringify(body)}\n`);
}

function answer(cloud: Cloud, signatures: SignatureCheck, request: IncomingMessage, url: URL, body: Buffer): Outcome {
  const { headers, method = "POST", socket } = request;
  const { switches } = cloud;
  const form = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ? body.toString("utf8") : "";
  const asked: CloudRequest = {
    accessKeyId: parseAuthorization(headers.authorization)?.accessKeyId ?? "",
    securityToken: headers["x-acs-security-token"] as string | undefined,
    version: String(headers["x-acs-version"] ?? ""),
    action: String(headers["x-acs-action"] ?? ""),
    parameters: Object.fromEntries([...new URLSearchParams(form), ...url.searchParams]),
    userAgent: headers["user-agent"],
    sourcePort: socket.remotePort,
  };
  if (method !== "POST" && method !== "GET") {
    return cloud.refuse(asked, gatewayRefusals.unsupportedMethod(switches.unsupportedMethodStatus));
  }
  if (url.pathname !== "/") {
    return cloud.refuse(asked, gatewayRefusals.unknownApi(switches.unknownApiCode));
  }
  if (asked.accessKeyId === "") {
    return cloud.refuse(asked, gatewayRefusals.incompleteSignature());
  }
  const key = cloud.findKey(asked.accessKeyId);
  if (key === undefined) {
    return cloud.refuse(asked, gatewayRefusals.unknownKey(switches.unknownKeyStatus));
  }
  const signed = { method, path: url.pathname, query: url.searchParams, headers, body };
  const refusal = signatures.verify(signed, key, switches.signatureStatus);
  return refusal === undefined ? cloud.handle(asked) : cloud.refuse(asked, refusal);
}

/** Returns `undefined` for a body that is too long. Reads on for a while, so that the client gets the answer. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (request.headers["content-length"] === "0") {
    // The usual request of the SDK: there is nothing to read.
    return NO_BODY;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size <= LONGEST_BODY) {
      chunks.push(chunk as Buffer);
    } else if (size > 4 * LONGEST_BODY) {
      break;
    }
  }
  return size <= LONGEST_BODY ? Buffer.concat(chunks) : undefined;
}
