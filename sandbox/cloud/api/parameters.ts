import type { Switches } from "../switches";
import { refusals } from "./refusal";
import type { SessionFields } from "./session";

/** The parameters of a request. On the wire, all of them are strings. */
export type Parameters = Readonly<Record<string, string>>;

type Input = Record<string, unknown>;

const TEMPLATES = ["lp_ld", "lp_sd", "lp_hd", "lp_ud"];
const REFERENCES = ["topLeft", "topRight", "bottomLeft", "bottomRight"];
/** Fields in which an empty string means that they were left out. */
const NEVER_EMPTY = ["MonitorName", "Domain", "OutputTemplate", "App", "Stream", "InputList"];
const REGISTERED_DOMAIN = "play.example.com";

/** Refuses a request that lacks a parameter. */
export function requireParameters(parameters: Parameters, names: string[], switches: Switches): void {
  const missing = names.find((name) => (parameters[name] ?? "") === "");
  if (missing !== undefined) {
    throw refusals.missing(missing, switches.missingParameterCode === "Missing*");
  }
}

/** Refuses an id that does not have the form of the published ones. */
export function requireWellFormed(id: string, switches: Switches): void {
  if (switches.idCheck === "uuid" && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) {
    throw refusals.malformedId();
  }
}

/** Reads the fields of a session from a request, and refuses those that are not as documented. */
export function readFields(parameters: Parameters, switches: Switches): Partial<SessionFields> {
  const given = Object.fromEntries(
    Object.entries(parameters).filter(([name, value]) => value !== "" || !NEVER_EMPTY.includes(name)),
  );
  const { MonitorName, Domain, App, Stream, OutputTemplate, MonitorConfig, CallbackUrl, DingTalkWebHookUrl } = given;
  const InputList = given.InputList === undefined ? undefined : readInputs(given.InputList, switches);
  const mistakes = Object.entries({
    MonitorName: MonitorName === undefined || MonitorName.length <= switches.nameLengthMax,
    OutputTemplate: OutputTemplate === undefined || TEMPLATES.includes(OutputTemplate),
    InputList: InputList !== null,
    MonitorConfig: !MonitorConfig || isObject(parseJson(MonitorConfig)),
    CallbackUrl: !CallbackUrl || isWebAddress(CallbackUrl),
    DingTalkWebHookUrl: !DingTalkWebHookUrl || isWebAddress(DingTalkWebHookUrl),
  }).flatMap(([name, isRight]) => (isRight ? [] : [name]));
  if (mistakes.length > 0) {
    throw refusals.malformed(mistakes.join(", "));
  }
  if (Domain !== undefined && !switches.anyDomain && Domain !== REGISTERED_DOMAIN) {
    throw refusals.unknownDomain();
  }
  const fields = { MonitorName, Domain, App, Stream, OutputTemplate, MonitorConfig, CallbackUrl, DingTalkWebHookUrl };
  return Object.fromEntries(
    Object.entries({ ...fields, InputList }).filter(([, value]) => value !== undefined),
  ) as Partial<SessionFields>;
}

/** Reads a whole number of at least 1. Others are refused, or count as 1 if the cloud clamps. */
export function readCount(parameters: Parameters, name: string, fallback: number, switches: Switches): number {
  const text = parameters[name] ?? "";
  const value = text === "" ? fallback : Number(text);
  if (Number.isInteger(value) && (value >= 1 || switches.pageSizeOverMax === "clamp")) {
    return Math.max(1, value);
  }
  throw refusals.malformed(name);
}

/** Returns `null` for a list that is not as documented. */
function readInputs(text: string, { inputsMax, inputChecks }: Switches): Input[] | null {
  const inputs = parseJson(text);
  const isList = Array.isArray(inputs) && inputs.length > 0 && inputs.length <= inputsMax && inputs.every(isObject);
  return isList && (inputChecks === "none" || inputs.every(isAsDocumented)) ? inputs : null;
}

function isAsDocumented({ LayoutId, LayoutConfig, PlayConfig }: Input): boolean {
  const { PositionRefer } = isObject(LayoutConfig) ? LayoutConfig : {};
  const { VolumeRate } = isObject(PlayConfig) ? PlayConfig : {};
  return (
    (LayoutId === undefined || (Number.isInteger(LayoutId) && Number(LayoutId) >= 1)) &&
    (PositionRefer === undefined || REFERENCES.includes(String(PositionRefer))) &&
    (VolumeRate === undefined || isVolume(VolumeRate))
  );
}

/** From 0 to 1, with at most two decimals. */
function isVolume(rate: unknown): boolean {
  return typeof rate === "number" && rate >= 0 && rate <= 1 && Number(rate.toFixed(2)) === rate;
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\//.test(text);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
