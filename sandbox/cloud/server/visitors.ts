import type { IncomingHttpHeaders } from "node:http";
import { isIPv4, isIPv6 } from "node:net";

/**
 * Returns why a request is refused that may come from a web page; `undefined` if it is allowed. Every page that is open on this
 * machine can reach a port on loopback: by a cross-origin request, which has `Origin` or `Sec-Fetch-Site`, or under a DNS name that
 * its owner points to 127.0.0.1 (DNS rebinding), which is in `Host`. Programs such as curl and the SDKs send none of these.
 */
export function refuseVisitor(headers: IncomingHttpHeaders, isOwnHost: (host: string) => boolean): string | undefined {
  const host = headers.host?.toLowerCase() ?? "";
  const { origin } = headers;
  const site = headers["sec-fetch-site"] ?? "none";
  if (!isOwnHost(host)) {
    return `The header Host is "${host}". Use a loopback address of this machine, with the sandbox's port.`;
  }
  if (origin !== undefined && origin.toLowerCase() !== `http://${host}`) {
    return "The header Origin names another web page. The sandbox refuses other pages.";
  }
  if (site !== "none" && site !== "same-origin") {
    return `The header Sec-Fetch-Site is "${site}". The sandbox refuses other web pages.`;
  }
  return undefined;
}

/** For the control plane: only loopback addresses with the server's port. */
export function isLoopbackAt(port: number | undefined): (host: string) => boolean {
  return (host) => {
    const { name, port: asked } = splitHost(host);
    const isLoopback = name === "localhost" || name === "[::1]" || (isIPv4(name) && name.startsWith("127."));
    return isLoopback && asked === port;
  };
}

/**
 * For the API, which may be reached through a container's network, a tunnel or a proxy: only names that nobody can point elsewhere.
 * These are IP addresses, names without a dot, reserved names, and those of the real service.
 */
export function isNoForeignName(host: string): boolean {
  const { name } = splitHost(host);
  const isAddress = isIPv4(name) || isIPv6(name.replace(/^\[(.*)\]$/, "$1"));
  return isAddress || !name.includes(".") || /\.(localhost|internal|local|test|aliyuncs\.com)$/.test(name);
}

function splitHost(host: string): { name: string; port: number } {
  const [, name = "", port = "80"] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host) ?? [];
  return { name: name.replace(/\.$/, ""), port: Number(port) };
}
