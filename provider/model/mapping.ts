import { fromKeys, parsed, withoutUndefined } from "../base/objects";
import { type InputConfig, isObject, type LiveStreamMonitor, type MonitorParameters } from "../live/types";
import type { OutputUrls } from "./args";
import {
  ADDRESS_KEYS,
  type AddressKey,
  CLEARED_KEYS,
  FIELDS,
  type MonitorInput,
  type MonitorInputs,
  SESSION_KEYS,
  type SessionKey,
} from "./fields";
import { isSameName } from "./names";

export type SessionValues = Partial<Pick<MonitorInputs, SessionKey>>;

/** What Create and Update are sent: the whole declared session, because what an omitted field means is documented nowhere. */
export function toParameters(declared: SessionValues): Partial<MonitorParameters> {
  const values = { ...declared, inputList: declared.inputList?.map(toInputConfig) };
  const parameters = SESSION_KEYS.map((key) => [FIELDS[key].parameter, parameterText(values[key])]);
  return withoutUndefined(Object.fromEntries(parameters));
}

function parameterText(value: unknown): string | undefined {
  return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
}

/** What an Update must empty: what nobody declares any more. `edited` are the arguments that the program changed. */
export function toClear(
  live: LiveStreamMonitor,
  declared: SessionValues,
  edited: readonly string[],
): Partial<MonitorParameters> {
  // An address that nobody declares is removed whoever set it; other values only when the program drops them.
  const isLeft = (key: (typeof CLEARED_KEYS)[number]) =>
    isAddress(key) ? live[FIELDS[key].parameter] : edited.includes(key);
  const left = CLEARED_KEYS.filter((key) => declared[key] === undefined && isLeft(key));
  return Object.fromEntries(left.map((key) => [FIELDS[key].parameter, FIELDS[key].empty]));
}

/**
 * The session's values as they are now, in the words of the arguments. A value that means the same as the declared one is
 * given in the declared form, so that only true differences show. What the list does not tell keeps its declared value.
 */
export function fromLive(
  live: LiveStreamMonitor,
  declared: SessionValues,
  recordedUrls?: Partial<OutputUrls>,
): SessionValues {
  const place = movedPlace(live, recordedUrls);
  return withoutUndefined({
    monitorName: isSameName(live.MonitorName, declared.monitorName ?? "") ? declared.monitorName : live.MonitorName,
    domain: live.Domain,
    app: place?.app ?? declared.app,
    stream: place?.stream ?? declared.stream,
    outputTemplate: (live.OutputTemplate as SessionValues["outputTemplate"]) ?? declared.outputTemplate,
    inputList: sameInputs(declared.inputList, live.InputList)
      ? declared.inputList
      : (live.InputList ?? []).map(fromInputConfig),
    monitorConfig: sameConfig(declared.monitorConfig, live.MonitorConfig)
      ? declared.monitorConfig
      : parseConfig(live.MonitorConfig),
    ...fromKeys(ADDRESS_KEYS, (key) => live[FIELDS[key].parameter] || undefined),
  } satisfies { [K in SessionKey]: SessionValues[K] | undefined });
}

/** Which declared values the session does not have. An absent address counts: alerts must not go to a forgotten one. */
export function differences(declared: SessionValues, live: SessionValues): SessionKey[] {
  const isTold = (key: SessionKey) => declared[key] !== undefined || isAddress(key);
  return SESSION_KEYS.filter((key) => isTold(key) && !sameJson(declared[key], live[key]));
}

function isAddress(key: SessionKey): key is AddressKey {
  return ADDRESS_KEYS.some((each) => each === key);
}

export function outputUrls(live: LiveStreamMonitor): Partial<OutputUrls> {
  const { FlvUrl: flvUrl, RtmpUrl: rtmpUrl } = live.OutputUrls ?? {};
  // Where playback is guarded by keys, the query holds one, in whatever spelling; outputs stand in the state in clear.
  const bare = (url: string) => url.replace(/([?#;&]|%3f).*$/is, "").replace(/\/\/[^/@]*@/, "//");
  return { ...(flvUrl ? { flvUrl: bare(flvUrl) } : {}), ...(rtmpUrl ? { rtmpUrl: bare(rtmpUrl) } : {}) };
}

/** App and stream, which no call tells, as the output addresses show them: `rtmp://<domain>/<app>/<stream>`. */
export function placeOf(urls: Partial<OutputUrls>): { app: string; stream: string } | undefined {
  const text = urls.rtmpUrl ?? urls.flvUrl?.replace(/\.flv(?=\?|$)/, "");
  const parts = text === undefined ? null : /^[a-z]+:\/\/[^/]+\/([^/?]+)\/([^/?]+)(?:\?.*)?$/i.exec(text);
  return parts === null ? undefined : { app: parts[1] as string, stream: parts[2] as string };
}

/** Only a change of the addresses since they were recorded is believed: they need not repeat what was sent. */
function movedPlace(live: LiveStreamMonitor, recorded: Partial<OutputUrls> | undefined) {
  const [now, before] = [placeOf(outputUrls(live)), recorded && placeOf(recorded)];
  return now !== undefined && before !== undefined && !sameJson(now, before) ? now : undefined;
}

/** Equal meaning: the order of keys does not count. */
export function sameJson(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

/** The cloud may add defaults to what was declared; it differs only where it says something else. */
function holds(declared: unknown, live: unknown): boolean {
  if (typeof declared === "number") {
    return Math.abs(declared - Number(live)) < 1e-6;
  }
  if (Array.isArray(declared)) {
    return Array.isArray(live) && declared.length === live.length && declared.every((each, i) => holds(each, live[i]));
  }
  if (isObject(declared)) {
    const other = isObject(live) ? live : {};
    return Object.entries(declared).every(([key, value]) => value === undefined || holds(value, other[key]));
  }
  return declared === live;
}

function sameInputs(declared: MonitorInput[] | undefined, live: InputConfig[] | undefined): boolean {
  return declared !== undefined && holds(declared.map(toInputConfig), live ?? []);
}

/** What nobody declared is the cloud's own affair: its defaults are documented nowhere. */
function sameConfig(declared: MonitorInputs["monitorConfig"], live: string | undefined): boolean {
  return declared === undefined || holds(declared, parseConfig(live) ?? {});
}

function parseConfig(text: string | undefined): MonitorInputs["monitorConfig"] {
  const config = parsed(text ?? "");
  return isObject(config) ? (config as MonitorInputs["monitorConfig"]) : {};
}

/** What the cloud shows of a session's thresholds, for a program that declares them; `undefined` if there are none. */
export function configOf({ MonitorConfig }: LiveStreamMonitor): MonitorInputs["monitorConfig"] {
  const config = parseConfig(MonitorConfig) ?? {};
  return Object.keys(config).length === 0 ? undefined : config;
}

/** The fields of an input at any depth. What else the cloud shows of one is not an argument. */
const INPUT_FIELDS: ReadonlySet<string> = new Set<
  keyof InputConfig | keyof NonNullable<InputConfig["LayoutConfig"]> | keyof NonNullable<InputConfig["PlayConfig"]>
>([
  ...(["InputUrl", "StreamName", "Index", "LayoutId", "LayoutConfig", "PlayConfig", "VolumeRate"] as const),
  ...(["FillMode", "PositionNormalized", "PositionRefer", "SizeNormalized"] as const),
]);

/** The API spells every key of an input with a capital: `inputUrl` is `InputUrl`. */
function toInputConfig(input: MonitorInput): InputConfig {
  return respelt(input, (key) => key.charAt(0).toUpperCase() + key.slice(1)) as InputConfig;
}

function fromInputConfig({ InputUrl = "", ...rest }: InputConfig): MonitorInput {
  const argument = (key: string) => (INPUT_FIELDS.has(key) ? key.charAt(0).toLowerCase() + key.slice(1) : undefined);
  return respelt({ InputUrl, ...rest }, argument) as MonitorInput;
}

function respelt(value: unknown, spell: (key: string) => string | undefined): unknown {
  if (!isObject(value)) {
    return value;
  }
  const entries = Object.entries(value).map(([key, each]) => [spell(key), respelt(each, spell)]);
  return Object.fromEntries(entries.filter(([key, each]) => key !== undefined && each !== undefined));
}
