import { Failure } from "../base/errors";
import { fromKeys, isText, pickBy, withoutUndefined } from "../base/objects";
import { isObject } from "../live/types";
import { FIELDS, INPUT_KEYS, type MonitorInputs, type Shape } from "./fields";
import { type MonitorRecord, toPlain } from "./record";

/** Properties as Pulumi hands them over: nothing about them is certain. */
export type Properties = Record<string, unknown>;

/** What `check` completes: everything that Create must be sent. */
export type Declared = MonitorInputs & Internal & { monitorName: string };

/** Properties without values of a wrong type. */
export type Understood = Properties & Partial<MonitorState>;

/** A resource's outputs: all arguments, because refresh and delete see nothing else, and what the cloud adds. */
export type MonitorState = Partial<MonitorInputs> & MonitorRecord & Internal;

/** Kept for ourselves. Pulumi's displays hide keys that begin with two underscores. Only this file reads and writes them. */
export interface Internal {
  __provider?: string;
  __urn?: string;
  /** Set for what `StreamMonitor.get` reads. */
  __get?: boolean;
  /** Which names `check` generated. */
  __auto?: string[];
  /** Set for a resource with an explicit provider that adopts a session: other resources may run in another plugin process. */
  __explicit?: boolean;
  /** Which names the program marked as secret: the plugin is told values, but not marks. */
  __secrets?: string[];
  /** Set when the last create or update did not finish. */
  __incomplete?: boolean;
  /** The name that this resource gave its session, or adopted it under, where `monitorName` and `__drift` hold another. */
  __given?: string;
  /**
   * Drift that the inputs do not show: `null` for what nobody declared; for what `check` generated, the value that it should
   * have, because the next `check` takes it from the inputs.
   */
  __drift?: Record<string, string | null>;
}

type Given = Properties | Internal;

/** What the program adds to a resource's arguments. */
export const internalProperties = (
  provider: string | undefined,
  urn: unknown,
  isGet: boolean,
  isExplicit = false,
): Properties =>
  withoutUndefined({
    __provider: provider,
    __urn: urn,
    __get: isGet || undefined,
    __explicit: isExplicit || undefined,
  });
/** Whether the program gives the text that Pulumi runs, and the state does not hold it. */
export const lacksBootstrap = (olds: Given, news: Given): boolean =>
  olds.__provider === undefined && news.__provider !== undefined;
export const withSecretNames = (props: Properties, names: unknown): Properties =>
  names === undefined ? props : { ...props, __secrets: names };

/** What of a state concerns others than us. */
export const withoutInternal = (props: Properties): Properties => pickBy(props, (key) => !key.startsWith("__"));

/** The URN that the program gave: the one of this run in inputs, the one of an earlier run in a state. */
export const urnIn = ({ __urn }: Given) => (isText(__urn) ? __urn : undefined);
export const isFromGet = ({ __get }: Given) => __get === true;
/** What a read needs to look up a session that no resource declares. */
export const lookedUp = (region: string | undefined): Properties => withoutUndefined({ __get: true, region });
export const isUnderExplicitProvider = ({ __explicit }: Given) => __explicit === true;
export const secretNames = ({ __secrets }: Given) => listOf(__secrets);

export const isUnfinished = ({ __incomplete }: Given) => __incomplete === true;
/** A state that says that the session exists, but is not as declared yet. */
export const unfinished = (state: Properties, givenName: string | undefined): Properties =>
  toPlain({ ...state, __incomplete: true, __given: givenName });

/** The names that `check` generated. */
export const generatedNames = ({ __auto }: Given) => listOf(__auto);
export const withGeneratedNames = (inputs: Properties, names: readonly string[]) => ({ ...inputs, __auto: names });

/**
 * The name that a resource gave its session. A read records what the cloud shows, which may be the name that another resource
 * gave it since.
 */
export const givenName = ({ __given, __drift, monitorName }: Partial<MonitorState>): string | undefined =>
  __given ?? __drift?.monitorName ?? monitorName;
export const withGivenName = (state: Properties, name: string): Properties => ({ ...state, __given: name });

/** Drift that the inputs do not show, by argument. */
export const hiddenDrift = ({ __drift }: Internal): Readonly<Record<string, string | null>> => __drift ?? {};
export const withHiddenDrift = (state: Properties, drift: Record<string, string | null>): Properties =>
  Object.keys(drift).length === 0 ? state : { ...state, __drift: drift };

/** Keys that a read finds out anew; they repeat names. */
export const READ_ANEW: readonly string[] = ["__drift", "__given"];
/** Keys of outputs that are no inputs. */
export const OUTPUT_ONLY: readonly string[] = ["__incomplete"];

/** Whether these are the inputs of a resource that exists, rather than of a new one. */
export const isOfExisting = (olds: Properties): boolean => Object.keys(olds).some((key) => !key.startsWith("__"));

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(isText) : [];
}

/** Where a session lives and who owns it. Without one of these, a call could reach another session. */
export const ORIGIN: readonly string[] = ["monitorId", "region", "endpoint", "accountId", "seal"];

/** Inputs that passed `check`. */
export function asDeclared(inputs: Understood): Declared {
  return inputs as Understood & Declared;
}

/** Types that a value in the state may have, as an error names them. */
const SHAPES: Readonly<Record<Shape, { what: string; fits(value: unknown): boolean }>> = {
  text: { what: "text", fits: isText },
  flag: { what: "true or false", fits: (value) => typeof value === "boolean" },
  object: { what: "an object", fits: isObject },
  texts: { what: "an object of texts", fits: (value) => isObject(value) && Object.values(value).every(isTextOrNull) },
  inputs: { what: "a list of inputs", fits: (value) => Array.isArray(value) && value.every(isInput) },
  list: { what: "a list of texts", fits: (value) => Array.isArray(value) && value.every(isText) },
};

function isTextOrNull(value: unknown): boolean {
  return value === null || isText(value);
}

function isInput(value: unknown): boolean {
  return isObject(value) && [value.layoutConfig, value.playConfig].every((part) => part == null || isObject(part));
}

const OWN_SHAPES: Readonly<Record<Exclude<keyof MonitorRecord, "region"> | keyof Internal, Shape>> = {
  ...shaped("text", ["monitorId", "status", "startTime", "stopTime", "expiresAt", "endpoint", "accountId", "seal"]),
  ...shaped("text", ["__provider", "__urn", "__given"]),
  ...shaped("flag", ["__get", "__explicit", "__incomplete"]),
  ...shaped("list", ["__auto", "__secrets"]),
  ...shaped("texts", ["outputUrls", "__drift"]),
};
const FIELD_SHAPES = fromKeys(INPUT_KEYS, (key): Shape => FIELDS[key].shape);
const SHAPE_OF: ReadonlyMap<string, Shape> = new Map(Object.entries({ ...FIELD_SHAPES, ...OWN_SHAPES }));

function shaped<K extends string>(shape: Shape, keys: readonly K[]): Record<K, Shape> {
  return fromKeys(keys, () => shape);
}

/**
 * Drops values of other types than this package writes: a hand or another tool edited them, and the next refresh or update
 * writes them anew. `null` means absent. A `needed` key of a wrong type is an error, because no default is safe for it.
 */
export function understood(values: Properties, needed: readonly string[] = []): Understood {
  return pickBy(values, (key, value) => {
    if (value === null || value === undefined) {
      return false;
    }
    const name = SHAPE_OF.get(key);
    const shape = name === undefined ? undefined : SHAPES[name];
    const fits = shape === undefined || shape.fits(value);
    if (!fits && needed.includes(key)) {
      throw new Failure(
        `\`${key}\` of this resource is ${kindOf(value)} in the state, but must be ${shape.what}. Nothing was sent, and the state is unchanged. The session may run and cost money. Correct the value (\`pulumi stack export\`, \`pulumi stack import\`), then run the command again.`,
        "edited-state",
      );
    }
    return fits;
  });
}

/** Never quotes the value, which may be secret. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) {
    return "a list";
  }
  const kinds: Record<string, string> = { object: "an object", string: "text" };
  return kinds[typeof value] ?? `a ${typeof value}`;
}
