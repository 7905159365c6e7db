import type { Unwrap } from "@pulumi/pulumi";
import type { MonitorParameters } from "../live/types";
import type { StreamMonitorArgs } from "./args";

/** What stands for a value that a preview does not know yet, anywhere in the inputs. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const OUTPUT_TEMPLATES = ["lp_ld", "lp_sd", "lp_hd", "lp_ud"] as const;
export const POSITION_REFERS = ["topLeft", "topRight", "bottomLeft", "bottomRight"] as const;
export const ON_DELETE = ["stop", "wait", "refuse"] as const;
export type OnDelete = (typeof ON_DELETE)[number];

/** What a resource declares, after `check`: plain values, names and region filled in. */
export type MonitorInputs = Unwrap<StreamMonitorArgs> & { region: string };
/** One watched stream, as declared. */
export type MonitorInput = MonitorInputs["inputList"][number];

/** The type of a value in the state. */
export type Shape = "text" | "flag" | "object" | "texts" | "inputs" | "list";

/** Everything about an argument, except how it is checked (`schema.ts`) and described (`args.ts`). */
interface Field {
  shape: Shape;
  /** The API field. An argument without one is a policy of this provider, and never sent. */
  parameter?: keyof MonitorParameters;
  /** Secret as a whole: stream URLs carry keys, webhooks and callbacks carry tokens. */
  secret?: true;
  /** Other values are made from it: the stream from the name, the output URLs from all four. */
  derives?: true;
  /** What an Update sends to remove it: what an omitted field means is documented nowhere. */
  empty?: "" | "{}";
  /** A URL that alerts are posted to. Not declared means that alerts are posted nowhere. */
  address?: true;
  /** Not declared means: as it is in the cloud, or as an earlier run chose. */
  keptIfAbsent?: true;
  /** Matters only at creation. */
  atCreation?: true;
}

/** One row for each argument. */
export const FIELDS = {
  monitorName: { shape: "text", parameter: "MonitorName", derives: true },
  domain: { shape: "text", parameter: "Domain", derives: true },
  app: { shape: "text", parameter: "App", derives: true, keptIfAbsent: true },
  stream: { shape: "text", parameter: "Stream", derives: true, keptIfAbsent: true },
  outputTemplate: { shape: "text", parameter: "OutputTemplate" },
  inputList: { shape: "inputs", parameter: "InputList", secret: true },
  monitorConfig: { shape: "object", parameter: "MonitorConfig", empty: "{}" },
  callbackUrl: { shape: "text", parameter: "CallbackUrl", secret: true, empty: "", address: true },
  dingTalkWebHookUrl: { shape: "text", parameter: "DingTalkWebHookUrl", secret: true, empty: "", address: true },
  region: { shape: "text", keptIfAbsent: true },
  running: { shape: "flag" },
  onDelete: { shape: "text" },
  timeouts: { shape: "texts" },
  ttl: { shape: "text" },
  adopt: { shape: "object", atCreation: true },
} as const satisfies Record<keyof StreamMonitorArgs, Field>;

type Key = keyof typeof FIELDS;
/** The arguments whose row has this property. */
type KeyWith<P extends keyof Field> = { [K in Key]: P extends keyof (typeof FIELDS)[K] ? K : never }[Key];

/** The names of all arguments. */
export const INPUT_KEYS = Object.keys(FIELDS) as Key[];

/** The arguments that a session itself carries. */
export const SESSION_KEYS = keysWith("parameter");
export type SessionKey = KeyWith<"parameter">;

export const SECRET_KEYS = keysWith("secret");
export const DERIVING_KEYS = keysWith("derives");

export type AddressKey = KeyWith<"address">;
export const ADDRESS_KEYS = keysWith("address");
export const CLEARED_KEYS = keysWith("empty");

/** Arguments that may change a session, or its record, after creation. */
export const COMPARED_KEYS = INPUT_KEYS.filter((key) => !("atCreation" in FIELDS[key]));

/** Outputs that are no arguments, and that a program may ask for. */
export const RECORDED = [
  "monitorId",
  "status",
  "startTime",
  "stopTime",
  "outputUrls",
  "endpoint",
  "accountId",
  "expiresAt",
] as const;

export const isKeptIfAbsent = (key: Key): boolean => "keptIfAbsent" in FIELDS[key];

function keysWith<P extends keyof Field>(property: P): readonly KeyWith<P>[] {
  return (INPUT_KEYS as KeyWith<P>[]).filter((key) => property in FIELDS[key]);
}
