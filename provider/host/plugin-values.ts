import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { fromKeys } from "../base/objects";
import { isObject } from "../live/types";
import { UNKNOWN } from "../model/fields";
import { SECRET_PARTS, secretKeysOf } from "../model/secrets";
import type { Properties } from "../model/state";

/** How Pulumi's wire marks a special value, and the kinds of them. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** What stands for an unknown value, by type: boolean, number, string, array, asset, archive, object. The lifecycle knows one. */
const UNKNOWNS: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  UNKNOWN,
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Which parts of a value are secret: `true` for all of it, else by key; `*` stands for every element of a list. */
export type Marks = true | { [key: string]: Marks };

/** Properties as the lifecycle takes them, and what was secret in them. */
export interface Received {
  values: Properties;
  marks: { [key: string]: Marks };
}

export function received(struct: Struct | undefined): Received {
  const { value, marks } = plain(struct?.toJavaScript() ?? {});
  return { values: value as Properties, marks: marks === true ? {} : (marks ?? {}) };
}

export type Secured = (values: Properties, marks: Marks) => Struct;

/** Properties for the wire, with the parts marked that are always secret, or were so when they came. */
export const secured: Secured = (values, marks) => sent(values, bothMarks(alwaysSecret(values), marks));

/** Of a list of inputs only the URLs are secret: a preview shows how the picture changes. */
function alwaysSecret(values: Properties): Marks {
  return fromKeys([...secretKeysOf(values)], (key): Marks => SECRET_PARTS[key] ?? true);
}

/** Properties for the wire, with these parts marked as secret. `undefined` stays away: the wire cannot carry it. */
export function sent(values: Properties, marks: Marks = {}): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(marked(values, marks))));
}

/** What either of two says is secret. */
export function bothMarks(one: Marks | undefined, other: Marks | undefined): Marks | undefined {
  if (one === undefined || other === undefined || one === true || other === true) {
    return one === true || other === true ? true : (one ?? other);
  }
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(keys.flatMap((key) => named(key, bothMarks(one[key], other[key]))));
}

interface Plain {
  value: unknown;
  marks: Marks | undefined;
}

function plain(value: unknown): Plain {
  if (UNKNOWNS.has(value)) {
    return { value: UNKNOWN, marks: undefined };
  }
  if (Array.isArray(value)) {
    const elements = value.map(plain);
    const marks = elements.reduce<Marks | undefined>((all, each) => bothMarks(all, each.marks), undefined);
    return { value: elements.map((each) => each.value), marks: marks && { "*": marks } };
  }
  if (!isObject(value)) {
    return { value, marks: undefined };
  }
  const kind = value[SIGNATURE];
  if (kind === SECRET) {
    return { value: plain(value.value).value, marks: true };
  }
  if (kind === OUTPUT) {
    const inner = "value" in value ? plain(value.value) : { value: UNKNOWN, marks: undefined };
    return value.secret === true ? { ...inner, marks: true } : inner;
  }
  const parts = Object.entries(value).map(([key, each]) => [key, plain(each)] as const);
  const marks = parts.flatMap(([key, part]) => named(key, part.marks));
  return {
    value: Object.fromEntries(parts.map(([key, part]) => [key, part.value])),
    marks: marks.length === 0 ? undefined : Object.fromEntries(marks),
  };
}

function named(key: string, marks: Marks | undefined): [string, Marks][] {
  return marks === undefined ? [] : [[key, marks]];
}

function marked(value: unknown, marks: Marks | undefined): unknown {
  if (value === null || value === undefined || marks === undefined) {
    return value;
  }
  if (marks === true) {
    return { [SIGNATURE]: SECRET, value };
  }
  if (Array.isArray(value)) {
    return value.map((each) => marked(each, marks["*"]));
  }
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, marked(each, marks[key])]))
    : value;
}
