import * as pulumi from "@pulumi/pulumi";
import type { OutputUrls } from "../model/args";

/** Where to look. */
export interface GetStreamMonitorsArgs {
  /** The region, such as `cn-shanghai`. @default `alicloud-live:region` of the configuration, then ALIBABA_CLOUD_REGION */
  region?: string;
}

/** The sessions of an account in a region. */
export interface GetStreamMonitorsResult {
  /** The region that was read. */
  region: string;
  /** The account that the credentials belong to; absent if the account check is switched off. */
  accountId?: string;
  /** The sessions, in no certain order. */
  monitors: ListedStreamMonitor[];
}

/** A session as the account's list shows it, without any address. */
export interface ListedStreamMonitor {
  /** The session's id (API field `MonitorId`). */
  monitorId: string;
  /** Its name (API field `MonitorName`). */
  monitorName: string;
  /** The region that it is in. */
  region: string;
  /** `running`, `stopped`, or `unknown` where the list shows neither (API field `Status`). */
  status: string;
  /** When it was last started, UTC; absent if it never was. */
  startTime?: string;
  /** When it was last stopped, UTC. */
  stopTime?: string;
  /** When its `ttl` ends, UTC. */
  expiresAt?: string;
  /** Whose it is, as a generated name tells it. */
  owner?: ListedOwner;
}

/** Project, stack and resource, as a generated name tells them. Long ones are cut. */
export interface ListedOwner {
  /** The project. */
  project: string;
  /** The stack. */
  stack: string;
  /** The resource. */
  resource: string;
}

/** Which session to look up. */
export interface GetStreamMonitorArgs {
  /** The session's id (API field `MonitorId`). */
  monitorId: string;
  /** Its region, such as `cn-shanghai`. @default `alicloud-live:region` of the configuration, then ALIBABA_CLOUD_REGION */
  region?: string;
}

/** A session that exists. */
export interface GetStreamMonitorResult {
  /** The session's id (API field `MonitorId`). */
  monitorId: string;
  /** Its name (API field `MonitorName`). */
  monitorName: string;
  /** `running` or `stopped` (API field `Status`). */
  status: string;
  /** The streaming domain that its picture is published on (API field `Domain`). */
  domain: string;
  /** The quality of its picture (API field `OutputTemplate`). */
  outputTemplate: string;
  /** Where its picture can be played (API field `OutputUrls`). */
  outputUrls: OutputUrls;
  /** AppName of its output stream, as the output addresses show it. */
  app?: string;
  /** StreamName of its output stream, as the output addresses show it. */
  stream?: string;
  /** When it was last started, UTC; absent if it never was. */
  startTime?: string;
  /** When it was last stopped, UTC. */
  stopTime?: string;
  /** When its `ttl` ends, UTC. */
  expiresAt?: string;
  /** The region that it is in. */
  region: string;
  /** The account that owns it; absent if the account check is switched off. */
  accountId?: string;
}

/**
 * Lists the stream monitors of the account in a region, whoever made them, as `pulumi-alicloud-live list` does. Needs the
 * plugin.
 *
 * @example What runs
 * ```typescript
 * const { monitors } = await getStreamMonitors({ region: "cn-shanghai" });
 * export const running = monitors.filter(({ status }) => status === "running").map(({ monitorName }) => monitorName);
 * ```
 */
export function getStreamMonitors(
  args: GetStreamMonitorsArgs = {},
  opts?: pulumi.InvokeOptions,
): Promise<GetStreamMonitorsResult> {
  return pulumi.runtime.invoke("alicloud-live:index:getStreamMonitors", args, opts);
}

/** Looks up one stream monitor by its id. Fails if there is none. Needs the plugin. */
export function getStreamMonitor(
  args: GetStreamMonitorArgs,
  opts?: pulumi.InvokeOptions,
): Promise<GetStreamMonitorResult> {
  return pulumi.runtime.invoke("alicloud-live:index:getStreamMonitor", args, opts);
}
