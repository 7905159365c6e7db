import http, { type Agent, type ClientRequest } from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { entry } from "../base/objects";
import { decoded } from "../base/url-secrets";
import { type ProxyServer, proxyFor } from "./proxy";
import type { Environment } from "./request";

/** The connections and the proxy by which a URL is reached. */
export interface Route {
  agent: Agent;
  proxy: ProxyServer | undefined;
}

/** A proxy that was not reached (`code`), or that did not make the connection (`status`). */
export class ProxyFailure extends Error {
  constructor(
    readonly proxy: ProxyServer,
    readonly code: string | undefined,
    readonly status?: number,
  ) {
    super("the proxy made no connection");
  }
}

const direct = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
const tunnels = new Map<string, TunnelAgent>();

/** The route to a URL, by the environment's proxy settings. Connections are kept alive, through a proxy too. */
export function routeTo(target: URL, env: Environment): Route {
  const proxy = proxyFor(target, env);
  if (proxy === undefined || target.protocol === "http:") {
    return { agent: (proxy?.url ?? target).protocol === "https:" ? direct.https : direct.http, proxy };
  }
  return { agent: entry(tunnels, proxy.url.href, () => new TunnelAgent(proxy)), proxy };
}

/** Opens a request. Secrets go into its headers later: Node prints these options when NODE_DEBUG is set. */
export function openRequest(
  target: URL,
  options: { method: string; path: string },
  { agent, proxy }: Route,
): ClientRequest {
  if (proxy === undefined || target.protocol === "https:") {
    return moduleFor(target).request({ ...options, ...addressOf(target), agent });
  }
  // Plain HTTP needs no tunnel: the proxy is asked for the whole URL.
  const path = `${target.origin}${options.path}`;
  const request = moduleFor(proxy.url).request({ ...options, ...addressOf(proxy.url), path, agent });
  request.setHeaders(new Map(Object.entries({ host: target.host, ...proxyAuthorization(proxy) })));
  return request;
}

function moduleFor({ protocol }: URL): typeof http | typeof https {
  return protocol === "https:" ? https : http;
}

function addressOf({ protocol, hostname, port }: URL): { hostname: string; port: number } {
  return { hostname: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || (protocol === "https:" ? 443 : 80) };
}

/** The proxy's credentials, if its URL has any. */
function proxyAuthorization({ url }: ProxyServer): Record<string, string> {
  if (url.username === "" && url.password === "") {
    return {};
  }
  const login = `${decoded(url.username)}:${decoded(url.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` };
}

type Connected = (error: Error | null, socket: Duplex) => void;

/**
 * HTTPS through a proxy: CONNECT, then TLS to the cloud inside. Not the usual library: it prints the proxy's password when DEBUG
 * is set, and returns a refusal of the proxy as the cloud's answer.
 */
class TunnelAgent extends https.Agent {
  constructor(private readonly proxy: ProxyServer) {
    super({ keepAlive: true });
  }

  override createConnection(options: https.RequestOptions, callback?: Connected): undefined {
    const { proxy } = this;
    // Node accepts an error alone, other than its types say.
    const fail = (error: Error) => (callback as ((error: Error) => void) | undefined)?.(error);
    const { url } = proxy;
    const isIpv6 = options.host?.includes(":") === true;
    const target = `${isIpv6 ? `[${options.host}]` : options.host}:${options.port}`;
    const ask = moduleFor(url).request({ method: "CONNECT", ...addressOf(url), path: target, agent: false });
    ask.setHeaders(new Map(Object.entries({ host: target, ...proxyAuthorization(proxy) })));
    ask.once("connect", (answer, socket) => {
      if (answer.statusCode === 200) {
        callback?.(null, connectTls({ ...(options as object), socket }));
        return;
      }
      socket.destroy();
      fail(new ProxyFailure(proxy, undefined, answer.statusCode));
    });
    ask.once("error", (error: NodeJS.ErrnoException) => fail(new ProxyFailure(proxy, error.code)));
    ask.setTimeout(CONNECT_MS, () => ask.destroy(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })));
    ask.end();
  }
}

/** The time for a proxy to connect. */
const CONNECT_MS = 10_000;
