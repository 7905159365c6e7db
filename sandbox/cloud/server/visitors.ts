import type { IncomingHttpHeaders } from "node:http";
import { isIPv4, isIPv6 } from "node:net";

/**
 * Says why a request is refused that a web page may have sent; `undefined` when it is let in. Every page that is open on this
 * machine reaches a port on loopback: by a request across origins, which says so in `Origin` or `Sec-Fetch-Site`, or under a
 * DNS name that its owner points to 127.0.0.1 (DNS rebinding), which shows in `Host`. Programs such as curl and the SDKs send
 * none of that.
 */
export function refuseVisitor(headers: IncomingHttpHeaders, isOwnHost: (host: string) => boolean): string | undefined {
  const host = headers.host?.toLowerCase() ?? "";
  const { origin } = headers;
  const site = headers["sec-fetch-site"] ?? "none";
  if (!isOwnHost(host)) {
    return `the header Host is "${host}": use an address of this machine's loopback, with the sandbox's own port`;
  }
  if (origin !== undefined && origin.toLowerCase() !== `http://${host}`) {
    return "the header Origin names another web page: other pages are not let in";
  }
  if (site !== "none" && site !== "same-origin") {
    return `the header Sec-Fetch-Site is "${site}": other web pages are not let in`;
  }
  return undefined;
}

/** For the control plane: only loopback, and only with the port that the server listens at. */
export function isLoopbackAt(port: number | undefined): (host: string) => boolean {
  return (host) => {
    const { name, port: asked } = splitHost(host);
    const isLoopback = name === "localhost" || name === "[::1]" || (isIPv4(name) && name.startsWith("127."));
    return isLoopback && asked === port;
  };
}

/**
 * For the API, which may be reached over a container's network, a tunnel or a proxy: any name that nobody can point elsewhere, so
 * an IP address, a name without a dot, a reserved name, and those of the real service.
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
