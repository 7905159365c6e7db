import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { promisify, TextDecoder } from "node:util";
import zlib from "node:zlib";
import { ifPossible } from "../base/objects";
import { type Environment, TransportFailure } from "./request";
import { openRequest, ProxyFailure, type Route, routeTo } from "./route";

/** One request, with everything in it. */
export interface Request {
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body?: string | undefined;
}

/** The answer to it. */
export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** How much was read for it. */
  bytes: number;
}

/** The limit for the connection, and then for the whole answer, in milliseconds each. */
const TIMEOUT_MS = 10_000;
/** Documented answers are far smaller, compressed or not. */
const LARGEST_ANSWER = 16 * 1024 * 1024;

/** Sends one request once. Throws a `TransportFailure` or, when the signal aborts, the signal's reason. */
export async function exchange(
  origin: URL,
  request: Request,
  signal: AbortSignal,
  env: Environment,
  timeoutMs = TIMEOUT_MS,
): Promise<Reply> {
  signal.throwIfAborted();
  const route = routeTo(origin, env);
  const { response, body } = await send(origin, request, signal, route, timeoutMs);
  const status = response.statusCode ?? 0;
  const bytes = body.length + response.rawHeaders.join("....").length;
  return { status, headers: response.headers, text: await textOf(body, response), bytes };
}

function send(
  origin: URL,
  { method, path, headers, body }: Request,
  signal: AbortSignal,
  route: Route,
  timeoutMs: number,
): Promise<{ response: IncomingMessage; body: Buffer }> {
  return new Promise((resolve, reject) => {
    // Nothing of the request is sent before the connection stands.
    let isSent = false;
    let isSettled = false;
    let response: IncomingMessage | undefined;
    const request = openRequest(origin, { method, path }, route);
    const settle = (outcome: () => void) => {
      if (isSettled) {
        return;
      }
      isSettled = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      outcome();
    };
    const fail = (error: unknown) =>
      settle(() => {
        const seen = { error, isSent, status: response?.statusCode, origin, route, timeoutMs };
        reject(signal.aborted ? signal.reason : describe(seen));
        request.destroy();
      });
    const onAbort = () => fail(signal.reason);
    const onTime = () => fail(new SlowAnswer());
    let timer = setTimeout(onTime, timeoutMs);
    signal.addEventListener("abort", onAbort, { once: true });
    request.on("error", fail);
    request.once("close", () => fail(new Error("closed")));
    request.once("socket", (socket) =>
      whenConnected(socket, () => {
        isSent = true;
        clearTimeout(timer);
        timer = setTimeout(onTime, timeoutMs);
      }),
    );
    request.once("response", (incoming) => {
      response = incoming;
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > LARGEST_ANSWER) {
          fail(new Error("too large"));
        } else {
          chunks.push(chunk);
        }
      });
      incoming.once("end", () => settle(() => resolve({ response: incoming, body: Buffer.concat(chunks) })));
      incoming.once("error", fail);
    });
    for (const [name, value] of Object.entries(headers)) {
      request.setHeader(name, value);
    }
    request.end(body);
  });
}

class SlowAnswer extends Error {}

/** `secureConnecting` is true until the certificate has been checked; Node's types do not know it. */
function whenConnected(socket: Socket & { secureConnecting?: boolean }, connected: () => void): void {
  if (socket.secureConnecting === true) {
    socket.once("secureConnect", connected);
  } else if (socket.connecting) {
    socket.once("connect", connected);
  } else {
    connected();
  }
}

interface Seen {
  error: unknown;
  isSent: boolean;
  status: number | undefined;
  origin: URL;
  route: Route;
  timeoutMs: number;
}

/** Codes of TLS: certificates (Node takes OpenSSL's names), and the protocol itself, such as a port that speaks plain HTTP. */
const TLS_CODE =
  /^(EPROTO|ERR_(SSL|TLS)_\w+|(UNABLE_TO|CERT|CRL|ERROR_IN)_\w+|(DEPTH_ZERO_)?SELF_SIGNED_CERT(_IN_CHAIN)?|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|OUT_OF_MEM)$/;

function describe(seen: Seen): TransportFailure {
  const { error, isSent, status, origin, route, timeoutMs } = seen;
  const { code } = error as NodeJS.ErrnoException;
  const via = route.proxy === undefined ? "" : ` through the proxy ${route.proxy.name}`;
  if (error instanceof ProxyFailure) {
    return describeProxy(error, origin);
  }
  if (!isSent && code !== undefined && TLS_CODE.test(code)) {
    return new TransportFailure(
      "untrusted",
      `no trusted connection to ${origin.host}${via} (${code})`,
      undefined,
      code,
    );
  }
  if (!isSent) {
    const why = error instanceof SlowAnswer ? `none within ${timeoutMs / 1000} s` : (code ?? "it broke");
    return new TransportFailure("not-sent", `no connection to ${origin.host}${via} (${why})`, undefined, code);
  }
  if (error instanceof SlowAnswer) {
    return new TransportFailure("no-answer", `no answer within ${timeoutMs / 1000} s${via}`, status);
  }
  if (status !== undefined) {
    return new TransportFailure("not-json", `the answer broke off, or is too large${via}`, status, code);
  }
  return new TransportFailure("no-answer", `${code ?? "the connection broke"}${via}`, undefined, code);
}

/** A refusal by the proxy is final. A proxy that is down, or does not reach the cloud, may recover. */
function describeProxy({ proxy, status, code }: ProxyFailure, { host }: URL): TransportFailure {
  if (code !== undefined && TLS_CODE.test(code)) {
    return new TransportFailure("untrusted", `no trusted connection to the proxy ${proxy.name} (${code})`);
  }
  if (status === 407) {
    return new TransportFailure("unsendable", `the proxy ${proxy.name} asks for credentials`, 407);
  }
  if (status !== undefined && status >= 400 && status < 500 && ![408, 425, 429].includes(status)) {
    return new TransportFailure("unsendable", `the proxy ${proxy.name} refuses to connect to ${host}`, status);
  }
  const what = status === undefined ? "no connection to" : `no connection to ${host} through`;
  const why = status === undefined ? (code ?? "it broke") : `it answered HTTP ${status}`;
  return new TransportFailure("not-sent", `${what} the proxy ${proxy.name} (${why})`, undefined, code);
}

const UNPACK: Readonly<Record<string, (body: Buffer, options: zlib.ZlibOptions) => Promise<Buffer>>> = {
  gzip: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip),
  "x-gzip": promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip),
  deflate: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.unzip),
  br: promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress),
  identity: async (body) => body,
  "": async (body) => body,
};

/** The text of an answer. A proxy may compress it, and a small body may unpack to a huge one. */
async function textOf(body: Buffer, { headers, statusCode }: IncomingMessage): Promise<string> {
  const unpack = UNPACK[(headers["content-encoding"] ?? "").trim().toLowerCase()];
  try {
    if (unpack === undefined) {
      throw new Error("an encoding that nobody asked for");
    }
    const plain = await unpack(body, { maxOutputLength: LARGEST_ANSWER });
    return decoderFor(headers["content-type"]).decode(plain);
  } catch {
    const what = "the answer is compressed in a way that cannot be read, or is too large";
    throw new TransportFailure("not-json", what, statusCode);
  }
}

/** By the answer's charset, if Node knows it. */
function decoderFor(contentType: string | undefined): TextDecoder {
  const [, charset = "utf-8"] = /charset="?([\w-]+)/i.exec(contentType ?? "") ?? [];
  return ifPossible(() => new TextDecoder(charset)) ?? new TextDecoder();
}
