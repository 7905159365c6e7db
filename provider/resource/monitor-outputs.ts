import * as pulumi from "@pulumi/pulumi";
import type { OutputUrls, StreamMonitorArgs } from "../model/args";

/** The outputs of a stream monitor. */
export abstract class MonitorOutputs extends pulumi.CustomResource {
  /** The session's id (API field `MonitorId`); the same as `id`. */
  declare readonly monitorId: pulumi.Output<string>;
  /** `running` or `stopped`, when last looked (API field `Status`: 1 or 0). */
  declare readonly status: pulumi.Output<"running" | "stopped">;
  /** When it was last started, UTC (API field `StartTime`); absent before the first start. */
  declare readonly startTime: pulumi.Output<string | undefined>;
  /** When it was last stopped, UTC (API field `StopTime`); absent before the first stop. */
  declare readonly stopTime: pulumi.Output<string | undefined>;
  /**
   * Where its picture can be played (API field `OutputUrls`). Secret where `domain`, `app`, `stream` or `monitorName` is.
   */
  declare readonly outputUrls: pulumi.Output<OutputUrls>;
  /** When `ttl` ends, UTC; absent without `ttl`. `sweep --expired` deletes the session after that time. */
  declare readonly expiresAt: pulumi.Output<string | undefined>;
  /** The region that it is in. */
  declare readonly region: pulumi.Output<string>;
  /** The endpoint that it was made at. */
  declare readonly endpoint: pulumi.Output<string>;
  /** The account that owns it. */
  declare readonly accountId: pulumi.Output<string>;
  /** Its name (API field `MonitorName`), given or generated. */
  declare readonly monitorName: pulumi.Output<string>;
  /** See {@link StreamMonitorArgs.domain}. */
  declare readonly domain: pulumi.Output<string>;
  /** See {@link StreamMonitorArgs.outputTemplate}. */
  declare readonly outputTemplate: pulumi.Output<pulumi.Unwrap<StreamMonitorArgs["outputTemplate"]>>;
  /** See {@link StreamMonitorArgs.inputList}. Always secret. */
  declare readonly inputList: pulumi.Output<pulumi.Unwrap<StreamMonitorArgs["inputList"]>>;
  /** AppName of the output stream. */
  declare readonly app: pulumi.Output<string | undefined>;
  /** StreamName of the output stream, given or generated. */
  declare readonly stream: pulumi.Output<string | undefined>;
  /** See {@link StreamMonitorArgs.monitorConfig}. */
  declare readonly monitorConfig: pulumi.Output<pulumi.Unwrap<StreamMonitorArgs["monitorConfig"]>>;
  /** See {@link StreamMonitorArgs.callbackUrl}. Always secret. */
  declare readonly callbackUrl: pulumi.Output<string | undefined>;
  /** See {@link StreamMonitorArgs.dingTalkWebHookUrl}. Always secret. */
  declare readonly dingTalkWebHookUrl: pulumi.Output<string | undefined>;
  /** See {@link StreamMonitorArgs.running}. */
  declare readonly running: pulumi.Output<boolean | undefined>;
  /** See {@link StreamMonitorArgs.onDelete}. */
  declare readonly onDelete: pulumi.Output<pulumi.Unwrap<StreamMonitorArgs["onDelete"]>>;
}
