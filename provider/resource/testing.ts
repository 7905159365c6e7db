import type * as pulumi from "@pulumi/pulumi";
import { isMonitorType } from "../model/resource-types";

type Values = Record<string, unknown>;

/**
 * What a stream monitor's outputs look like after `pulumi up`, for unit tests of programs with `pulumi.runtime.setMocks`. The
 * values are made up, and the same for the same resource in each run.
 *
 * @returns id and state of a `StreamMonitor` of either type; `undefined` for other resources
 *
 * @example
 * ```typescript
 * import { mockMonitor } from "pulumi-alicloud-live/testing";
 *
 * pulumi.runtime.setMocks({
 *   newResource: (args) => mockMonitor(args) ?? { id: `${args.name}-id`, state: args.inputs },
 *   call: (args) => args.inputs,
 * });
 * ```
 */
export function mockMonitor(args: pulumi.runtime.MockResourceArgs): { id: string; state: Values } | undefined {
  if (!isMonitorType(args.type)) {
    return undefined;
  }
  const { name, inputs } = args;
  const given = Object.fromEntries(
    Object.entries(inputs as Values).filter(([key, value]) => value != null && !key.startsWith("__")),
  );
  const { domain = "play.example.com", running, ttl } = given;
  const id = args.id || idOf(name);
  const monitorName = given.monitorName ?? `project--stack--${name}--0a1b2c3d`;
  const { app = "monitor", stream = monitorName } = given;
  const state: Values = {
    ...{ monitorId: id, status: running === true ? "running" : "stopped", region: "cn-shanghai" },
    ...{ endpoint: "live.aliyuncs.com", accountId: "1000000000000001", monitorName, app, stream },
    outputUrls: {
      flvUrl: `http://${domain}/${app}/${stream}.flv`,
      rtmpUrl: `rtmp://${domain}/${app}/${stream}`,
    },
    ...(running === true ? { startTime: "2026-01-01T00:00:00Z" } : {}),
    ...(ttl === undefined ? {} : { expiresAt: "2026-01-02T00:00:00Z" }),
  };
  return { id, state: { ...state, ...given } };
}

/** In the form of the cloud's own ids. */
function idOf(name: string): string {
  const digits = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 2 ** 40, 7);
  return `00000000-0000-4000-8000-${digits.toString(16).padStart(12, "0")}`;
}
