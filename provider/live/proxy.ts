import { BlockList, isIP } from "node:net";
import { type Environment, TransportFailure } from "./request";

/** A proxy from the environment. */
export interface ProxyServer {
  url: URL;
  /** Host, port and the variable that names it, without credentials. */
  name: string;
}

/** Upper case first, as the Go providers of Alibaba Cloud read them. */
const VARIABLES = {
  https: ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
  http: ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
} as const;

/** A metadata service answers for the machine that asks: through a proxy, for another one. */
const NEVER_PROXIED = new Set(["100.100.100.200", "169.254.169.254"]);

/**
 * The proxy that the environment names for a URL, or none: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in upper or
 * lower case. Never for this machine and metadata services.
 */
export function proxyFor(target: URL, env: Environment): ProxyServer | undefined {
  const scheme = target.protocol === "https:" ? "https" : "http";
  const variable = VARIABLES[scheme].find((name) => env[name]?.trim() && !isSocksForAll(name, env[name]));
  if (variable === undefined || isDirect(target, env)) {
    return undefined;
  }
  const text = env[variable]?.trim() ?? "";
  const spelt = text.includes("://") ? text : `http://${text}`;
  const url = URL.canParse(spelt) ? new URL(spelt) : undefined;
  if (url === undefined || url.hostname === "" || !["http:", "https:"].includes(url.protocol)) {
    throw new TransportFailure("unsendable", `${variable} is set, but is not the URL of an HTTP proxy. Correct it`);
  }
  return { url, name: `${url.host} (${variable})` };
}

/** ALL_PROXY often names a SOCKS proxy for other programs: it is ignored. */
function isSocksForAll(variable: string, value: string | undefined): boolean {
  return /^all_proxy$/i.test(variable) && /^\s*socks/i.test(value ?? "");
}

function isDirect(target: URL, env: Environment): boolean {
  const host = bare(target.hostname);
  if (isLoopback(host) || NEVER_PROXIED.has(host)) {
    return true;
  }
  const port = target.port || (target.protocol === "https:" ? "443" : "80");
  const list = env.NO_PROXY?.trim() ? env.NO_PROXY : (env.no_proxy ?? "");
  return list.split(/[\s,]+/).some((entry) => entry !== "" && covers(entry.toLowerCase(), host, port));
}

/**
 * One entry of NO_PROXY: `*`, a domain (with its subdomains), `.domain`, `*.domain`, `*suffix`, an address or a range; with or
 * without a port.
 */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === "*") {
    return true;
  }
  const [, network = "", bits = ""] = /^([^/]+)\/(\d{1,3})$/.exec(entry) ?? [];
  if (network !== "") {
    return isWithin(bare(network), Number(bits), host);
  }
  const [, name = entry, wanted = port] = isIP(entry) === 6 ? [] : (/^(.*?):(\d+)$/.exec(entry) ?? []);
  if (wanted !== port) {
    return false;
  }
  if (/^\*(?!\.)/.test(name)) {
    return host.endsWith(bare(name.slice(1)));
  }
  const domain = bare(name.replace(/^\*\./, "."));
  if (domain.startsWith(".")) {
    return host.endsWith(domain) && host !== domain;
  }
  const version = isIP(domain);
  if (version !== 0) {
    return isWithin(domain, version === 4 ? 32 : 128, host);
  }
  return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`));
}

function isWithin(network: string, bits: number, host: string): boolean {
  const version = isIP(network);
  if (version === 0 || isIP(host) !== version || bits > (version === 4 ? 32 : 128)) {
    return false;
  }
  const family = version === 4 ? "ipv4" : "ipv6";
  const range = new BlockList();
  range.addSubnet(network, bits, family);
  return range.check(host, family);
}

/** Whether a host name or address, without port, is this machine. */
export function isLoopback(hostname: string): boolean {
  const host = bare(hostname);
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** A host without the brackets of IPv6 and without a final dot. */
function bare(host: string): string {
  return host
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase();
}
