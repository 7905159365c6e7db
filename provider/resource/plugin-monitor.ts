import type * as pulumi from "@pulumi/pulumi";
import { fromKeys } from "../base/objects";
import type { StreamMonitorArgs } from "../model/args";
import { RECORDED } from "../model/fields";
import { PLUGIN_TYPE, TYPE } from "../model/resource-types";
import { MonitorOutputs } from "./monitor-outputs";

export { type GridCell, gridLayout } from "../model/layout";
export {
  type GetStreamMonitorArgs,
  type GetStreamMonitorResult,
  type GetStreamMonitorsArgs,
  type GetStreamMonitorsResult,
  getStreamMonitor,
  getStreamMonitors,
  type ListedOwner,
  type ListedStreamMonitor,
} from "./functions";

/** The arguments of a {@link StreamMonitor} that the plugin manages: Pulumi's `customTimeouts` say how long it may take. */
export type PluginMonitorArgs = Omit<StreamMonitorArgs, "timeouts">;

/** Where to look for the session that `StreamMonitor.get` reads. */
export interface PluginMonitorState {
  /** The session's region. @default `alicloud-live:region` of the configuration, then ALIBABA_CLOUD_REGION */
  region?: pulumi.Input<string>;
}

/**
 * A monitoring session of ApsaraVideo Live, as the class of the same name in `pulumi-alicloud-live`, but managed by the plugin
 * `pulumi-resource-alicloud-live`, which Pulumi.yaml must name. A session that the other class made moves here without a call.
 *
 * @example
 * ```typescript
 * import { StreamMonitor } from "pulumi-alicloud-live/plugin";
 *
 * new StreamMonitor("wall", { domain: "play.example.com", outputTemplate: "lp_hd", inputList: [{ inputUrl }] });
 * ```
 */
export class StreamMonitor extends MonitorOutputs {
  /** The type that policies and transformations see. */
  static readonly __pulumiType = PLUGIN_TYPE;

  /** Whether an object is a `StreamMonitor` of the plugin, of whatever copy of this package. */
  static override isInstance(value: unknown): value is StreamMonitor {
    return (value as { __pulumiType?: unknown } | null | undefined)?.__pulumiType === PLUGIN_TYPE;
  }

  /**
   * Declares a monitoring session.
   *
   * @param name the resource's name in the stack; project, stack and this name form the session's name
   * @param args what the session is to be
   * @param opts Pulumi's resource options
   */
  constructor(name: string, args: PluginMonitorArgs, opts?: pulumi.CustomResourceOptions) {
    const computed = [...RECORDED, "region", "monitorName", "app", "stream"];
    const inputs = opts?.id === undefined ? args : (args as PluginMonitorState);
    const aliases = [...(opts?.aliases ?? []), { type: TYPE }];
    super(PLUGIN_TYPE, name, { ...fromKeys(computed, () => undefined), ...inputs }, { ...opts, aliases });
  }

  /**
   * Reads a session that this stack does not own. It is never changed or deleted. Fails when there is no such session.
   *
   * @param name a name for it in the stack
   * @param id the session's id (API field `MonitorId`)
   * @param state where to look
   * @param opts Pulumi's resource options
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state: PluginMonitorState = {},
    opts?: pulumi.CustomResourceOptions,
  ): StreamMonitor {
    return new StreamMonitor(name, state as PluginMonitorArgs, { ...opts, id });
  }
}

/** Settings of the plugin for some resources of a stack: another account or region. */
export { PluginProvider as Provider } from "./plugin-provider";
