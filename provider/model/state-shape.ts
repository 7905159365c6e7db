import { Failure } from "../base/errors";
import { isObject } from "../live/types";
import type { MonitorInputs } from "./schema";
import type { Internal, MonitorRecord } from "./state";

type Key = keyof MonitorInputs | keyof MonitorRecord | keyof Internal;
type Values = Record<string, unknown>;

interface Shape {
  /** As an error names it. */
  what: string;
  fits(value: unknown): boolean;
}

const text: Shape = { what: "text", fits: (value) => typeof value === "string" };
const flag: Shape = { what: "true or false", fits: (value) => typeof value === "boolean" };
const object: Shape = { what: "an object", fits: isObject };
const texts: Shape = {
  what: "an object of texts",
  fits: (value) => isObject(value) && Object.values(value).every((each) => each === null || typeof each === "string"),
};
const inputs: Shape = {
  what: "a list of inputs",
  fits: (value) =>
    Array.isArray(value) &&
    value.every(
      (each) => isObject(each) && [each.layoutConfig, each.playConfig].every((part) => part == null || isObject(part)),
    ),
};
const keys: Shape = {
  what: "a list of texts",
  fits: (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
};

/** What this package writes under each key. */
const SHAPES: Readonly<Record<Key, Shape>> = {
  domain: text,
  outputTemplate: text,
  inputList: inputs,
  monitorName: text,
  app: text,
  stream: text,
  monitorConfig: object,
  callbackUrl: text,
  dingTalkWebHookUrl: text,
  region: text,
  running: flag,
  onDelete: text,
  timeouts: texts,
  adopt: object,
  monitorId: text,
  status: text,
  startTime: text,
  stopTime: text,
  outputUrls: texts,
  endpoint: text,
  accountId: text,
  seal: text,
  __provider: text,
  __urn: text,
  __get: flag,
  __explicit: flag,
  __auto: keys,
  __secrets: keys,
  __incomplete: flag,
  __given: text,
  __drift: texts,
};

/** Where a session lives and who owns it. Without one of these, a call could reach another session. */
export const ORIGIN: readonly Key[] = ["monitorId", "region", "endpoint", "accountId", "seal"];

/**
 * Drops values of other types than this package writes: a hand or another tool edited them, and the next refresh or update
 * writes them anew. `null` means absent. A `needed` key of a wrong type is an error, because no default is safe for it.
 */
export function understood(values: Values, needed: readonly string[] = []): Values {
  const entries = Object.entries(values).filter(([key, value]) => {
    if (value === null || value === undefined) {
      return false;
    }
    const shape = Object.hasOwn(SHAPES, key) ? SHAPES[key as Key] : undefined;
    const fits = shape === undefined || shape.fits(value);
    if (!fits && needed.includes(key)) {
      throw new Failure(
        `\`${key}\` of this resource is ${describe(value)} in the state, but must be ${shape.what}. Nothing was sent, and the state is as it was; the session may run and cost money. Correct the value (\`pulumi stack export\`, \`pulumi stack import\`), then run the command again.`,
      );
    }
    return fits;
  });
  return Object.fromEntries(entries);
}

/** Never quotes the value, which may be secret. */
function describe(value: unknown): string {
  const isList = Array.isArray(value);
  return isList
    ? "a list"
    : typeof value === "object"
      ? "an object"
      : typeof value === "string"
        ? "text"
        : `a ${typeof value}`;
}
