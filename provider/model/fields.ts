import type { StreamMonitorArgs } from "./args";

/** What stands for a value that a preview does not know yet, anywhere in the inputs. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const OUTPUT_TEMPLATES = ["lp_ld", "lp_sd", "lp_hd", "lp_ud"] as const;
export const POSITION_REFERS = ["topLeft", "topRight", "bottomLeft", "bottomRight"] as const;
export const ON_DELETE = ["stop", "wait", "refuse"] as const;
export type OnDelete = (typeof ON_DELETE)[number];

/** Arguments whose values are secret as a whole: stream URLs carry keys, webhooks and callbacks carry tokens. */
export const SECRET_KEYS = ["inputList", "callbackUrl", "dingTalkWebHookUrl"] as const;

/** Arguments that others are made of: the stream of the name, and the output URLs of all four. */
export const NAME_KEYS = ["domain", "app", "stream", "monitorName"] as const;

/** Outputs that are no arguments, and that a program may ask for. */
export const RECORDED = [
  "monitorId",
  "status",
  "startTime",
  "stopTime",
  "outputUrls",
  "endpoint",
  "accountId",
] as const;

const EVERY_INPUT: Record<keyof StreamMonitorArgs, true> = {
  domain: true,
  outputTemplate: true,
  inputList: true,
  monitorName: true,
  app: true,
  stream: true,
  monitorConfig: true,
  callbackUrl: true,
  dingTalkWebHookUrl: true,
  region: true,
  running: true,
  onDelete: true,
  timeouts: true,
  adopt: true,
};
/** The names of all arguments. */
export const INPUT_KEYS = Object.keys(EVERY_INPUT) as (keyof StreamMonitorArgs)[];

/** The arguments that a session itself carries; all others are policies of ours. */
export const SESSION_KEYS = [
  "monitorName",
  "domain",
  "app",
  "stream",
  "outputTemplate",
  "inputList",
  "monitorConfig",
  "callbackUrl",
  "dingTalkWebHookUrl",
] as const;
export type SessionKey = (typeof SESSION_KEYS)[number];
