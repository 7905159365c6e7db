import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { AccountKey } from "./accounts";
import { Cloud, type CloudRequest, type Outcome } from "./cloud";
import { control } from "./control";
import { type FaultRule, seeded } from "./faults";
import { refusals } from "./refusal";
import { parseAuthorization, SignatureCheck } from "./signature";
import type { Switches } from "./switches";

export interface CloudServerOptions {
  /** Port on 127.0.0.1. Default: any free one. */
  port?: number;
  switches?: Partial<Switches>;
  faults?: FaultRule[];
  /** Default: two accounts with full rights. */
  accounts?: readonly AccountKey[];
  clock?: () => number;
  random?: () => number;
}

export interface CloudServer {
  /** Such as `http://127.0.0.1:43210`: for ALIBABA_CLOUD_ENDPOINT_LIVE and ALIBABA_CLOUD_ENDPOINT_STS. */
  endpoint: string;
  accounts: readonly AccountKey[];
  /** The state machine behind it, for tests in the same process. */
  cloud: Cloud;
  close(): Promise<void>;
}

/** Request lines carry whole sessions, which may be longer than Node's own limit. */
const LONGEST_HEADER = 1024 * 1024;
const LONGEST_BODY = 4 * 1024 * 1024;

/**
 * Starts an emulated ApsaraVideo Live on loopback.
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
    serve(cloud, signatures, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    accounts: cloud.accounts,
    cloud,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
}

async function serve(
  cloud: Cloud,
  signatures: SignatureCheck,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const body = await readBody(request);
  if (body === undefined) {
    response.writeHead(413).end();
    return;
  }
  if (url.pathname.startsWith("/_sandbox/")) {
    const { status, body: answer } = control(cloud, request.method ?? "GET", url.pathname, body.toString("utf8"));
    response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(answer)}\n`);
    return;
  }
  await deliver(await answer(cloud, signatures, request, url, body), response);
}

async function answer(
  cloud: Cloud,
  signatures: SignatureCheck,
  request: IncomingMessage,
  url: URL,
  body: Buffer,
): Promise<Outcome> {
  const { headers } = request;
  const form = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ? body.toString("utf8") : "";
  const asked: CloudRequest = {
    accessKeyId: parseAuthorization(headers.authorization)?.accessKeyId ?? "",
    securityToken: headers["x-acs-security-token"] as string | undefined,
    version: String(headers["x-acs-version"] ?? ""),
    action: String(headers["x-acs-action"] ?? ""),
    parameters: Object.fromEntries([...new URLSearchParams(form), ...url.searchParams]),
  };
  const key = cloud.findKey(asked.accessKeyId);
  if (headers.authorization === undefined || asked.accessKeyId === "") {
    return cloud.refuse(asked, refusals.incompleteSignature());
  }
  if (key === undefined) {
    return cloud.refuse(asked, refusals.unknownKey(cloud.switches.unknownKeyStatus));
  }
  const signed = { method: request.method ?? "POST", path: url.pathname, query: url.searchParams, headers, body };
  const refusal = signatures.verify(signed, key, cloud.switches.signatureStatus);
  return refusal === undefined ? cloud.handle(asked) : cloud.refuse(asked, refusal);
}

/** Does to the answer what the fault says, and sends what is left of it. */
async function deliver({ answer, fault }: Outcome, response: ServerResponse): Promise<void> {
  switch (fault?.kind) {
    case "drop-before":
    case "drop-after":
      response.destroy();
      return;
    case "hang":
      return;
    case "html":
      response
        .writeHead(answer.httpStatus, { "content-type": "text/html" })
        .end("<html><body><h1>Service Unavailable</h1></body></html>");
      return;
    case "malformed":
      response
        .writeHead(200, { "content-type": "application/json" })
        .end('{"RequestId": 42, "LiveStreamMonitorList": {}}');
      return;
    case "endless":
      endless(response);
      return;
    case "delay":
      await new Promise((resolve) => setTimeout(resolve, fault.ms ?? 0));
      break;
  }
  response
    .writeHead(answer.httpStatus, { "content-type": "application/json;charset=utf-8" })
    .end(JSON.stringify(answer.body));
}

function endless(response: ServerResponse): void {
  const chunk = " ".repeat(64 * 1024);
  response.writeHead(200, { "content-type": "application/json" });
  const more = () => {
    while (!response.destroyed && response.write(chunk)) {
      // Until the other side cannot keep up.
    }
  };
  response.on("drain", more);
  more();
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > LONGEST_BODY) {
      return undefined;
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
