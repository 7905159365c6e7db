import { Failure } from "../base/errors";
import { isLoopback } from "../live/proxy";
import type { Endpoint } from "../live/request";

/** Which service an endpoint belongs to. */
export type ServiceName = "live" | "sts";

/** Regions with a public host of their own; every other region is served by the central one. */
const REGIONAL_HOSTS: Readonly<Record<string, string>> = {
  "ap-southeast-1": "live.ap-southeast-1.aliyuncs.com",
  "eu-central-1": "live.eu-central-1.aliyuncs.com",
};
const CENTRAL_HOST = "live.aliyuncs.com";
const STS_HOST = "sts.aliyuncs.com";

/** The endpoint to use for a region: what the user set, else the public host. */
export function resolveEndpoint(service: ServiceName, region: string, override: string | undefined): Endpoint {
  if (override !== undefined) {
    return parseEndpoint(override);
  }
  return { protocol: "https", host: service === "sts" ? STS_HOST : publicHost(region) };
}

/** Reads a host, `host:port`, or a URL. Plain HTTP is accepted only for loopback, because it exposes every secret. */
export function parseEndpoint(text: string): Endpoint {
  const url = parseUrl(text.includes("://") ? text : `https://${text}`);
  const extras = url && `${url.search}${url.hash}${url.username}${url.password}`;
  const bare = url !== undefined && ["", "/"].includes(url.pathname) && extras === "";
  if (url === undefined || !bare || !["http:", "https:"].includes(url.protocol)) {
    throw new Failure(
      "The endpoint configured for ApsaraVideo Live or STS must be a host name or an http(s) URL without path. Nothing was sent. Correct `alicloud:endpoints`, ALIBABA_CLOUD_ENDPOINT_LIVE or ALIBABA_CLOUD_ENDPOINT_STS.",
      "settings",
    );
  }
  if (url.protocol === "http:" && !isLocal(url.host)) {
    throw new Failure(
      `The endpoint http://${url.host} uses plain HTTP, which is accepted only for loopback addresses: stream URLs and keys would be unencrypted. Nothing was sent. Use https.`,
      "settings",
    );
  }
  return { protocol: url.protocol === "http:" ? "http" : "https", host: url.host };
}

/** An endpoint for the outputs: the host, and its scheme if that is not https. */
export function endpointText(endpoint: Endpoint): string {
  return endpoint.protocol === "https" ? endpoint.host : `${endpoint.protocol}://${endpoint.host}`;
}

/**
 * Whether two endpoints serve the same sessions of a region. The public and the VPC host of one region do. All loopback addresses
 * are the same (an emulator picks a new port each time), and never a real host.
 */
export function sameEndpoint(region: string, one: string, other: string): boolean {
  const [a, b] = [hostOf(one), hostOf(other)];
  if (isLocal(a) || isLocal(b)) {
    return isLocal(a) && isLocal(b);
  }
  const hosts = [publicHost(region), `live-vpc.${region}.aliyuncs.com`];
  return a === b || (hosts.includes(a) && hosts.includes(b));
}

/** Whether one endpoint is an emulator and the other is not. */
export function isOtherCloud(one: string, other: string): boolean {
  return isLocal(hostOf(one)) !== isLocal(hostOf(other));
}

function publicHost(region: string): string {
  return REGIONAL_HOSTS[region] ?? CENTRAL_HOST;
}

function hostOf(text: string): string {
  return parseUrl(text.includes("://") ? text : `https://${text}`)?.host ?? text;
}

function isLocal(host: string): boolean {
  return isLoopback(host.replace(/:\d+$/, ""));
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
