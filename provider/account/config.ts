import { Failure } from "../base/errors";
import { isText, parsed } from "../base/objects";
import { redact } from "../base/redact";
import { isObject } from "../live/types";
import type { ServiceName } from "./endpoint";

/** The stack's configuration (or an explicit provider's), and the environment. */
export interface Sources {
  /** A configuration value by its full key, such as `alicloud:region`. */
  config(key: string): string | undefined;
  /** The object behind `config`, if known: a search through it is done once. */
  configuration?(): object | undefined;
  env: Readonly<Record<string, string | undefined>>;
  /** Set for a command that works without a stack, and so without its configuration. */
  isCommand?: boolean;
}

/** The first of these that is set to something: first the configuration key, then the variables in their order. */
export function setting(sources: Sources, key: string | undefined, ...variables: string[]): string | undefined {
  const values = [
    key === undefined ? undefined : sources.config(`alicloud:${key}`),
    ...variables.map((name) => sources.env[name]),
  ];
  return values.map((value) => value?.trim()).find((value) => value !== undefined && value !== "");
}

/** The region that the configuration names; the environment's is asked separately, because it only seeds a create. */
export function configuredRegion(sources: Sources): string | undefined {
  return setting(sources, "region");
}

export function environmentRegion(sources: Sources): string | undefined {
  return setting(sources, undefined, "ALIBABA_CLOUD_REGION", "ALIBABA_CLOUD_REGION_ID", "ALICLOUD_REGION");
}

/** The endpoint that the user set for a service, if any: `alicloud:endpoints`, then the environment. */
export function endpointOverride(sources: Sources, service: ServiceName): string | undefined {
  const upper = service.toUpperCase();
  const host =
    endpointFromConfig(sources, service) ??
    setting(sources, undefined, `ALIBABA_CLOUD_ENDPOINT_${upper}`, `${upper}_ENDPOINT`);
  const protocol = setting(sources, "protocol")?.toLowerCase();
  return host !== undefined && protocol === "http" && !host.includes("://") ? `http://${host}` : host;
}

function endpointFromConfig(sources: Sources, service: ServiceName): string | undefined {
  const hosts = (endpointEntries(sources) ?? []).flatMap(([name, host]) => (name === service ? [host] : []));
  return hosts
    .filter(isText)
    .find((host) => host.trim() !== "")
    ?.trim();
}

/** pulumi-alicloud's form is a list of objects, service name to host; one object is taken too. `undefined`: it is neither. */
export function endpointEntries({ config }: Sources): [service: string, host: unknown][] | undefined {
  const text = config("alicloud:endpoints");
  const list = text === undefined ? [] : parsed(text);
  const entries: unknown[] = Array.isArray(list) ? list : [list];
  return entries.every(isObject) ? entries.flatMap((each) => Object.entries(each)) : undefined;
}

/** Policies sit in old outputs, so these let a teardown be steered when it runs; they beat the state. */
export const ON_DELETE_VARIABLE = "ALICLOUD_LIVE_ON_DELETE";
export const DELETE_TIMEOUT_VARIABLE = "ALICLOUD_LIVE_DELETE_TIMEOUT";

/** Set to `1` where STS cannot be reached or is not allowed: sessions are then trusted to be this account's. */
export function skipsAccountCheck(sources: Sources): boolean {
  return sources.env.ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK === "1";
}

/** Set to `1` to believe that sessions are gone although the whole list of the account is empty. */
export function trustsEmptyList(sources: Sources): boolean {
  return sources.env.ALICLOUD_LIVE_TRUST_EMPTY_LIST === "1";
}

/** By how much to keep above or below the published rates: `0.5` leaves half of them to others. Default 1. */
export function rateFactor(env: Sources["env"]): number {
  const text = env.ALICLOUD_LIVE_RATE_FACTOR?.trim();
  if (text === undefined || text === "") {
    return 1;
  }
  const factor = Number(text);
  if (!(factor > 0 && factor <= 1000)) {
    throw new Failure(
      `ALICLOUD_LIVE_RATE_FACTOR must be a number above 0 and at most 1000 (1 keeps the published rates), not "${redact(text).slice(0, 40)}". Nothing was sent. Correct the variable, or unset it, and run the command again.`,
      "settings",
    );
  }
  return factor;
}
